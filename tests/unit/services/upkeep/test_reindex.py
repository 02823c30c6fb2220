from __future__ import annotations

import json

import pytest
from sqlalchemy import delete

from mural.errors import NotFound, StorageFull
from mural.poster import Track
from services.actors import Actor
from services.db.models import GalleryEventRow, JobRow, OwnThemeRow, PosterRow
from services.files import SIDECAR, BrokenSidecar
from services.making.requests import PosterQuery
from services.poster_store import from_sidecar
from services.theme_files import ThemeFiles
from services.upkeep.reindex import ReindexReport, reindex
from services.views import PosterView
from tests.support.designs import PLAIN_THEME
from tests.support.posters import Studio


def made(studio: Studio, count: int = 3, **changes: object) -> list[PosterView]:
    posters = []
    for _ in range(count):
        studio.clock.advance(60)
        job = studio.services.posters.submit(studio.other_wish(**changes), "ann").job
        poster = studio.wait_until(job.job_id, "completed").poster
        assert poster is not None
        posters.append(poster)
    return posters


def rebuilt(studio: Studio) -> ReindexReport:
    return reindex(studio.services.database, studio.services.files, ThemeFiles(studio.config.own_themes_dir))


def test_the_rows_are_rebuilt_from_the_sidecars_alone(studio: Studio) -> None:
    posters, hidden = made(studio), made(studio, 1, visibility="unlisted")
    preview = made(studio, 1, preview=True)
    before = studio.services.gallery.resume(None, None)
    with studio.services.database.write() as session:
        for table in (GalleryEventRow, PosterRow, JobRow):
            session.execute(delete(table))
    report = rebuilt(studio)
    assert (report.posters, report.added, report.removed, report.broken) == (5, 5, 0, {})
    wall = studio.services.gallery.page()
    assert wall.posters == tuple(reversed(posters))
    assert (wall.seq, studio.services.gallery.resume(before.epoch, before.seq).outcome) == (3, "refetch")
    for poster in (*hidden, *preview):
        assert studio.services.posters.get(poster.id) == poster
    assert studio.services.posters.mine("ann", PosterQuery()).total == 4
    again = studio.services.posters.submit(studio.wish(distance_m=1001.0), "bob")
    assert again.poster == posters[0]
    assert again.to_json()["status"] == "completed"


def test_visitors_themes_come_back_to_their_makers(studio: Studio) -> None:
    themes = studio.services.own_themes
    hers, his, gone = (themes.create(owner, PLAIN_THEME) for owner in ("ann", "ben", "ann"))
    themes.delete(gone.id, Actor("ann"))
    changed = themes.replace(his.id, PLAIN_THEME | {"name": "Changed"}, Actor("ben"))
    with studio.services.database.write() as session:
        session.execute(delete(OwnThemeRow))
    assert themes.of("ann") == []
    assert rebuilt(studio).themes_added == 2
    assert (themes.of("ann"), themes.of("ben")) == ([hers], [changed])
    assert rebuilt(studio).themes_added == 0


@pytest.mark.parametrize("damage", [b"{", b"[]", b"\xff", b'{"id": "own_x"}'])
def test_a_damaged_theme_file_is_passed_over(sqlite_studio: Studio, damage: bytes) -> None:
    themes, folder = sqlite_studio.services.own_themes, sqlite_studio.config.own_themes_dir
    theme = themes.create("ann", PLAIN_THEME)
    (folder / "own_broken.json").write_bytes(damage)
    (folder / "own_copy.json").write_bytes((folder / f"{theme.id}.json").read_bytes())
    with sqlite_studio.services.database.write() as session:
        session.execute(delete(OwnThemeRow))
    assert rebuilt(sqlite_studio).themes_added == 1
    assert themes.of("ann") == [theme]


def test_a_second_rebuild_changes_nothing_but_the_epoch(studio: Studio) -> None:
    made(studio)
    first = studio.services.gallery.page()
    report = rebuilt(studio)
    second = studio.services.gallery.page()
    assert (report.added, report.removed) == (0, 0)
    assert (second.posters, second.seq) == (first.posters, first.seq)
    assert second.epoch != first.epoch
    assert studio.services.jobs.get(first.posters[0].job_id).poster == first.posters[0]


def test_a_row_without_files_is_removed_and_the_wall_goes_on(studio: Studio) -> None:
    first, _, _ = made(studio)
    studio.services.files.remove(first.id)
    report = rebuilt(studio)
    assert report.removed == 1
    assert len(studio.services.gallery.page().posters) == 2
    new = made(studio, 1)[0]
    assert studio.services.gallery.page().posters[0] == new
    studio.services.posters.delete(new.id, Actor("ann"))
    assert studio.services.gallery.page().seq == 4


@pytest.mark.parametrize(
    "damage",
    [
        lambda _data: "",
        lambda _data: "\x00",
        lambda _data: "{",
        lambda _data: "[]",
        lambda _data: "{}",
        lambda data: json.dumps(data | {"id": "0" * 32}),
        lambda data: json.dumps(data | {"poster_file": "../../../etc/passwd"}),
        lambda data: json.dumps(data | {"thumbnail_file": "a/b.jpg"}),
        lambda data: json.dumps(data | {"design": {}}),
        lambda data: json.dumps(data | {"width_px": "many"}),
    ],
)
def test_a_damaged_sidecar_is_reported_and_harms_nothing(sqlite_studio: Studio, damage) -> None:
    broken, sound = made(sqlite_studio, 2)
    sidecar = sqlite_studio.services.files.folder(broken.id) / SIDECAR
    sidecar.write_text(damage(json.loads(sidecar.read_text())))
    report = rebuilt(sqlite_studio)
    assert list(report.broken) == [broken.id]
    assert (report.posters, report.removed) == (1, 0)
    assert sqlite_studio.services.posters.get(broken.id) == broken
    assert sqlite_studio.services.posters.get(sound.id) == sound


def test_a_sidecar_holds_the_whole_design_and_the_credit(sqlite_studio: Studio) -> None:
    [poster] = made(sqlite_studio, 1)
    sidecar = sqlite_studio.services.files.sidecar(poster.id)
    assert '"credit": "© OpenStreetMap contributors' in sidecar.decode()
    assert from_sidecar(poster.id, sidecar).design == sqlite_studio.services.posters.design_of(poster.id)


TRACK = Track(points=((60.17, 24.94), (60.18, 24.95)), label="Walk")


def in_the_sidecar(studio: Studio, poster: PosterView) -> str:
    return from_sidecar(poster.id, studio.services.files.sidecar(poster.id)).visibility


def test_a_rebuild_shows_nobody_what_its_owner_has_hidden_meanwhile(studio: Studio) -> None:
    hidden, shown, own = made(studio, 1)[0], made(studio, 1)[0], made(studio, 1, tracks=(TRACK,))[0]
    studio.services.posters.show_to(hidden.id, "private", Actor("ann"))
    studio.services.posters.show_to(own.id, "public", Actor("ann"))
    studio.services.posters.show_to(own.id, "unlisted", Actor("ann"))
    used_bytes = studio.services.files.used_bytes
    with studio.services.database.write() as session:
        for table in (GalleryEventRow, PosterRow, JobRow):
            session.execute(delete(table))
    rebuilt(studio)
    visibility = {poster.id: studio.services.posters.get(poster.id).visibility for poster in (hidden, shown, own)}
    assert visibility == {hidden.id: "private", shown.id: "public", own.id: "unlisted"}
    assert [poster.id for poster in studio.services.gallery.page().posters] == [shown.id]
    with pytest.raises(NotFound):
        studio.services.posters.get(hidden.id, Actor("bob"))
    assert used_bytes == sum(file.stat().st_size for file in studio.config.posters_dir.rglob("*") if file.is_file())


@pytest.mark.parametrize(("public", "visibility"), [(True, "public"), (False, "unlisted")])
def test_a_sidecar_of_before_there_were_private_posters_is_read(
    sqlite_studio: Studio, public: bool, visibility: str
) -> None:
    [poster] = made(sqlite_studio, 1, tracks=(TRACK,))
    sidecar = sqlite_studio.services.files.folder(poster.id) / SIDECAR
    known = json.loads(sidecar.read_text())
    assert known.pop("visibility") == "private"
    sidecar.write_text(json.dumps(known | {"public": public}))
    assert rebuilt(sqlite_studio).broken == {}
    assert sqlite_studio.services.posters.get(poster.id).visibility == visibility
    assert (poster.id in [hung.id for hung in sqlite_studio.services.gallery.page().posters]) == public


def test_the_sidecar_never_shows_a_poster_to_more_people_than_its_row(
    sqlite_studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever ends the server in the middle: rebuilt from the sidecar, the poster is seen by fewer, not by more."""
    [poster] = made(sqlite_studio, 1)
    posters, database = sqlite_studio.services.posters, sqlite_studio.services.database
    seen: list[tuple[str, str]] = []

    def look(wrapped, *args, **kwargs):
        seen.append((in_the_sidecar(sqlite_studio, poster), posters.get(poster.id).visibility))
        return wrapped(*args, **kwargs)

    files, write = sqlite_studio.services.files, database.write
    rewrite = files.rewrite
    monkeypatch.setattr(files, "rewrite", lambda *args: look(rewrite, *args))
    monkeypatch.setattr(database, "write", lambda: look(write))
    for visibility in ("private", "unlisted", "public", "unlisted", "private", "public"):
        posters.show_to(poster.id, visibility, Actor("ann"))
        assert (in_the_sidecar(sqlite_studio, poster), posters.get(poster.id).visibility) == (visibility, visibility)
    order = ["public", "unlisted", "private"]
    assert len(seen) == 12
    assert all(order.index(sidecar) >= order.index(row) for sidecar, row in seen)


@pytest.mark.parametrize(
    "trouble", [StorageFull("There is no room left on the disk."), BrokenSidecar("torn"), PermissionError()]
)
def test_a_poster_leaves_the_wall_also_when_its_sidecar_cannot_be_written(
    sqlite_studio: Studio, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, trouble: Exception
) -> None:
    [poster] = made(sqlite_studio, 1)

    def refuse(*_args: object) -> None:
        raise trouble

    monkeypatch.setattr(sqlite_studio.services.files, "rewrite", refuse)
    assert sqlite_studio.services.posters.show_to(poster.id, "private", Actor("ann")).visibility == "private"
    assert sqlite_studio.services.gallery.page().posters == ()
    assert poster.id in caplog.text
