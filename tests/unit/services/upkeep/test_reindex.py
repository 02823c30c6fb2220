from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from threading import get_ident
from typing import NoReturn

import pytest
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from infra.db.models import JobRow, OwnThemeRow, PosterRow, StreamEventRow
from infra.db.session import Database
from mural.errors import NotFound, StorageFull, Unavailable
from mural.poster import Track
from services.accounts.actors import HOUSE, Actor
from services.posters.files import SIDECAR, BrokenSidecar
from services.posters.requests import PosterQuery
from services.posters.store import from_sidecar
from services.posters.views import PosterView
from services.themes.files import ThemeFiles
from services.upkeep.reindex import ReindexReport, reindex
from tests.support.designs import PLAIN_THEME
from tests.support.posters import Studio


def made(studio: Studio, count: int = 3, **changes: object) -> list[PosterView]:
    posters = []
    for _ in range(count):
        studio.clock.advance(60)
        job = studio.services.posters.submit(studio.other_wish(**changes), Actor("ann")).job
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
        for table in (StreamEventRow, PosterRow, JobRow):
            session.execute(delete(table))
    report = rebuilt(studio)
    assert (report.posters, report.added, report.removed, report.broken) == (5, 5, 0, {})
    wall = studio.services.gallery.page()
    assert wall.posters == tuple(reversed(posters))
    assert (wall.seq, studio.services.gallery.resume(before.epoch, before.seq).outcome) == (3, "refetch")
    for poster in (*hidden, *preview):
        assert studio.services.posters.get(poster.id, HOUSE) == poster
    assert studio.services.posters.mine(Actor("ann"), PosterQuery()).total == 4
    again = studio.services.posters.submit(studio.wish(distance_m=1001.0), Actor("bob"))
    assert again.poster == posters[0]
    assert again.to_json()["status"] == "completed"


def test_visitors_themes_come_back_to_their_makers(studio: Studio) -> None:
    themes = studio.services.own_themes
    hers, his, gone = (themes.create(Actor(owner), PLAIN_THEME) for owner in ("ann", "ben", "ann"))
    themes.delete(gone.id, Actor("ann"))
    changed = themes.replace(his.id, PLAIN_THEME | {"name": "Changed"}, Actor("ben"))
    with studio.services.database.write() as session:
        session.execute(delete(OwnThemeRow))
    assert themes.of(Actor("ann")) == []
    assert rebuilt(studio).themes_added == 2
    assert (themes.of(Actor("ann")), themes.of(Actor("ben"))) == ([hers], [changed])
    assert rebuilt(studio).themes_added == 0


@pytest.mark.parametrize("damage", [b"{", b"[]", b"\xff", b'{"id": "own_x"}'])
def test_a_damaged_theme_file_is_passed_over(sqlite_studio: Studio, damage: bytes) -> None:
    themes, folder = sqlite_studio.services.own_themes, sqlite_studio.config.own_themes_dir
    theme = themes.create(Actor("ann"), PLAIN_THEME)
    (folder / "own_broken.json").write_bytes(damage)
    (folder / "own_copy.json").write_bytes((folder / f"{theme.id}.json").read_bytes())
    with sqlite_studio.services.database.write() as session:
        session.execute(delete(OwnThemeRow))
    assert rebuilt(sqlite_studio).themes_added == 1
    assert themes.of(Actor("ann")) == [theme]


def test_a_second_rebuild_changes_nothing_but_the_epoch(studio: Studio) -> None:
    made(studio)
    first = studio.services.gallery.page()
    report = rebuilt(studio)
    second = studio.services.gallery.page()
    assert (report.added, report.removed) == (0, 0)
    assert (second.posters, second.seq) == (first.posters, first.seq)
    assert second.epoch != first.epoch
    assert studio.services.jobs.get(first.posters[0].job_id, HOUSE).poster == first.posters[0]


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
    assert sqlite_studio.services.posters.get(broken.id, HOUSE) == broken
    assert sqlite_studio.services.posters.get(sound.id, HOUSE) == sound


def test_a_sidecar_holds_the_whole_design_and_the_credit(sqlite_studio: Studio) -> None:
    [poster] = made(sqlite_studio, 1)
    sidecar = sqlite_studio.services.files.sidecar(poster.id)
    assert '"credit": "© OpenStreetMap contributors' in sidecar.decode()
    assert from_sidecar(poster.id, sidecar).design == sqlite_studio.services.posters.design_of(poster.id, HOUSE)


class Killed(BaseException):
    """The process ends here: nothing that follows is run."""


def kill(*_args: object, **_more: object) -> NoReturn:
    raise Killed


def taken_down(studio: Studio, poster: PosterView) -> None:
    studio.services.posters.delete(poster.id, Actor("ann"))


def taken_down_until(studio: Studio, poster: PosterView, patch: pytest.MonkeyPatch, name: str) -> None:
    """Take a poster down, and be killed where a function begins."""
    with patch.context() as patched:
        patched.setattr(name, kill)
        with pytest.raises(Killed):
            taken_down(studio, poster)


STEPS = (
    "services.posters.publishing.erase",  # nothing but the files has moved
    "services.posters.wall_news.append_removed",
    "infra.db.session.Database._commit_blocking",  # the database was about to keep it
    "services.posters.publishing.Publishing._unhang_in_order",
    "services.posters.publishing.from_sidecar",  # it is kept, and nobody was told
    "services.posters.files.PosterFiles.sidecar_aside",
)
"""Where a kill is tried: wherever it strikes, no folder is where a rebuild would find it."""


@pytest.mark.parametrize("step", STEPS)
def test_a_poster_that_was_being_taken_down_does_not_come_back(
    sqlite_studio: Studio, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    gone, kept = made(sqlite_studio, 2)
    with monkeypatch.context() as patched:
        # A process that is killed puts nothing back either.
        patched.setattr(sqlite_studio.services.files, "bring_back", lambda _poster_id: None)
        taken_down_until(sqlite_studio, gone, patched, step)
    for _ in range(2):
        rebuilt(sqlite_studio)
        assert sqlite_studio.services.gallery.page().posters == (replace(kept, gallery_seq=1),)
        assert not sqlite_studio.services.files.folder(gone.id).exists()
    with pytest.raises(NotFound):
        sqlite_studio.services.jobs.design_of(gone.job_id, Actor("ann"))
    assert sqlite_studio.services.jobs.design_of(kept.job_id, Actor("ann"))


def test_a_rebuild_needs_no_start_before_it(sqlite_studio: Studio) -> None:
    made(sqlite_studio, 1)
    (sqlite_studio.config.posters_dir / ".leaving").rmdir()
    assert rebuilt(sqlite_studio).posters == 1


def test_a_poster_whose_files_cannot_be_deleted_does_not_come_back(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    gone, kept = made(studio, 2)
    with monkeypatch.context() as patched:
        patched.setattr("services.posters.files.shutil.rmtree", lambda *_args, **_more: None)
        studio.services.jobs._shop.publishing.take_down(gone.id)
    assert "cannot be deleted" in caplog.text
    assert rebuilt(studio).posters == 1
    assert [poster.id for poster in studio.services.gallery.page().posters] == [kept.id]


def test_a_folder_left_by_an_unfinished_change_of_mind_stays_taken_down(
    sqlite_studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    [poster] = made(sqlite_studio, 1)
    taken_down(sqlite_studio, poster)
    with monkeypatch.context() as patched:
        patched.setattr("services.posters.publishing.poster_row", kill)
        patched.setattr(sqlite_studio.services.files, "set_aside", lambda _poster_id: True)
        with pytest.raises(Killed):
            sqlite_studio.services.posters.restore(poster.id, Actor("ann"))
    assert sqlite_studio.services.files.folder(poster.id).exists()
    report = rebuilt(sqlite_studio)
    assert (report.posters, report.left_out) == (0, 1)
    assert sqlite_studio.services.gallery.page().posters == ()


def test_a_poster_that_was_given_up_before_it_hung_does_not_come_back(sqlite_studio: Studio) -> None:
    [poster] = made(sqlite_studio, 1)
    with sqlite_studio.services.database.write() as session:
        session.execute(delete(PosterRow))
        session.execute(update(JobRow).values(state="cancelled"))
    assert rebuilt(sqlite_studio).left_out == 1
    assert sqlite_studio.services.posters.count() == 0
    assert sqlite_studio.services.files.folder(poster.id).exists()


def test_posters_whose_disk_was_away_for_a_while_come_back_with_their_jobs(sqlite_studio: Studio) -> None:
    posters = made(sqlite_studio)
    shelves = sqlite_studio.config.posters_dir
    away = shelves.rename(shelves.with_name("away"))
    shelves.mkdir()
    assert rebuilt(sqlite_studio).removed == 3
    assert sqlite_studio.services.jobs.get(posters[0].job_id, HOUSE).city == ""
    shelves.rmdir()
    away.rename(shelves)
    assert rebuilt(sqlite_studio).added == 3
    assert sqlite_studio.services.jobs.get(posters[0].job_id, HOUSE).poster == posters[0]
    assert sqlite_studio.services.jobs.get(posters[0].job_id, HOUSE).city == posters[0].city


def deleted(studio: Studio, theme_id: str) -> None:
    studio.services.own_themes.delete(theme_id, Actor("ann"))


def past_their_time(studio: Studio, _theme_id: str) -> None:
    studio.services.own_themes.forget(studio.clock() + timedelta(days=1))


def given_up(studio: Studio, _theme_id: str) -> None:
    studio.services.own_themes.create(Actor("ben"), PLAIN_THEME | {"name": "Newest"})


@pytest.mark.parametrize("going", [deleted, past_their_time, given_up])
def test_a_theme_that_is_gone_does_not_come_back(
    studio: Studio, monkeypatch: pytest.MonkeyPatch, going: Callable[[Studio, str], None]
) -> None:
    monkeypatch.setattr("services.themes.own.OVERALL_MAX", 1)
    theme = studio.services.own_themes.create(Actor("ann"), PLAIN_THEME)
    file = studio.config.own_themes_dir / f"{theme.id}.json"
    there_after: list[bool] = []
    end, here = Database.write, get_ident()

    @contextmanager
    def noting(database: Database) -> Iterator[Session]:
        with end(database) as session:
            yield session
        if get_ident() == here:
            there_after.append(file.exists())

    monkeypatch.setattr(Database, "write", noting)
    going(studio, theme.id)
    assert there_after == [False], "killed just after the commit, a rebuild would find it"
    rebuilt(studio)
    assert studio.services.own_themes.of(Actor("ann")) == []


@pytest.mark.parametrize("going", [deleted, past_their_time, given_up])
def test_a_theme_whose_file_cannot_be_deleted_stays_and_says_so(
    sqlite_studio: Studio, monkeypatch: pytest.MonkeyPatch, going: Callable[[Studio, str], None]
) -> None:
    monkeypatch.setattr("services.themes.own.OVERALL_MAX", 1)
    themes = sqlite_studio.services.own_themes
    theme = themes.create(Actor("ann"), PLAIN_THEME)

    def refuse(_path: Path) -> None:
        raise PermissionError("the disk is read only")

    with monkeypatch.context() as patched:
        patched.setattr("services.themes.files.remove_durably", refuse)
        with pytest.raises(Unavailable, match="cannot be deleted just now"):
            going(sqlite_studio, theme.id)
    assert themes.of(Actor("ann")) == [theme]
    going(sqlite_studio, theme.id)
    assert themes.of(Actor("ann")) == []


def test_a_deletion_that_the_database_did_not_keep_leaves_the_theme_with_its_file(
    sqlite_studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    themes = sqlite_studio.services.own_themes
    theme = themes.create(Actor("ann"), PLAIN_THEME)
    file = sqlite_studio.config.own_themes_dir / f"{theme.id}.json"
    written = file.read_bytes()

    def busy(*_args: object) -> NoReturn:
        raise Unavailable("The database is busy.")

    with monkeypatch.context() as patched:
        patched.setattr(Database, "_commit_blocking", busy)
        with pytest.raises(Unavailable):
            deleted(sqlite_studio, theme.id)
    assert themes.of(Actor("ann")) == [theme]
    assert file.read_bytes() == written


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
        for table in (StreamEventRow, PosterRow, JobRow):
            session.execute(delete(table))
    rebuilt(studio)
    visibility = {
        poster.id: studio.services.posters.get(poster.id, HOUSE).visibility for poster in (hidden, shown, own)
    }
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
    with sqlite_studio.services.database.write() as session:
        for table in (StreamEventRow, PosterRow, JobRow):
            session.execute(delete(table))
    assert rebuilt(sqlite_studio).broken == {}
    assert sqlite_studio.services.posters.get(poster.id, HOUSE).visibility == visibility
    assert (poster.id in [hung.id for hung in sqlite_studio.services.gallery.page().posters]) == public


def test_the_sidecar_never_shows_a_poster_to_more_people_than_its_row(
    sqlite_studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whatever ends the server in the middle: rebuilt from the sidecar, the poster is seen by fewer, not by more."""
    [poster] = made(sqlite_studio, 1)
    posters, database = sqlite_studio.services.posters, sqlite_studio.services.database
    seen: list[tuple[str, str]] = []

    def look(wrapped, *args, **kwargs):
        seen.append((in_the_sidecar(sqlite_studio, poster), posters.get(poster.id, HOUSE).visibility))
        return wrapped(*args, **kwargs)

    files, write = sqlite_studio.services.files, database.write
    rewrite = files.rewrite
    monkeypatch.setattr(files, "rewrite", lambda *args: look(rewrite, *args))
    monkeypatch.setattr(database, "write", lambda: look(write))
    for visibility in ("private", "unlisted", "public", "unlisted", "private", "public"):
        posters.show_to(poster.id, visibility, Actor("ann"))
        assert (in_the_sidecar(sqlite_studio, poster), posters.get(poster.id, HOUSE).visibility) == (
            visibility,
            visibility,
        )
    order = ["public", "unlisted", "private"]
    assert len(seen) == 12
    assert all(order.index(sidecar) >= order.index(row) for sidecar, row in seen)


@pytest.mark.parametrize(
    "trouble",
    [
        StorageFull("There is no room left on the disk."),
        Unavailable("Nothing can be written to this installation's disk at the moment."),
        BrokenSidecar("torn"),
        PermissionError(),
    ],
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


def full(*_args: object) -> NoReturn:
    raise StorageFull("There is no room left on the disk.")


def test_a_poster_that_its_row_alone_hides_is_hidden_from_a_rebuild_too(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    [poster] = made(studio, 1)
    with monkeypatch.context() as patched:
        patched.setattr(studio.services.files, "rewrite", full)
        studio.services.posters.show_to(poster.id, "private", Actor("ann"))
    assert in_the_sidecar(studio, poster) == "public"
    rebuilt(studio)
    assert studio.services.gallery.page().posters == ()
    with pytest.raises(NotFound):
        studio.services.posters.get(poster.id, Actor("bob"))


def test_a_poster_that_its_row_alone_hides_is_hidden_when_it_is_hung_back(
    studio: Studio, monkeypatch: pytest.MonkeyPatch
) -> None:
    [poster] = made(studio, 1)
    with monkeypatch.context() as patched:
        patched.setattr(studio.services.files, "rewrite", full)
        studio.services.posters.show_to(poster.id, "private", Actor("ann"))
    taken_down(studio, poster)
    with pytest.raises(NotFound):
        studio.services.posters.restore(poster.id, Actor("bob"))
    assert studio.services.posters.restore(poster.id, Actor("ann")).visibility == "private"
    assert studio.services.gallery.page().posters == ()
    assert in_the_sidecar(studio, poster) == "private"
