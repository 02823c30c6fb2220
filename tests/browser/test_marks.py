"""What a person adds to the map on the workbench: marks, and tracks with their names."""

from __future__ import annotations

import re
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import Request, expect

from tests.browser.conftest import SAMPLE_QUERY, Visit, until

pytestmark = pytest.mark.browser

WALK = """<?xml version="1.0"?><gpx xmlns="http://www.topografix.com/GPX/1/1"><trk><name>Morning walk</name><trkseg>
<trkpt lat="60.1700" lon="24.9400"/><trkpt lat="60.1715" lon="24.9443"/><trkpt lat="60.1725" lon="24.9480"/>
</trkseg></trk></gpx>"""


def test_what_is_pointed_out_and_said_is_drawn_kept_and_taken_back(visit: Visit, tmp_path: Path) -> None:
    gpx = tmp_path / "walk.gpx"
    gpx.write_text(WALK, encoding="utf-8")
    ann = visit()
    ann.goto(f"/create?{SAMPLE_QUERY}")
    ann.get_by_role("button", name="Set a mark").click()
    easel = ann.get_by_role("application")
    box = easel.bounding_box()
    assert box is not None
    easel.click(position={"x": box["width"] * 0.75, "y": box["height"] / 2})
    ann.get_by_label("Label").fill("Home")
    ann.wait_for_timeout(800)  # what follows within this time belongs to the same change
    ann.get_by_label("Further lines").fill("since 1952")
    ann.get_by_label("Letters").select_option("bitter")
    expect(ann).to_have_url(re.compile("line=since.1952"))
    east = re.search(r"marker=60\.17150%2C(24\.\d+)%2Cpin%2CHome", ann.url)
    assert east
    assert float(east[1]) == pytest.approx(24.9443 + 250 / 55_400, abs=0.0003)  # half way to the edge, 500 m off
    ann.get_by_label("Add tracks (GPX, KML, TCX, FIT, GeoJSON)").set_input_files(gpx)
    name = ann.get_by_label("Name of the track")
    expect(name).to_have_value("Morning walk")
    expect(ann.get_by_alt_text(re.compile("^Preview: Helsinki"))).to_be_visible()
    until(ann, lambda: bool(ann.evaluate("history.state?.tracks?.length === 1")))  # it follows in a moment
    ann.reload()
    expect(name).to_have_value("Morning walk")
    expect(ann.get_by_label("Label")).to_have_value("Home")
    ann.get_by_role("listitem").filter(has=name).get_by_role("button", name="Remove").click()
    expect(name).to_have_count(0)
    ann.get_by_role("button", name="Undo").click()
    expect(name).to_have_value("Morning walk")
    ann.get_by_role("button", name="Make the poster").click()
    expect(ann.get_by_role("link", name=re.compile("^Download"))).to_be_visible()
    ann.get_by_role("link", name="Change something").click()
    expect(name).to_have_value("Morning walk")
    expect(ann.get_by_label("Further lines")).to_have_value("since 1952")


def test_the_name_of_a_track_is_written_on_the_poster_changed_and_left_out(visit: Visit, tmp_path: Path) -> None:
    gpx = tmp_path / "walk.gpx"
    gpx.write_text(WALK, encoding="utf-8")
    ann = visit()
    ann.goto(f"/create?{SAMPLE_QUERY}")
    with ann.expect_request(lambda asked: asks_for(asked, "Morning walk")):
        ann.get_by_label("Add tracks (GPX, KML, TCX, FIT, GeoJSON)").set_input_files(gpx)
    name = ann.get_by_label("Name of the track")
    ann.wait_for_timeout(800)  # what follows within this time belongs to the same change
    name.focus()
    ann.keyboard.press("End")
    with ann.expect_request(lambda asked: asks_for(asked, "Morning walk to work")):
        ann.keyboard.insert_text(" to work")
    expect(name).to_be_focused()
    expect(name).to_have_value("Morning walk to work")
    ann.get_by_role("button", name="Undo").click()
    expect(name).to_have_value("Morning walk")
    ann.get_by_role("button", name="Redo").click()
    expect(name).to_have_value("Morning walk to work")
    with ann.expect_request(lambda asked: asks_for(asked, "")):
        name.fill("")
    ann.wait_for_timeout(400)  # the address follows in a moment
    ann.reload()
    expect(name).to_have_value("")


def test_several_files_are_taken_at_once_and_the_one_that_cannot_be_is_named(visit: Visit, tmp_path: Path) -> None:
    (tmp_path / "walk.gpx").write_text(WALK, encoding="utf-8")
    (tmp_path / "places.gpx").write_text('<gpx><wpt lat="60.171" lon="24.944"><name>Inn</name></wpt></gpx>', "utf-8")
    (tmp_path / "photo.gpx").write_bytes(b"\xff\xd8\xff")
    with zipfile.ZipFile(tmp_path / "ride.kmz", "w", zipfile.ZIP_DEFLATED) as archive:
        ride = "<coordinates>24.94,60.17,0 24.95,60.171,0</coordinates>"
        name = "<name>Ride</name>"
        archive.writestr("doc.kml", f"<kml><Placemark>{name}<LineString>{ride}</LineString></Placemark></kml>")
    ann = visit()
    ann.goto(f"/create?{SAMPLE_QUERY}")
    files = [tmp_path / name for name in ("walk.gpx", "places.gpx", "photo.gpx", "ride.kmz")]
    ann.get_by_label("Add tracks (GPX, KML, TCX, FIT, GeoJSON)").set_input_files(files)
    expect(ann.get_by_label("Name of the track").nth(0)).to_have_value("Morning walk")
    expect(ann.get_by_label("Name of the track").nth(1)).to_have_value("Ride")
    expect(ann.get_by_label("Label")).to_have_value("Inn")
    expect(ann.get_by_role("alert").filter(has_text="photo.gpx: This is no file of tracks")).to_be_visible()


def asks_for(asked: Request, label: str) -> bool:
    """Tell whether a request asks for a picture with one track of a name."""
    if not asked.url.endswith("/preview.png") or asked.method != "POST":
        return False
    return [track["label"] for track in asked.post_data_json["tracks"]] == [label]


@pytest.mark.parametrize(
    ("content", "sentence"),
    [
        ('<!DOCTYPE gpx [<!ENTITY a "aa">]><gpx>&a;</gpx>', "This file brings a document type with it"),
        ("<gpx><trk>", "Damaged GPX, line 1"),
        (
            "<gpx><trk><trkseg><trkpt lat='1' lon='x'/></trkseg></trk></gpx>",
            "No point in this file is a place on earth",
        ),
        ("", "This is no file of tracks that can be read"),
    ],
)
def test_a_hostile_or_broken_track_is_refused_in_a_sentence(
    visit: Visit, tmp_path: Path, content: str, sentence: str
) -> None:
    gpx = tmp_path / "bad.gpx"
    gpx.write_text(content, encoding="utf-8")
    ann = visit()
    ann.goto(f"/create?{SAMPLE_QUERY}")
    ann.get_by_label("Add tracks (GPX, KML, TCX, FIT, GeoJSON)").set_input_files(gpx)
    expect(ann.get_by_role("alert").filter(has_text=sentence)).to_be_visible()
