"""What ships for hosting agrees with itself, and the programs that will read it can."""

from __future__ import annotations

import re
import shutil
import subprocess
from pathlib import Path

import jsonschema_rs
import pytest
import yaml

from tests.support.real_parts import ROOT

COMPOSE = yaml.safe_load((ROOT / "compose.yaml").read_text())
TEXTS = {"type": "array", "items": {"type": "string"}}
SERVICE = {
    "build": {"type": "string"},
    "image": {"type": "string", "pattern": r"^[a-z]+(:[\w.-]+)?$"},
    "restart": {"enum": ["no", "always", "on-failure", "unless-stopped"]},
    "init": {"type": "boolean"},
    "read_only": {"type": "boolean"},
    "command": {"type": "string"},
    "env_file": {
        "type": "array",
        "items": {
            "type": "object",
            "properties": {"path": {"type": "string"}, "required": {"type": "boolean"}},
            "required": ["path"],
            "additionalProperties": False,
        },
    },
    "environment": {"type": "object", "additionalProperties": {"type": "string"}},
    "ports": {"type": "array", "items": {"type": "string", "pattern": r"^([^ ]+:)?[^ :]+:\d+$"}},
    "volumes": {"type": "array", "items": {"type": "string", "pattern": r"^[\w./-]+:/[\w./-]+(:ro)?$"}},
    "profiles": TEXTS,
    "tmpfs": TEXTS,
    "cap_drop": TEXTS,
    "security_opt": TEXTS,
    "stop_grace_period": {"type": "string", "pattern": r"^\d+s$"},
    "ulimits": {"type": "object", "additionalProperties": {"type": "integer"}},
}
COMPOSE_SHAPE = {
    "type": "object",
    "properties": {
        "services": {
            "type": "object",
            "additionalProperties": {"type": "object", "properties": SERVICE, "additionalProperties": False},
        },
        "volumes": {"type": "object", "additionalProperties": {"type": "null"}},
    },
    "required": ["services"],
    "additionalProperties": False,
}
"""The part of the Compose Specification that our file uses: a wrong word is found where no engine runs, too."""

DOCKERFILE = (ROOT / "Dockerfile").read_text()
STEPS = ROOT / "tools" / "image-steps.sh"


def reads(*command: str) -> None:
    """Run a checking program where there is one; it is an extra, also in a strict run."""
    if shutil.which(command[0]) is None:
        pytest.skip(f"{command[0]} is not on this machine")
    checked = subprocess.run([*command], capture_output=True, text=True, cwd=ROOT, check=False)
    assert checked.returncode == 0, checked.stdout + checked.stderr


def test_the_image_takes_steps_and_files_that_there_are() -> None:
    steps = re.findall(
        r'^(?:RUN tools/image-steps\.sh|.*CMD \["tools/image-steps\.sh",) "?(\w+)', DOCKERFILE, re.MULTILINE
    )
    known = re.findall(r"^(\w+)\(\)", STEPS.read_text(), re.MULTILINE)
    assert {"packages", "web", "prepare", "healthy"} == set(steps) <= set(known)
    for line in re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.MULTILINE):
        for source in line.split()[:-1]:
            assert (ROOT / source).exists(), source


def test_the_image_runs_as_nobody_special_and_keeps_one_volume() -> None:
    last = DOCKERFILE.rpartition("FROM ")[2]
    assert re.findall(r"^USER (.+)$", last, re.MULTILINE) == ["mural"]
    assert re.findall(r"^VOLUME (.+)$", last, re.MULTILINE) == ["/data"]
    assert "DATA_DIR=/data" in last


def test_secrets_and_data_stay_out_of_the_image() -> None:
    ignored = (ROOT / ".dockerignore").read_text().splitlines()
    assert {".env", ".git", "data/*", "!data/samples"} <= set(ignored)


def test_the_script_is_sound() -> None:
    reads("bash", "-n", str(STEPS))


def test_compose_reads_its_file() -> None:
    docker = shutil.which("docker")
    if docker is None or subprocess.run([docker, "compose", "version"], capture_output=True, check=False).returncode:
        pytest.skip("docker compose is not on this machine")
    reads("docker", "compose", "config", "--quiet")
    reads("docker", "compose", "--profile", "*", "config", "--quiet")


def test_compose_says_nothing_that_its_specification_does_not_know() -> None:
    jsonschema_rs.validate(COMPOSE_SHAPE, COMPOSE)


def test_what_compose_names_is_there() -> None:
    named = set(COMPOSE["volumes"])
    for service in COMPOSE["services"].values():
        for volume in service.get("volumes", []):
            source = volume.partition(":")[0]
            assert (ROOT / source).exists() if source.startswith(".") else source in named, volume
    mural = COMPOSE["services"]["mural"]
    inside = mural["ports"][0].rpartition(":")[2]
    assert mural["environment"]["PORT"] == inside
    assert re.findall(r"^EXPOSE (.+)$", DOCKERFILE, re.MULTILINE) == [inside]
    assert mural["volumes"] == [f"data:{mural['environment']['DATA_DIR']}"]


def test_every_optional_service_has_a_profile_that_the_guide_names() -> None:
    guide = (ROOT / "docs" / "hosting.md").read_text()
    for name, service in COMPOSE["services"].items():
        assert service.get("profiles", []) == ([] if name == "mural" else [name])
        assert name == "mural" or f"COMPOSE_PROFILES={name}" in guide


def test_compose_starts_without_settings() -> None:
    text = (ROOT / "compose.yaml").read_text()
    assert [value for value in re.findall(r"\$\{([^}]*)\}", text) if ":-" not in value] == []


def test_caddy_reads_its_file() -> None:
    reads("caddy", "validate", "--adapter", "caddyfile", "--config", "deploy/Caddyfile")


def test_systemd_reads_its_file(tmp_path: Path) -> None:
    unit = tmp_path / "mural.service"
    here = (ROOT / "deploy" / "mural.service").read_text()
    unit.write_text(here.replace("/opt/mural/.venv/bin/python", "/bin/true").replace("/opt/mural", str(ROOT)))
    reads("systemd-analyze", "verify", str(unit))
