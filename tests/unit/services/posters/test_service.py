from __future__ import annotations

import threading
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import event, select

from infra.db.models import JobRow
from infra.events.events import Name
from infra.jobs.store import ACTIVE
from mural.errors import InvalidInput, MissingScript, NotAllowed, NotFound, StorageFull, TooMany
from mural.paper import Size
from mural.poster import Format, Marker, Texts, Track
from services.accounts.actors import HOUSE, Actor
from services.accounts.permissions import Role
from services.posters.requests import PosterQuery
from services.posters.views import Submission
from tests.support.designs import PLAIN_THEME
from tests.support.posters import Studio, make_config, make_studio


def test_a_wish_becomes_a_poster_that_can_be_fetched(studio: Studio) -> None:
    submission = studio.services.posters.submit(studio.wish(), Actor("ann"))
    assert submission.poster is None
    assert submission.to_json()["status_url"] == f"/api/v1/jobs/{submission.job.job_id}"
    job = studio.wait_until(submission.job.job_id, "completed")
    assert job.poster is not None
    poster = studio.services.posters.get(job.poster.id, HOUSE)
    assert (poster.city, poster.theme, poster.owner) == ("Helsinki", "noir", "ann")
    assert poster.filename == "helsinki_noir_20260119_153052.png"
    file = studio.services.posters.file(poster.id, "poster", HOUSE)
    assert file.path.read_bytes() == b"poster of " + job.job_id.encode()
    assert (file.mimetype, file.size) == ("image/png", file.path.stat().st_size)
    thumbnail = studio.services.posters.file(poster.id, "thumbnail", HOUSE)
    assert (thumbnail.mimetype, thumbnail.path.read_bytes()) == ("image/jpeg", b"thumbnail")
    assert thumbnail.etag != file.etag


def test_an_equal_finished_poster_is_answered_at_once(studio: Studio) -> None:
    first = studio.services.posters.submit(studio.wish(), Actor("ann"))
    studio.wait_until(first.job.job_id, "completed")
    again = studio.services.posters.submit(studio.wish(city="  Helsinki "), Actor("bob"))
    assert again.poster is not None
    assert again.job.job_id == first.job.job_id
    assert again.to_json()["result"]["poster_id"] == again.poster.id
    assert len(studio.renderer.requests) == 1


def test_an_export_is_the_same_picture_whatever_became_of_its_theme(studio: Studio) -> None:
    own = studio.services.own_themes.create(Actor("ann"), PLAIN_THEME)
    wish = studio.wish(theme=own.id, format=Format.PDF, bleed_mm=3.0, crop_marks=True)
    job = studio.services.posters.submit(wish, Actor("ann")).job
    poster = studio.wait_until(job.job_id, "completed").poster
    assert poster is not None
    studio.services.own_themes.delete(own.id, Actor("ann"))
    exported = studio.services.posters.export(poster.id, Format.PNG, Actor("bob"))
    studio.wait_until(exported.job.job_id, "completed")
    printed, copied = (request.design for request in studio.renderer.requests)
    assert copied.theme == printed.theme
    assert (copied.format, copied.page.bleed_mm, copied.page.crop_marks) == (Format.PNG, 0.0, False)
    assert (printed.page.bleed_mm, printed.page.crop_marks) == (3.0, True)


def test_the_poster_of_a_preview_can_be_had_in_its_own_format(studio: Studio) -> None:
    preview = studio.made(preview=True, format=Format.PDF).poster
    assert preview is not None
    assert preview.format == "png", "what its file is"
    exported = studio.services.posters.export(preview.id, Format.PDF, Actor("ann"))
    full = studio.wait_until(exported.job.job_id, "completed").poster
    assert full is not None
    assert (full.format, full.preview) == ("pdf", False)


def test_a_poster_whose_files_are_gone_is_made_anew(studio: Studio) -> None:
    job = studio.services.posters.submit(studio.wish(), Actor("ann")).job
    poster = studio.wait_until(job.job_id, "completed").poster
    assert poster is not None
    studio.services.files.remove(poster.id)
    with pytest.raises(NotFound):
        studio.services.posters.file(poster.id, "poster", HOUSE)
    again = studio.services.posters.submit(studio.wish(), Actor("ann"))
    assert again.poster is None
    assert again.job.job_id != job.job_id


def test_fifty_equal_wishes_at_once_are_one_job(studio: Studio) -> None:
    studio.renderer.held = True
    answers: list[Submission] = []
    start = threading.Barrier(50)

    def ask(number: int) -> None:
        start.wait()
        answers.append(studio.services.posters.submit(studio.wish(), Actor(f"visitor {number}")))

    threads = [threading.Thread(target=ask, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(answers) == 50
    [job_id] = {answer.job.job_id for answer in answers}
    studio.renderer.held = False
    studio.renderer.gate.release()
    studio.wait_until(job_id, "completed")
    assert len(studio.renderer.requests) == 1
    [done] = studio.listener.wait_for(Name.GENERATION_COMPLETED)
    assert {f"session:visitor {number}" for number in range(50)} <= set(done.rooms)


def test_private_wishes_are_not_shared(studio: Studio) -> None:
    jobs = {
        studio.services.posters.submit(studio.wish(visibility=visibility), Actor(owner)).job.job_id
        for visibility, owner in (("public", "ann"), ("unlisted", "ann"), ("unlisted", "bob"))
    }
    assert len(jobs) == 3
    for job_id in jobs:
        studio.wait_until(job_id, "completed")
    again = studio.services.posters.submit(studio.wish(visibility="unlisted"), Actor("bob"))
    assert again.poster is not None
    assert again.poster.owner == "bob"


def test_the_queue_of_a_session_and_the_whole_queue_are_bounded(tmp_path, database_url: str) -> None:
    studio = make_studio(tmp_path, make_config(tmp_path, database_url, MAX_QUEUE="5", SESSION_QUEUE="3"))
    studio.services.files.start()
    submit = studio.services.posters.submit
    for _ in range(3):
        submit(studio.other_wish(), Actor("ann"))
    with pytest.raises(TooMany) as own:
        submit(studio.other_wish(), Actor("ann"))
    assert own.value.facts["limit"] == 3
    assert own.value.retry_after_s >= 5
    for _ in range(2):
        submit(studio.other_wish(), Actor("bob"))
    with pytest.raises(TooMany, match="queue is full"):
        submit(studio.other_wish(), Actor("cy"))
    studio.services.database.close()


def test_what_one_address_has_on_its_way_is_bounded_whoever_asks_there(tmp_path, database_url: str) -> None:
    studio = make_studio(tmp_path, make_config(tmp_path, database_url, ADDRESS_QUEUE="4"))
    studio.services.files.start()
    submit, batch = studio.services.posters.submit, studio.services.batches.submit
    batch([studio.other_wish() for _ in range(3)], Actor("ann"), "192.0.2.1")
    with pytest.raises(TooMany, match="from your address"):
        batch([studio.other_wish() for _ in range(2)], Actor("bob"), "192.0.2.1")
    assert studio.services.queue.count(ACTIVE) == 3, "a batch is taken whole or not at all"
    fourth = submit(studio.other_wish(), Actor("cy"), "192.0.2.1").job.job_id
    with pytest.raises(TooMany) as refused:
        submit(studio.other_wish(), Actor("dan"), "192.0.2.1")
    assert refused.value.facts["limit"] == 4
    assert refused.value.retry_after_s >= 5
    submit(studio.other_wish(), Actor("dan"), "192.0.2.2")
    studio.services.jobs.cancel(fourth, Actor("cy"))
    submit(studio.other_wish(), Actor("dan"), "192.0.2.1")
    with studio.services.database.read() as session:
        kept = set(session.scalars(select(JobRow.address)))
    assert not any(address and "192.0.2" in address for address in kept)
    assert None in kept, "a job that has ended says nothing of an address"
    studio.services.database.close()


def test_no_room_refuses_a_job_but_not_what_is_there(tmp_path) -> None:
    studio = make_studio(tmp_path, make_config(tmp_path))
    studio.services.jobs.start()
    job = studio.services.posters.submit(studio.wish(), Actor("ann")).job
    studio.wait_until(job.job_id, "completed")
    studio.services.files._max_bytes = studio.services.files.used_bytes - 1
    with pytest.raises(StorageFull):
        studio.services.posters.submit(studio.other_wish(), Actor("ann"))
    assert studio.services.posters.submit(studio.wish(), Actor("bob")).poster is not None
    studio.services.jobs.stop(0)


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"city": "  "}, "city"),
        ({"city": "x" * 101}, "city"),
        ({"country": ""}, "country"),
        ({"distance_m": 499.0}, "distance"),
        ({"distance_m": 20_001.0}, "distance"),
        ({"distance_m": float("nan")}, "distance"),
        ({"latitude": 60.0}, "longitude"),
        ({"longitude": 24.0}, "latitude"),
        ({"latitude": 86.0, "longitude": 0.0}, "latitude"),
        ({"latitude": 0.0, "longitude": float("inf")}, "longitude"),
        ({"size": "b4"}, "size"),
        ({"size": Size(1, 1, "mm")}, "size"),
        ({"dpi": 1200}, "dpi"),
        ({"bleed_mm": 3.0}, "bleed_mm"),
        ({"crop_marks": True}, "crop_marks"),
        ({"texts": Texts(title="x" * 201)}, "texts.title"),
        ({"texts": Texts(lines=("x",) * 11)}, "texts.lines"),
        ({"texts": Texts(font="wingdings")}, "texts.font"),
        ({"markers": (Marker(latitude=91.0, longitude=0.0),)}, "markers.latitude"),
        ({"markers": (Marker(latitude=1.0, longitude=0.0),) * 101}, "markers"),
        ({"tracks": (Track(points=((0.0, 0.0),) * 50_001),)}, "tracks"),
        ({"tracks": (Track(points=((0.0, 181.0),)),)}, "tracks.longitude"),
        ({"tracks": (Track(points=((89.5, 0.0), (1.0, 1.0))),)}, "tracks.latitude"),
    ],
)
def test_what_cannot_be_made_is_refused_by_field(tmp_path, changes: dict[str, object], field: str) -> None:
    studio = make_studio(tmp_path, make_config(tmp_path, MAX_DISTANCE="20000"))
    with pytest.raises(InvalidInput) as refused:
        studio.services.posters.submit(studio.wish(**changes), Actor("ann"))
    assert refused.value.field == field
    studio.services.database.close()


def test_an_unknown_theme_is_told_what_there_is(sqlite_studio: Studio) -> None:
    with pytest.raises(NotFound) as refused:
        sqlite_studio.services.posters.submit(sqlite_studio.wish(theme="nope"), Actor("ann"))
    assert refused.value.facts["available_themes"] == ["noir", "paper"]


def test_a_text_that_no_font_has_is_refused_before_a_job_starts(sqlite_studio: Studio) -> None:
    with pytest.raises(MissingScript):
        sqlite_studio.services.posters.submit(sqlite_studio.wish(texts=Texts(title="Ἑλσίνκι")), Actor("ann"))
    assert sqlite_studio.services.queue.count() == 0
    hidden = sqlite_studio.wish(city="Хельсинки", latitude=60.0, longitude=25.0, texts=Texts(title="Helsinki"))
    assert sqlite_studio.services.posters.design(hidden).place.city == "Хельсинки"


def test_an_ambiguous_place_returns_its_candidates(sqlite_studio: Studio) -> None:
    with pytest.raises(InvalidInput) as refused:
        sqlite_studio.services.posters.submit(sqlite_studio.wish(city="Springfield", country="USA"), Actor("ann"))
    names = [candidate["display_name"] for candidate in refused.value.facts["candidates"]]
    assert names == ["Springfield, Illinois", "Springfield, Massachusetts"]
    chosen = sqlite_studio.wish(city="Springfield", country="USA", latitude=42.1, longitude=-72.59)
    assert sqlite_studio.services.posters.design(chosen).place.latitude == 42.1


def test_a_track_may_lead_nearer_to_a_pole_than_the_middle_of_a_page(sqlite_studio: Studio) -> None:
    north = Track(points=((84.9, 15.0), (86.0, 16.0)))
    wish = sqlite_studio.wish(latitude=85.0, longitude=15.5, tracks=(north,))
    assert sqlite_studio.services.posters.design(wish).tracks == (north,)
    hidden = sqlite_studio.wish(latitude=85.0, longitude=15.5, tracks=(north,), hide_ends_m=500.0)
    (left,) = sqlite_studio.services.posters.design(hidden).tracks
    assert 84.9 < left.points[0][0] < left.points[-1][0] < 86.0


def test_a_design_carries_all_that_was_asked_for(sqlite_studio: Studio) -> None:
    design = sqlite_studio.services.posters.design(
        sqlite_studio.wish(
            format=Format.PDF, bleed_mm=3.0, crop_marks=True, rotation_deg=370.0, texts=Texts(title=" e\u0301te\x00 ")
        )
    )
    assert (design.page.bleed_mm, design.page.crop_marks, design.rotation_deg) == (3.0, True, 10.0)
    assert design.texts.title == "\u00e9te"
    assert (design.place.latitude, design.place.longitude) == (60.1715, 24.9443)


def test_a_preview_is_made_apart_and_expires(studio: Studio) -> None:
    job = studio.services.posters.submit(studio.wish(preview=True), Actor("ann")).job
    assert job.job_id.startswith("preview-")
    done = studio.wait_until(job.job_id, "completed")
    assert done.poster is not None
    assert done.poster.expires_at is not None
    assert studio.renderer.requests[0].preview
    assert studio.services.gallery.page().posters == ()
    assert studio.services.posters.mine(Actor("ann"), PosterQuery()).total == 0
    assert studio.services.posters.file(done.poster.id, "thumbnail", HOUSE).mimetype == "image/png"
    assert studio.services.posters.submit(studio.wish(), Actor("ann")).poster is None


def test_own_posters_are_listed_page_by_page(studio: Studio) -> None:
    for number in range(5):
        studio.clock.advance(60)
        job = studio.services.posters.submit(
            studio.other_wish(theme="noir" if number % 2 else "paper"), Actor("ann")
        ).job
        studio.wait_until(job.job_id, "completed")
    job = studio.services.posters.submit(studio.other_wish(), Actor("bob")).job
    studio.wait_until(job.job_id, "completed")
    mine = studio.services.posters.mine
    first, last = mine(Actor("ann"), PosterQuery(per_page=2)), mine(Actor("ann"), PosterQuery(page=3, per_page=2))
    assert [poster.distance_m for poster in first.items] == [1005, 1004]
    assert [poster.distance_m for poster in last.items] == [1001]
    assert first.pagination_json() == {
        "page": 1,
        "per_page": 2,
        "total": 5,
        "pages": 3,
        "has_next": True,
        "has_prev": False,
    }
    themed = mine(Actor("ann"), PosterQuery(theme="noir", order="asc"))
    assert [poster.distance_m for poster in themed.items] == [1002, 1004]
    by_theme = mine(Actor("ann"), PosterQuery(sort="theme", order="desc"))
    assert [poster.theme for poster in by_theme.items] == ["paper"] * 3 + ["noir"] * 2
    assert mine(Actor("ann"), PosterQuery(city="HELSINKI")).total == 5
    assert mine(Actor("ann"), PosterQuery(city="Oslo")).items == ()
    today = studio.clock.now.date()
    assert mine(Actor("ann"), PosterQuery(first_day=today, last_day=today)).total == 5
    assert mine(Actor("ann"), PosterQuery(first_day=today + timedelta(days=1))).total == 0
    assert mine(Actor("ann"), PosterQuery(last_day=today - timedelta(days=1))).total == 0
    assert mine(Actor("ann"), PosterQuery(first_day=date.min, last_day=date.max)).total == 5
    assert studio.services.posters.count() == 6


def test_a_poster_is_taken_down_by_its_owner_or_an_admin_only(studio: Studio) -> None:
    posters = studio.services.posters
    for actor in (Actor("ann"), Actor("root", Role.ADMIN)):
        poster = studio.made("ann").poster
        assert poster is not None
        with pytest.raises(NotAllowed):
            posters.delete(poster.id, Actor("bob"))
        posters.delete(poster.id, actor)
        with pytest.raises(NotFound):
            posters.get(poster.id, HOUSE)
        assert not studio.services.files.folder(poster.id).exists()
        with pytest.raises(NotFound):
            posters.delete(poster.id, actor)
    assert studio.services.files.used_bytes == 0


@pytest.mark.parametrize("ident", ["nope", "../../etc/passwd", "0" * 32])
def test_an_unknown_poster_is_not_found(sqlite_studio: Studio, ident: str) -> None:
    posters = sqlite_studio.services.posters
    for ask in (posters.get, posters.design_of, lambda one, viewer: posters.file(one, "poster", viewer)):
        with pytest.raises(NotFound):
            ask(ident, HOUSE)


def test_the_design_of_a_poster_can_be_had_again(sqlite_studio: Studio) -> None:
    job = sqlite_studio.services.posters.submit(sqlite_studio.wish(), Actor("ann")).job
    poster = sqlite_studio.wait_until(job.job_id, "completed").poster
    assert poster is not None
    wished = sqlite_studio.services.posters.design(sqlite_studio.wish())
    assert sqlite_studio.services.posters.design_of(poster.id, HOUSE) == wished


def test_a_name_turns_nothing_around_it(sqlite_studio: Studio) -> None:
    design = sqlite_studio.services.posters.design(
        sqlite_studio.wish(city="\u202eikhsyli\u2069 \u200eHelsinki", latitude=60.0, longitude=24.0)
    )
    assert design.place.city == "ikhsyli \u200eHelsinki"


@pytest.mark.parametrize("order", ["asc", "desc"])
@pytest.mark.parametrize(
    "narrowed", [{"sort": "created_at"}, {"sort": "city"}, {"sort": "theme"}, {"theme": "noir"}, {"city": "Oulu"}]
)
def test_a_page_of_a_list_is_read_in_its_order_and_never_sorted(
    sqlite_studio: Studio, narrowed: dict[str, Any], order: Any
) -> None:
    plans: list[str] = []

    def explain(_connection: Any, cursor: Any, statement: str, parameters: Any, *_: Any) -> None:
        if "WHERE posters.owner" in statement:  # not what is done in the background
            rows = cursor.connection.execute(f"EXPLAIN QUERY PLAN {statement}", parameters)
            plans.extend(row[-1] for row in rows)

    listening = (sqlite_studio.services.database.engine, "before_cursor_execute", explain)
    event.listen(*listening)
    sqlite_studio.services.posters.mine(Actor("ann"), PosterQuery(order=order, **narrowed))
    event.remove(*listening)
    assert len(plans) == 2
    assert all(plan.startswith("SEARCH posters USING") for plan in plans), plans


def test_whoever_has_claimed_a_visitors_things_has_their_posters(studio: Studio) -> None:
    hers, his = studio.made("ann", visibility="private").poster, studio.made("ben", visibility="private").poster
    assert hers is not None
    assert his is not None
    person, posters = Actor("account", aliases=frozenset({"ann"})), studio.services.posters
    assert [poster.id for poster in posters.mine(person, PosterQuery()).items] == [hers.id]
    assert posters.get(hers.id, person) == hers
    assert posters.show_to(hers.id, "unlisted", person).visibility == "unlisted"
    for ask in (posters.get, posters.design_of, posters.delete):
        with pytest.raises(NotFound):
            ask(his.id, person)
    posters.delete(hers.id, person)
    assert posters.mine(person, PosterQuery()).total == 0
