"""Every command and example of the documents does what it says, or stands in a short list with the reason why not."""

from __future__ import annotations

import json
import re
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
import pytest

from routes.cli import mural as mural_commands
from tests.docs.pages import Block, blocks, inline
from tests.support.real_parts import ROOT, SAMPLE_FILE, program
from tests.support.server import Server, environment

pytestmark = pytest.mark.system

NOT_RUN = {
    "sudo ": "changes the machine",
    "sudoedit ": "changes the machine",
    "cd /opt/mural": "where a host may put it",
    "docker ": "needs a container engine; tests/system/test_deploy.py reads what it would read",
    "git pull ": "needs a network",
    "chromium --kiosk": "opens a window; tests/browser looks at the page",
    "MURAL_BROKEN_MAPS=": "takes half an hour; the same test runs on 300 files with the others",
    "MURAL_SOAK_MINUTES=": "takes four hours; the same test runs for less than a minute with the others",
}
"""What commands begin with that no test can run, and why."""

LANGUAGES = {"sh", "python", "js", "json", "text"}
ADDRESS = "http://localhost:8000"


@pytest.fixture(scope="module")
def checkout(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clean checkout with the packages that set-up has installed."""
    folder = tmp_path_factory.mktemp("checkout")
    listed = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    names = subprocess.run(listed, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
    for name in filter(None, names):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, folder / name)
    (folder / ".venv").symlink_to(sys.prefix)
    (folder / "node_modules").symlink_to(ROOT / "node_modules")
    return folder


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The data folder of an installation with a poster."""
    server = Server(tmp_path_factory.mktemp("house") / "data")
    server.wait_for(server.submit(size="a5")["job_id"], "completed")
    server.stop()
    return server.data_dir


@pytest.fixture(scope="module")
def mural(tmp_path_factory: pytest.TempPathFactory, house: Path) -> Iterator[Server]:
    """The same, running."""
    data_dir = shutil.copytree(house, tmp_path_factory.mktemp("live") / "data", symlinks=True)
    server = Server(data_dir)
    yield server
    server.stop()


class Shell:
    """Runs lines of the documents in a checkout, on a data folder of their own."""

    def __init__(self, checkout: Path, data_dir: Path, mural: Server) -> None:
        self._checkout = checkout
        self._mural = mural
        self._backups = data_dir.parent / "backups"
        self._backups.mkdir()
        self._environ = environment(data_dir, 8000, OVERPASS_URL="off")
        self._environ["PATH"] = f"{checkout}/.venv/bin:{self._environ['PATH']}"

    def run(self, command: str) -> str:
        """Run a line, with the places that it names only for the example put right; it must succeed."""
        line = command.replace("/backups/", f"{self._backups}/").replace(ADDRESS, self._mural.base_url)
        line = re.sub(r"\bFILE\b", shlex.quote(str(SAMPLE_FILE)), line)
        if line.startswith("make "):
            line = line.replace("make ", "make --dry-run ", 1)  # what it does is what every run of the tests has done
        ended = subprocess.run(
            [program("bash"), "-euo", "pipefail", "-c", line],
            cwd=self._checkout,
            env=self._environ,
            capture_output=True,
            text=True,
            check=False,
        )
        assert ended.returncode == 0, f"{line}\n{ended.stdout}{ended.stderr}"
        return ended.stdout

    def code(self, name: str, text: str, *program: str) -> subprocess.Popen[str]:
        """Start an example that is written in some language."""
        file = self._checkout / name
        file.write_text(text.replace(ADDRESS, self._mural.base_url), encoding="utf-8")
        return subprocess.Popen(
            [*program, name], cwd=self._checkout, env=self._environ, stdout=subprocess.PIPE, text=True
        )


@pytest.fixture
def shell(checkout: Path, house: Path, tmp_path: Path, mural: Server) -> Shell:
    return Shell(checkout, shutil.copytree(house, tmp_path / "data", symlinks=True), mural)


def excused(command: str) -> bool:
    """Tell whether a command is one of those that no test can run."""
    return command.startswith(tuple(NOT_RUN))


@pytest.mark.parametrize("block", [pytest.param(block, id=block.id) for block in blocks("sh")])
def test_the_commands_of_a_block_run_one_after_the_other(shell: Shell, block: Block) -> None:
    for command in block.commands:
        if not excused(command):
            shell.run(command)


def test_every_excuse_is_needed() -> None:
    commands = [command for block in blocks("sh") for command in block.commands]
    assert [start for start in NOT_RUN if not any(command.startswith(start) for command in commands)] == []


def test_every_block_says_what_it_is_written_in() -> None:
    assert [block.id for block in blocks() if block.language not in LANGUAGES] == []


@pytest.mark.parametrize("block", [pytest.param(block, id=block.id) for block in blocks("json")])
def test_json_is_json(block: Block) -> None:
    json.loads(block.text)


def test_sentences_name_targets_of_make_that_there_are() -> None:
    targets = set(re.findall(r"^([\w-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))
    assert {words.split()[0] for words in inline("make")} <= targets


def test_sentences_name_commands_of_flask_that_there_are() -> None:
    for words in inline("flask mural"):
        group: click.Command = mural_commands
        for word in words.replace("|", " ").split():
            if word in {"FILE", "…"} or word.startswith("-"):
                continue
            assert isinstance(group, click.Group)
            assert word in group.commands, f"flask mural {words}"
            group = group.commands[word] if isinstance(group.commands[word], click.Group) else group


def test_sentences_name_modules_that_there_are() -> None:
    for words in inline("python -m"):
        name = words.split()[0].replace(".", "/")
        assert (ROOT / f"{name}.py").exists() or (ROOT / name / "__main__.py").exists(), words


def test_the_page_on_reliability_names_tests_that_there_are() -> None:
    named = re.findall(r"`(tests/[\w/]+\.py)(?:::(\w+))?`", (ROOT / "docs" / "reliability.md").read_text("utf-8"))
    assert len(named) > 10
    for file, test in named:
        assert f"def {test}" in (ROOT / file).read_text("utf-8"), f"{file} {test}"


def run_the_program_of_the_readme(block: Block, shell: Shell, checkout: Path, _mural: Server) -> None:
    for _ in range(2):  # the second time the poster is there already
        with shell.code("example.py", block.text, sys.executable) as running:
            running.communicate()
        assert running.returncode == 0
        assert (checkout / "helsinki.png").read_bytes().endswith(b"IEND\xaeB`\x82")
        (checkout / "helsinki.png").unlink()


def listen_in_javascript(block: Block, shell: Shell, _checkout: Path, mural: Server) -> None:
    with shell.code("example.mjs", block.text, program("node")) as running:
        assert running.stdout is not None
        assert "people look at the wall" in running.stdout.readline()
        mural.submit(theme="ocean", rotation=11)
        assert running.stdout.readline().split()[1:] == ["Helsinki", "ocean"]
    assert running.returncode == 0


def look_closer_in_a_browser(block: Block, shell: Shell, _checkout: Path, mural: Server) -> None:
    """Run it in Node, with a viewer that loads one tile."""
    made = mural.wait_for(mural.submit(size="a5", rotation=12)["job_id"], "completed")["result"]["poster_id"]
    before = f"""
        const ask = globalThis.fetch, id = "{made}";
        globalThis.fetch = (path) => ask("{ADDRESS}" + path);
        const OpenSeadragon = ({{ tileSources }}) => {{ globalThis.shown = tileSources; }};
    """
    after = """
        const tile = await fetch(shown.getTileUrl(shown.maxLevel, 1, 2));
        console.log(tile.status, tile.headers.get("content-type"));
        process.exit();  // it would keep its connection for a minute
    """
    with shell.code("tiles.mjs", before + block.text + after, program("node")) as running:
        out, _ = running.communicate()
    assert out == "200 image/jpeg\n"


EXAMPLES: dict[tuple[str, str], Callable[[Block, Shell, Path, Server], None]] = {
    ("README.md", "python"): run_the_program_of_the_readme,
    ("events.md", "js"): listen_in_javascript,
    ("tiles.md", "js"): look_closer_in_a_browser,
}


@pytest.mark.parametrize("block", [pytest.param(block, id=block.id) for block in blocks("python", "js")])
def test_examples_run(shell: Shell, checkout: Path, mural: Server, block: Block) -> None:
    assert (block.page, block.language) in EXAMPLES, "say here how this example is run"
    EXAMPLES[block.page, block.language](block, shell, checkout, mural)
