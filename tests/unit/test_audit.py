"""What an audit makes of the answers of pip-audit and npm: these are theirs, but for their length."""

from __future__ import annotations

import json
import stat
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.real_parts import ROOT
from tools.audit import AUDITS, Audit, Verdict, outcome_of, read_npm_audit, read_pip_audit

FLAW = {"id": "PYSEC-2019-179", "fix_versions": ["1.0"], "aliases": ["CVE-2019-1010083"], "description": "Memory."}
SAFE = {"name": "click", "version": "8.5.1", "vulns": []}
SKIPPED = {"name": "flask", "skip_reason": "Dependency not found on PyPI and could not be audited: flask (0.5)"}
VULNERABLE = {"name": "flask", "version": "0.5", "vulns": [FLAW]}
NPM_COUNTS = {"dependencies": {"prod": 40, "dev": 30, "optional": 0, "total": 70}}
MINIMIST = {
    "name": "minimist",
    "severity": "critical",
    "isDirect": True,
    "range": "<=0.2.3",
    "nodes": [],
    "effects": [],
}

PIP_ANSWERS = [
    pytest.param([SAFE], Verdict.CLEAN, (), id="clean"),
    pytest.param([SAFE, VULNERABLE], Verdict.FOUND, ("flask 0.5: PYSEC-2019-179, mended in 1.0",), id="found"),
    pytest.param(
        [SAFE, {**VULNERABLE, "vulns": [{**FLAW, "fix_versions": []}]}],
        Verdict.FOUND,
        ("flask 0.5: PYSEC-2019-179, mended in none",),
        id="without a cure",
    ),
    pytest.param([SKIPPED, VULNERABLE], Verdict.FOUND, None, id="found beside a skipped one"),
    pytest.param([SKIPPED, SAFE], Verdict.UNASKED, ("nothing was told about 1 of 2 packages",), id="skipped"),
]
NPM_ANSWERS = [
    pytest.param(
        {"auditReportVersion": 2, "vulnerabilities": {}, "metadata": NPM_COUNTS}, Verdict.CLEAN, (), id="clean"
    ),
    pytest.param(
        {"auditReportVersion": 2, "vulnerabilities": {"minimist": MINIMIST}, "metadata": NPM_COUNTS},
        Verdict.FOUND,
        ("minimist <=0.2.3: critical",),
        id="found",
    ),
    pytest.param(
        {"message": "405 Method Not Allowed", "statusCode": 405, "error": {"summary": "", "detail": ""}},
        Verdict.UNASKED,
        ("405 Method Not Allowed",),
        id="refused",
    ),
    pytest.param({"error": {"code": "ENOLOCK", "summary": ""}}, Verdict.UNASKED, None, id="failed"),
]


@pytest.mark.parametrize(("packages", "verdict", "lines"), PIP_ANSWERS)
def test_pip_audit_is_understood(packages: list[dict[str, Any]], verdict: Verdict, lines: tuple[str, ...]) -> None:
    outcome = read_pip_audit({"dependencies": packages, "fixes": []})
    assert outcome.verdict is verdict
    assert lines in {None, outcome.lines}


@pytest.mark.parametrize(("answer", "verdict", "lines"), NPM_ANSWERS)
def test_npm_audit_is_understood(answer: dict[str, Any], verdict: Verdict, lines: tuple[str, ...]) -> None:
    outcome = read_npm_audit(answer)
    assert outcome.verdict is verdict
    assert lines in {None, outcome.lines}


@pytest.mark.parametrize(
    ("script", "said"),
    [
        ("raise SystemExit('requests.exceptions.ConnectionError: Network is unreachable')", "Network is unreachable"),
        ("print('<html>Please log in.</html>')", "exit status 0"),
        ("print('[1]')", "exit status 0"),
    ],
)
def test_an_answer_that_does_not_come_is_no_verdict(script: str, said: str) -> None:
    outcome = outcome_of(Audit("x", (sys.executable, "-c", script), read_pip_audit))
    assert outcome.verdict is Verdict.UNASKED
    assert said in outcome.lines[0]


def test_a_service_that_never_answers_is_given_up() -> None:
    outcome = outcome_of(Audit("x", ("sleep", "600"), read_pip_audit), patience_s=0.1)
    assert (outcome.verdict, outcome.lines) == (Verdict.UNASKED, ("sleep had no answer within 0.1 s",))


def test_a_program_that_is_missing_is_named() -> None:
    assert outcome_of(Audit("x", ("no-such-program",), read_pip_audit)).lines == ("no-such-program is not installed",)


@pytest.mark.parametrize(
    ("pip_says", "npm_says", "status", "told"),
    [
        ([SAFE], {"vulnerabilities": {}}, 0, "nothing is known against it"),
        ([VULNERABLE], {"vulnerabilities": {}}, 1, "PYSEC-2019-179"),
        ([SAFE], {"vulnerabilities": {"minimist": MINIMIST}}, 1, "minimist <=0.2.3: critical"),
        ([SKIPPED], {"message": "no network"}, 0, "not audited"),
    ],
)
def test_only_what_is_found_fails(
    tmp_path: Path, pip_says: list[dict[str, Any]], npm_says: dict[str, Any], status: int, told: str
) -> None:
    answers = ({"dependencies": pip_says}, npm_says)
    for audit, answer in zip(AUDITS, answers, strict=True):
        program = tmp_path / audit.command[0]
        # Both end with 1 when they have found something, and npm also when it could not ask.
        program.write_text(f"#!/bin/sh\ncat <<'EOF'\n{json.dumps(answer)}\nEOF\nexit 1\n")
        program.chmod(program.stat().st_mode | stat.S_IXUSR)
    command = [sys.executable, "-m", "tools.audit"]
    path = {"PATH": f"{tmp_path}:/usr/bin:/bin"}
    ended = subprocess.run(command, cwd=ROOT, env=path, capture_output=True, text=True, check=False)
    assert (ended.returncode, ended.stderr) == (status, "")
    assert told in ended.stdout
