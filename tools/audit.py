"""Ask whether anything that Mural is built from is known to be vulnerable: `python -m tools.audit`.

pip-audit looks over requirements.txt, `npm audit` over package-lock.json. A known vulnerability fails; an advisory
service that cannot be asked is told and passed over, so that nobody needs a network to check their work.
"""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parent.parent
PATIENCE_S: Final = 60.0
"""How long one audit may take in all; a service that cannot be reached is given up long before."""


class Verdict(StrEnum):
    """What came of an audit."""

    CLEAN = "nothing is known against it"
    FOUND = "vulnerable"
    UNASKED = "not audited"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A verdict, and what there is to say about it, a line each."""

    verdict: Verdict
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Audit:
    """A program that audits, and how its answer (the JSON it prints) is read."""

    name: str
    command: tuple[str, ...]
    read: Callable[[Any], Outcome]


def read_pip_audit(answer: Any) -> Outcome:
    """Understand pip-audit, which calls it clean when the service has told it nothing about any package."""
    packages = answer["dependencies"]
    found = tuple(
        f"{package['name']} {package['version']}: {flaw['id']}, mended in {', '.join(flaw['fix_versions']) or 'none'}"
        for package in packages
        for flaw in package.get("vulns", ())
    )
    if found:
        return Outcome(Verdict.FOUND, found)
    unknown = [package for package in packages if "skip_reason" in package]
    if unknown:
        return Outcome(Verdict.UNASKED, (f"nothing was told about {len(unknown)} of {len(packages)} packages",))
    return Outcome(Verdict.CLEAN)


def read_npm_audit(answer: Any) -> Outcome:
    """Understand `npm audit`, whose answer about a service that fails is JSON as well."""
    if "vulnerabilities" not in answer:
        return Outcome(Verdict.UNASKED, (str(answer.get("message", "its answer says nothing")),))
    found = tuple(
        f"{name} {package['range']}: {package['severity']}" for name, package in answer["vulnerabilities"].items()
    )
    return Outcome(Verdict.FOUND, found) if found else Outcome(Verdict.CLEAN)


AUDITS: Final = (
    Audit(
        "requirements.txt",
        (
            *("pip-audit", "--requirement", "requirements.txt", "--no-deps", "--disable-pip"),
            *("--format", "json", "--progress-spinner", "off", "--timeout", "5"),
        ),
        read_pip_audit,
    ),
    Audit(
        "package-lock.json",
        ("npm", "audit", "--json", "--package-lock-only", "--fetch-retries=0", "--fetch-timeout=5000"),
        read_npm_audit,
    ),
)


def outcome_of(audit: Audit, patience_s: float = PATIENCE_S) -> Outcome:
    """Run an audit; whatever keeps it from an answer is no verdict about the packages."""
    try:
        ended = subprocess.run(  # noqa: S603 - the commands above
            audit.command, cwd=ROOT, capture_output=True, text=True, timeout=patience_s, check=False
        )
    except FileNotFoundError:
        return Outcome(Verdict.UNASKED, (f"{audit.command[0]} is not installed",))
    except subprocess.TimeoutExpired:
        return Outcome(Verdict.UNASKED, (f"{audit.command[0]} had no answer within {patience_s:g} s",))
    try:
        return audit.read(json.loads(ended.stdout))
    except (ValueError, LookupError, TypeError, AttributeError):
        said = ended.stderr.strip().splitlines() or [f"exit status {ended.returncode}"]
        return Outcome(Verdict.UNASKED, (said[-1],))


def main() -> int:
    """Audit everything, say what came of it, and give the exit status."""
    outcomes = {audit.name: outcome_of(audit) for audit in AUDITS}
    for name, outcome in outcomes.items():
        print(f"{name}: {outcome.verdict}", *outcome.lines, sep="\n  ")
    return int(any(outcome.verdict is Verdict.FOUND for outcome in outcomes.values()))


if __name__ == "__main__":
    sys.exit(main())
