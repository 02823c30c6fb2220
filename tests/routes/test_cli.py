from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import click
import pytest
from click.testing import Result
from flask import Flask
from PIL import Image

from config import OWN_DATA_DIR, Config
from mural.errors import InvalidInput, NotFound, RenderTimeout
from mural.poster import Format
from routes import cli
from routes.cli import format_of, mural
from routes.web.cli_errors import sentence
from services.themes.shipped import ThemeService
from tests.support.real_parts import PREPARED_DIR, ROOT, missing

HELSINKI = ("--lat", "60.1715", "--lon", "24.9443", "--distance", "500")


@pytest.fixture
def run(tmp_path: Path) -> Any:
    """Run `flask mural render` in a data folder of its own."""
    fonts = PREPARED_DIR / "fonts"
    if not (fonts / "fonts.json").exists():
        missing("the folder of prepared fonts")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "fonts").symlink_to(fonts)
    app = Flask("mural")
    app.cli.add_command(mural)
    config = Config.from_env({"DATA_DIR": str(tmp_path / "data"), "MAP_SOURCE": "sample", "RENDER_MEMORY_MB": "1500"})
    app.extensions["mural.config"] = config
    app.extensions["mural"] = SimpleNamespace(config=config, themes=ThemeService(ROOT / "themes"))

    def invoke(*arguments: str) -> Result:
        return app.test_cli_runner().invoke(args=["mural", "render", *arguments])

    return invoke


def test_it_draws_a_poster_into_the_file(run: Any, tmp_path: Path) -> None:
    file = tmp_path / "out.png"
    result = run(*HELSINKI, "--theme", "noir", "--dpi", "72", "--city", "Helsinki", "-o", str(file))
    assert result.exit_code == 0, result.output
    assert "864 x 1152 px" in result.output
    with Image.open(file) as image:
        assert image.size == (864, 1152)
    assert {path.name for path in tmp_path.iterdir()} == {"data", "out.png"}


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        ((*HELSINKI, "--theme", "no_such"), "noir"),
        ((*HELSINKI, "--theme", "noir", "--size", "a99"), "a4"),
        ((*HELSINKI, "--theme", "noir", "--dpi", "9"), "72 to 600"),
        (("--lat", "91", "--lon", "0", "--distance", "500", "--theme", "noir"), "--lat"),
        (("--lat", "0", "--lon", "-30", "--distance", "500", "--theme", "noir"), "No local map file"),
    ],
)
def test_it_says_what_is_wrong_and_leaves_no_file(run: Any, tmp_path: Path, arguments: list[str], said: str) -> None:
    result = run(*arguments, "-o", str(tmp_path / "out.png"))
    assert result.exit_code != 0
    assert said in result.output
    assert [path.name for path in tmp_path.iterdir()] == ["data"]


def test_it_says_at_once_that_the_fonts_are_missing(run: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cli, "OWN_DATA_DIR", tmp_path / "nothing to lend")
    (tmp_path / "data" / "fonts").unlink()
    result = run(*HELSINKI, "--theme", "no such theme either", "-o", str(tmp_path / "out.png"))
    assert result.exit_code == 1
    assert "The fonts for lettering are not prepared" in result.output
    assert "make setup" in result.output


def test_it_is_lent_the_fonts_of_the_checkout(run: Any, tmp_path: Path) -> None:
    (tmp_path / "data" / "fonts").unlink()
    run(*HELSINKI, "--theme", "no_such", "-o", str(tmp_path / "out.png"))
    assert (tmp_path / "data" / "fonts").resolve() == (OWN_DATA_DIR / "fonts").resolve()


def test_it_wants_a_folder_that_is_there(run: Any, tmp_path: Path) -> None:
    result = run(*HELSINKI, "--theme", "noir", "-o", str(tmp_path / "none" / "out.png"))
    assert result.exit_code != 0
    assert "There is no folder" in result.output


@pytest.mark.parametrize(
    ("name", "fmt"), [("a.PNG", Format.PNG), ("b.jpg", Format.JPEG), ("c.x.pdf", Format.PDF), ("d.webp", Format.WEBP)]
)
def test_the_name_tells_the_format(name: str, fmt: Format) -> None:
    assert format_of(Path(name)) is fmt


def test_a_name_without_a_format_is_refused() -> None:
    with pytest.raises(click.ClickException, match=r"\.svg"):
        format_of(Path("poster"))


def test_errors_become_sentences_with_the_choices() -> None:
    assert sentence(RenderTimeout("Too slow.")) == "Too slow."
    assert sentence(NotFound("Theme", "x", available_themes=["noir"])).endswith("Allowed: noir.")
    assert sentence(InvalidInput("No.", field="size", allowed=["a4", "a5"])) == "No. Allowed: a4, a5."
