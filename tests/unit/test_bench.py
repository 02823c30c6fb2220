"""What a benchmark leaves behind: the text of its tables, and its curves."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest

from bench.plots import Curve, Panel, draw
from bench.report import kept, percentile, print_table, tail
from bench.scenes import SAMPLE
from mural.poster import DISTANCE_M_MIN


def test_what_is_printed_is_also_kept_below_what_it_depends_on(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with kept("speed", tmp_path / "results") as file:
        print_table("how fast", ("what", "ms"), [("a call", 12), ("another one", "3.5")])
    printed = capsys.readouterr().out
    assert printed == "\nhow fast\n  what         ms\n  a call       12\n  another one  3.5\n"
    head, _, table = file.read_text("utf-8").partition("\n\n")
    assert "\n" + table == printed
    assert re.fullmatch(
        r"speed\ndate +\d{4}-\d\d-\d\d \d\d:\d\d UTC, (quick|full) run\nmachine +.+ cores, .+\n"
        r"load +[\d., ]+ before .+\nversions +Mural .+\n +Python .+\n +eventlet .+",
        head,
    )


def test_a_benchmark_that_fails_keeps_what_it_had_printed(tmp_path: Path) -> None:
    def fail() -> None:
        with kept("speed", tmp_path):
            print_table("half of it", ("n",), [(1,)])
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert "half of it" in (tmp_path / "speed.txt").read_text("utf-8")


def test_curves_are_drawn_as_readable_vectors_and_the_same_figures_make_the_same_file(tmp_path: Path) -> None:
    panels = [
        Panel("by clients", "clients", "ms", [Curve("p50", [100, 1000], [1, 2]), Curve("p99", [100, 1000], [3, 9])]),
        Panel("memory", "clients", "KB", [Curve("each", [100, 1000], [70, 72])], log_x=True),
    ]
    first, second = (draw("growth", *panels, folder=tmp_path / name).read_bytes() for name in ("a", "b"))
    assert first == second
    words = [element.text for element in ET.fromstring(first).iter("{http://www.w3.org/2000/svg}text")]  # noqa: S314
    assert {"by clients", "memory", "p50", "p99", "each", "1,000"} <= set(words)


def test_few_samples_have_no_hundredth() -> None:
    assert (tail(8), tail(100)) == (("slowest", 1.0), ("p99", 0.99))


def test_percentiles() -> None:
    assert [percentile(range(100), share) for share in (0.0, 0.5, 0.99, 1.0)] == [0, 50, 99, 99]


def test_a_part_of_the_map_is_never_less_than_a_poster_may_show() -> None:
    assert SAMPLE.part(0.5).distance_m == DISTANCE_M_MIN
    assert replace(SAMPLE, distance_m=15_000).part(0.5).distance_m == 7_500
