"""The board over plain HTTP, and the commands that look after it, beside a running server and without one."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
import requests
from flask import Flask
from flask.testing import FlaskCliRunner
from PIL import Image

from config import Config
from infra.background import ThreadBackground
from infra.events.events import RecordingPublisher
from routes import cli
from routes.web.context import bring_services
from services.container import build_services
from tests.support.films import frames_of
from tests.support.server import Server
from tests.support.waiting import wait_until

ANN = "11111111-1111-4111-8111-111111111111"


@pytest.fixture(scope="module")
def board(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    settings = {"PIXEL_COOLDOWN": "0", "RATE_LIMIT_PIXELS": "100000 per second", "METRICS": "1"}
    running = Server(tmp_path_factory.mktemp("board"), **settings)
    yield running
    running.stop()


def get(board: Server, path: str, **query: Any) -> requests.Response:
    return requests.get(f"{board.api}/canvas{path}", params=query, timeout=60)


def place(board: Server, x: int, y: int, color: int | str, **more: Any) -> requests.Response:
    return requests.post(f"{board.api}/canvas/pixels", json={"x": x, "y": y, "color": color} | more, timeout=60)


@pytest.fixture(scope="module")
def console(board: Server) -> FlaskCliRunner:
    """The command line of the same installation, beside its server."""
    config = Config.from_env({"DATA_DIR": str(board.data_dir), "ASYNC_MODE": "threading", "OVERPASS_URL": "off"})
    app = Flask("mural")
    bring_services(app, config, lambda: build_services(config, RecordingPublisher(), ThreadBackground()))
    app.cli.add_command(cli.mural)
    return app.test_cli_runner()


def command(console: FlaskCliRunner, *arguments: str) -> tuple[int, str]:
    ran = console.invoke(args=["mural", "canvas", *arguments])
    return ran.exit_code, ran.output


def done(console: FlaskCliRunner, *arguments: str) -> str:
    exit_code, output = command(console, *arguments)
    assert exit_code == 0, output
    return output


def test_a_placed_pixel_is_on_the_board_in_its_history_and_in_the_figures(board: Server) -> None:
    before = datetime.now(UTC)
    first = place(board, 10, 20, "#FF4500", request_id="first")
    assert (first.status_code, first.json()["ok"]) == (201, True)
    assert {"seq", "charges", "available_at"} <= first.json().keys()
    sent = get(board, "/board")
    assert int(sent.headers["X-Seq"]) >= first.json()["seq"]
    assert (len(sent.content), sent.content[20 * 256 + 10]) == (256 * 256, 7)
    assert sent.headers["Content-Encoding"] == "gzip"
    told = get(board, "/pixel", x=10, y=20).json()
    assert (told["color"], told["name"], told["history"][0]["kind"]) == ("#ff4500", "Vermilion", "place")
    stats = get(board, "/stats").json()
    assert stats["placements"] >= 1
    assert sum(colour["pixels"] for colour in stats["colors"]) == 256 * 256
    past = get(board, "/history", at=before.isoformat())
    assert past.status_code == 200
    assert past.content[20 * 256 + 10] == 0
    now = get(board, "/history", at=(datetime.now(UTC) + timedelta(seconds=1)).isoformat())
    assert now.content == get(board, "/board").content


def test_the_past_is_compressed_and_belongs_to_a_season(board: Server) -> None:
    at = (datetime.now(UTC) + timedelta(hours=1)).isoformat()
    small = get(board, "/history", at=at)
    plain = requests.get(
        f"{board.api}/canvas/history", params={"at": at}, headers={"Accept-Encoding": "identity"}, timeout=60
    )
    assert (small.headers["Content-Encoding"], small.content) == ("gzip", plain.content)
    assert int(small.headers["Content-Length"]) < len(plain.content) / 10
    seasons = get(board, "/seasons").json()["seasons"]
    assert [season["until"] for season in seasons] == [*(season["since"] for season in seasons[1:]), None]
    latest = seasons[-1]
    assert latest["epoch"] == int(small.headers["X-Epoch"])
    assert {name: latest[name] for name in ("width", "height", "palette")} == {
        name: get(board, "").json()[name] for name in ("width", "height", "palette")
    }


def test_the_board_is_in_the_figures_of_the_installation(board: Server) -> None:
    place(board, 0, 0, 1)

    def figure(name: str) -> float:
        told = re.search(rf"^{name} (\S+)$", requests.get(f"{board.base_url}/metrics", timeout=60).text, re.MULTILINE)
        assert told is not None
        return float(told[1])

    batches, pixels = figure("mural_canvas_flush_seconds_count"), figure("mural_canvas_placements_total")
    place(board, 0, 0, 2)
    assert figure("mural_canvas_placements_total") == pixels + 1
    assert figure("mural_canvas_flush_seconds_count") == batches + 1
    assert figure("mural_canvas_brakes") == 0


def test_an_unchanged_board_is_not_sent_again(board: Server) -> None:
    seq = place(board, 0, 0, 1).json()["seq"]
    wait_until(lambda: int(get(board, "/board").headers["X-Seq"]) >= seq)  # what is sent may be a second old
    first = get(board, "/board")
    second = requests.get(f"{board.api}/canvas/board", headers={"If-None-Match": first.headers["ETag"]}, timeout=30)
    plain = requests.get(f"{board.api}/canvas/board", headers={"Accept-Encoding": "identity"}, timeout=30)
    assert second.status_code == 304
    assert "Content-Encoding" not in plain.headers
    assert plain.content == first.content


@pytest.mark.parametrize(
    ("body", "status", "field"),
    [
        ({"x": 256, "y": 0, "color": 1}, 400, "x"),
        ({"x": 0, "y": -1, "color": 1}, 400, "y"),
        ({"x": 0, "y": 0, "color": 99}, 400, "color"),
        ({"x": 0, "y": 0, "color": "red"}, 400, "color"),
        ({"x": 0, "y": 0}, 400, "color"),
        ({"x": "0", "y": 0, "color": 1}, 400, "x"),
    ],
)
def test_a_pixel_that_cannot_be_is_refused(board: Server, body: dict[str, Any], status: int, field: str) -> None:
    for path in (f"{board.api}/canvas/pixels", f"{board.base_url}/api/place-pixel"):
        answer = requests.post(path, json=body, timeout=30)
        assert answer.status_code == status
        assert answer.json()["field"].startswith(field)


def test_questions_that_have_no_answer_are_refused(board: Server) -> None:
    assert get(board, "/pixel", x=256, y=0).status_code == 400
    assert get(board, "/pixel", x="a", y=0).status_code == 400
    assert get(board, "/history", at="1999-01-01T00:00:00Z").status_code == 400
    assert get(board, "/history", at="soon").status_code == 400
    assert get(board, "/board.png", scale=99).status_code == 400
    assert get(board, "/timelapse.avi").status_code == 404


def test_the_board_and_its_heat_can_be_had_as_pictures(board: Server) -> None:
    place(board, 3, 4, 7)
    with Image.open(io.BytesIO(get(board, "/board.png", scale=2).content)) as picture:
        assert picture.size == (512, 512)
        assert picture.convert("RGB").getpixel((7, 9)) == (255, 69, 0)
    with Image.open(io.BytesIO(get(board, "/heatmap.png").content)) as picture:
        assert picture.size == (256, 256)
        assert picture.convert("RGB").getpixel((3, 4)) != picture.convert("RGB").getpixel((200, 200))


@pytest.mark.parametrize("kind", ["gif", "webp"])
def test_how_the_board_came_about_can_be_had_as_a_film(board: Server, kind: str) -> None:
    for number in range(5):
        place(board, number, 100, 4)
    answer = get(board, f"/timelapse.{kind}", speed=1)
    assert answer.headers["Content-Type"] == f"image/{kind}"
    with Image.open(io.BytesIO(answer.content)) as film:
        frames = film.n_frames  # type: ignore[attr-defined]  # films have it
        film.seek(frames - 1)
        assert frames > 1
        assert film.convert("RGB").getpixel((4 * 2, 100 * 2)) == (16, 16, 18)


def test_a_film_begins_and_ends_when_it_is_told_to(board: Server) -> None:
    moments = []
    for number in range(3):
        moments.append(datetime.now(UTC).isoformat())
        place(board, number, 120, 4)
    middle = get(board, "/timelapse.webp", **{"from": moments[1], "to": moments[2]})
    with Image.open(io.BytesIO(middle.content)) as film:
        seen = []
        for frame in (0, film.n_frames - 1):  # type: ignore[attr-defined]  # films have it
            film.seek(frame)
            picture = film.convert("RGB")
            seen.append([picture.getpixel((number * 2, 120 * 2)) == (16, 16, 18) for number in range(3)])
    assert seen == [[True, False, False], [True, True, False]]
    century = "2100-01-01T00:00:00Z"
    for wrong in ({"from": moments[2], "to": moments[1]}, {"from": century}, {"to": "1999-01-01T00:00:00Z"}):
        assert get(board, "/timelapse.webp", **wrong).status_code == 400


def test_how_the_board_came_about_can_be_had_as_a_video(board: Server, tmp_path: Path) -> None:
    for number in range(30):
        place(board, number, 110, 4)
    answer = get(board, "/timelapse.mp4", speed=1)
    assert answer.headers["Content-Type"] == "video/mp4"
    file = tmp_path / "film.mp4"
    file.write_bytes(answer.content)
    first, *_between, last = frames_of(file)
    assert first.shape == (512, 512, 3)
    where = 110 * 2, 15 * 2
    assert (first[where].min() > 200, last[where].max() < 60) == (True, True)


def test_commands_reach_a_running_server(board: Server, console: FlaskCliRunner) -> None:
    place(board, 1, 1, 3)
    done(console, "protect", "0,0,9,9")
    assert place(board, 1, 1, 4).json()["reason"] == "protected"
    done(console, "protect", "0,0,9,9", "--lift")
    done(console, "readonly", "on")
    assert place(board, 1, 1, 4).json()["reason"] == "read_only"
    done(console, "readonly", "off")
    done(console, "ban", "--network", "127.0.0.0/8")
    assert place(board, 1, 1, 4).status_code == 403
    done(console, "ban", "--network", "127.0.0.0/8", "--lift")
    user_id = get(board, "/pixel", x=1, y=1).json()["user_id"]
    assert done(console, "revert", user_id) == "1 pixels have been taken back.\n"
    assert get(board, "/pixel", x=1, y=1).json()["color"] == "#ffffff"
    place(board, 1, 1, 3)
    assert done(console, "clear", "1,1,1,1") == "1 pixels have been cleared.\n"
    exit_code, output = command(console, "revert", "nobody")
    assert (exit_code, "has placed nothing" in output) == (1, True)
    assert command(console, "clear", "5,5,1,1")[0] == 2


def test_the_brake_is_pulled_shown_and_released_by_command(board: Server, console: FlaskCliRunner) -> None:
    me = requests.Session()

    def braked() -> dict[str, Any]:
        told: dict[str, Any] = me.get(f"{board.api}/canvas", timeout=60).json()
        return {"me": told["braked"]} | told["brakes"]

    nobody = {"me": False, "everybody": False, "newcomers": False, "networks": 0, "factor": 4}
    assert braked() == nobody
    assert done(console, "brake", "on", "--network", "127.0.0.9/8") == "Braked: 127.0.0.0/8.\n"
    assert braked() == nobody | {"me": True, "networks": 1}
    done(console, "brake", "on", "--newcomers", "--minutes", "90")
    done(console, "brake", "on")
    assert braked() == {"me": True, "everybody": True, "newcomers": True, "networks": 1, "factor": 4}
    shown = done(console, "brake", "show")
    assert "The server brakes by itself." in shown
    assert "braked: 127.0.0.0/8, until released" in shown
    assert re.search(r"braked: newcomers, until 2\d{3}-\d\d-\d\dT", shown)
    assert me.post(f"{board.api}/canvas/pixels", json={"x": 9, "y": 9, "color": 1}, timeout=60).json()["braked"]
    refused = me.post(f"{board.api}/canvas/pixels", json={"x": 9, "y": 9, "color": 2}, timeout=60)
    assert (refused.status_code, refused.json()["reason"]) == (429, "cooldown")
    for who in (("--network", "127.0.0.0/8"), ("--newcomers",), ()):
        done(console, "brake", "off", *who)
    assert braked() == nobody
    assert me.post(f"{board.api}/canvas/pixels", json={"x": 9, "y": 9, "color": 2}, timeout=60).status_code == 201
    done(console, "brake", "auto", "off")
    assert "The server does not brake by itself." in done(console, "brake", "show")
    done(console, "brake", "auto", "on")
    assert command(console, "brake", "on", "--network", "nowhere")[0] == 2
    assert command(console, "brake", "on", "--network", "10.0.0.0/8", "--newcomers")[0] == 2


def test_seasons_begin_and_boards_go_out_and_come_back(board: Server, console: FlaskCliRunner, tmp_path: Path) -> None:
    Image.new("RGB", (64, 64), "#ff4500").save(tmp_path / "seed.png")
    epoch = get(board, "").json()["epoch"]
    done(console, "seed", "--png", str(tmp_path / "seed.png"))
    assert get(board, "").json()["epoch"] > epoch
    assert set(get(board, "/board").content) == {7}
    place(board, 2, 2, 4)
    done(console, "export", str(tmp_path / "board.json"))
    done(console, "export", str(tmp_path / "board.png"))
    exported = json.loads((tmp_path / "board.json").read_text(encoding="utf-8"))
    assert (len(exported), exported["2,2"]["color"]) == (256 * 256, "#101012")
    with Image.open(tmp_path / "board.png") as picture:
        assert picture.convert("RGB").getpixel((2, 2)) == (16, 16, 18)
    few = {"5,6": {"color": "#ffffff", "timestamp": "2024-01-01T00:00:00Z", "user_id": ANN}} | {"2,2": exported["2,2"]}
    (tmp_path / "few.json").write_text(json.dumps(few), encoding="utf-8")
    board.stop()
    try:
        assert done(console, "import", str(tmp_path / "few.json")) == "2 pixels have been imported.\n"
    finally:
        board.start()
    told = get(board, "/pixel", x=5, y=6).json()
    assert (told["user_id"], told["timestamp"]) == (ANN, "2024-01-01T00:00:00.000Z")
    assert get(board, "/board").content[2 * 256 + 2] == 4
    (tmp_path / "broken.json").write_text("{", encoding="utf-8")
    assert "not JSON" in command(console, "import", str(tmp_path / "broken.json"))[1]
    assert command(console, "seed")[0] == 2
    assert command(console, "seed", "--png", str(tmp_path / "few.json"))[0] == 1
    assert command(console, "seed", "--poster", "no-such-poster")[0] == 1
