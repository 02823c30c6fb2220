from __future__ import annotations

import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from infra.cache import MemoryCache
from mural.errors import GeocodingError, InvalidInput, NotFound, TooMany, Unavailable
from mural.geo.gazetteer import Gazetteer
from services.places.geocoding import GeocodingService
from services.places.nominatim import MOST_WAITING, NominatimSettings
from services.places.nominatim_wire import MAX_BYTES
from tests.support.nominatim_server import NominatimServer
from tests.support.outside import Fault
from tests.support.places import place_index
from tests.support.waiting import wait_until

USER_AGENT = "Mural/0.1 (self-hosted map posters; ops@example.org)"
OFF = NominatimSettings(url="", user_agent=USER_AGENT)


@pytest.fixture(scope="module")
def gazetteer() -> Gazetteer:
    return Gazetteer(place_index())


@pytest.fixture
def no_gazetteer(tmp_path: Path) -> Gazetteer:
    """The gazetteer of an installation whose set-up did not run."""
    return Gazetteer(tmp_path / "nothing.db")


@pytest.fixture
def server() -> Iterator[NominatimServer]:
    with NominatimServer() as server:
        yield server


def impatient(server: NominatimServer, **changes: Any) -> NominatimSettings:
    """Settings for the local server, which nobody has to spare."""
    defaults: dict[str, Any] = {"url": server.root, "user_agent": USER_AGENT, "min_interval_s": 0.0, "timeout_s": 5.0}
    return NominatimSettings(**defaults | changes)


class TestOffline:
    @pytest.fixture
    def service(self, gazetteer: Gazetteer) -> GeocodingService:
        return GeocodingService(gazetteer, MemoryCache(), OFF)

    def test_a_city_is_found_and_the_second_time_in_the_cache(self, service: GeocodingService) -> None:
        found = service.geocode("Pisa", "Italy")
        assert found.to_json() == {
            "city": "Pisa",
            "country": "Italy",
            "latitude": pytest.approx(43.7085, abs=0.01),
            "longitude": pytest.approx(10.4036, abs=0.01),
            "display_name": "Pisa, Tuscany, Italy",
            "cached": False,
        }
        assert service.geocode("Pisa", "Italy").cached
        assert service.geocode(" PISA ", "italy").cached

    def test_the_name_is_the_one_that_was_asked_for(self, service: GeocodingService) -> None:
        found = service.geocode("  München\u202e ", "Deutschland")
        assert (found.city, found.country, found.display_name) == ("München", "Deutschland", "Munich, Bavaria, Germany")

    def test_namesakes_come_as_candidates_also_from_the_cache(self, service: GeocodingService) -> None:
        for _ in range(2):
            found = service.geocode("Springfield", "USA")
            assert len(found.candidates) == 5
            assert found.display_name == found.candidates[0].display_name
        assert found.to_json()["candidates"][0]["display_name"].startswith("Springfield, Missouri")

    def test_a_place_that_nobody_knows_is_not_found_with_similar_names(self, service: GeocodingService) -> None:
        with pytest.raises(NotFound, match="There is no location “Helsnki, Finland”") as caught:
            service.geocode("Helsnki", "Finland")
        assert "Helsinki, Finland" in caught.value.facts["suggestions"]

    @pytest.mark.parametrize(
        ("city", "country", "field"),
        [
            ("", "Italy", "city"),
            ("%%%", "Italy", "city"),
            ("\ud800\u202e", "Italy", "city"),
            ("x" * 101, "Italy", "city"),
            ("Pisa", "x" * 101, "country"),
            ("Pisa", "???", "country"),
        ],
    )
    def test_what_is_no_name_is_refused(self, service: GeocodingService, city: str, country: str, field: str) -> None:
        with pytest.raises(InvalidInput) as caught:
            service.geocode(city, country)
        assert caught.value.field == field

    def test_suggestions_are_the_gazetteers(self, service: GeocodingService) -> None:
        assert [place.name for place in service.suggest("helsink", 1)] == ["Helsinki"]

    def test_a_point_gets_the_name_of_its_town(self, service: GeocodingService) -> None:
        found = service.reverse(60.1715, 24.9443)
        assert (found.city, found.country, found.display_name) == ("Helsinki", "Finland", "Helsinki, Finland")

    def test_without_index_and_server_the_search_is_unavailable(self, no_gazetteer: Gazetteer) -> None:
        service = GeocodingService(no_gazetteer, MemoryCache(), OFF)
        with pytest.raises(Unavailable):
            service.geocode("Pisa", "Italy")
        with pytest.raises(Unavailable):
            service.suggest("pis")

    def test_rubbish_in_the_cache_is_a_miss(self, gazetteer: Gazetteer) -> None:
        class Rubbish(MemoryCache):
            def get(self, key: str) -> bytes | None:
                return b'{"not": "ours"}' if super().get(key) else None

        service = GeocodingService(gazetteer, Rubbish(), OFF)
        service.geocode("Pisa", "Italy")
        assert not service.geocode("Pisa", "Italy").cached


class TestServer:
    def test_the_gazetteer_answers_first(self, gazetteer: Gazetteer, server: NominatimServer) -> None:
        GeocodingService(gazetteer, MemoryCache(), impatient(server)).geocode("Honolulu", "USA")
        assert server.asked == []

    def test_what_the_gazetteer_lacks_is_asked_once_and_kept(
        self, gazetteer: Gazetteer, server: NominatimServer
    ) -> None:
        service = GeocodingService(gazetteer, MemoryCache(), impatient(server))
        first, second = service.geocode("Eiffel Tower", "France"), service.geocode("eiffel tower", "France")
        assert (first.cached, second.cached) == (False, True)
        assert (second.latitude, second.longitude) == (48.8583, 2.2945)
        assert [(asked.path, asked.query["q"], asked.user_agent) for asked in server.asked] == [
            ("/search", "Eiffel Tower, France", USER_AGENT)
        ]

    def test_that_there_is_no_such_place_is_kept_too(self, gazetteer: Gazetteer, server: NominatimServer) -> None:
        service = GeocodingService(gazetteer, MemoryCache(), impatient(server))
        for _ in range(2):
            with pytest.raises(NotFound):
                service.geocode("Nowhereville", "France")
        assert len(server.asked) == 1

    @pytest.mark.parametrize(
        ("city", "country", "point"), [("Honolulu", "USA", (21.3045, -157.8557)), ("Pisa", "Italy", (43.7159, 10.4019))]
    )
    def test_the_city_is_preferred_to_the_county_of_its_name(
        self, no_gazetteer: Gazetteer, server: NominatimServer, city: str, country: str, point: tuple[float, float]
    ) -> None:
        found = GeocodingService(no_gazetteer, MemoryCache(), impatient(server)).geocode(city, country)
        assert (found.latitude, found.longitude) == point
        assert found.candidates == ()

    def test_cities_of_equal_importance_are_candidates(self, no_gazetteer: Gazetteer, server: NominatimServer) -> None:
        found = GeocodingService(no_gazetteer, MemoryCache(), impatient(server)).geocode("Springfield", "USA")
        assert [round(option.longitude) for option in found.candidates] == [-93, -73]

    def test_a_server_below_a_path_is_asked_there(self, no_gazetteer: Gazetteer, server: NominatimServer) -> None:
        settings = impatient(server, url=f"{server.root}/nominatim/")
        GeocodingService(no_gazetteer, MemoryCache(), settings).geocode("Zzyzx", "USA")
        assert [asked.path for asked in server.asked] == ["/nominatim/search"]

    def test_a_contact_in_another_script_does_not_stop_the_request(
        self, no_gazetteer: Gazetteer, server: NominatimServer
    ) -> None:
        settings = impatient(server, user_agent="Mural (почта@example.org)")
        GeocodingService(no_gazetteer, MemoryCache(), settings).geocode("Zzyzx", "USA")
        assert server.asked[0].user_agent == "Mural (?????@example.org)"

    def test_requests_keep_their_distance_and_never_overlap(
        self, no_gazetteer: Gazetteer, server: NominatimServer
    ) -> None:
        server.delay_s = 0.02
        service = GeocodingService(no_gazetteer, MemoryCache(), impatient(server, min_interval_s=0.1))
        threads = [
            threading.Thread(target=service.batch, args=([(f"Honolulu, {i}", "USA"), ("Zzyzx", f"US{i}")],))
            for i in range(3)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        times_s = sorted(asked.at_s for asked in server.asked)
        assert len(times_s) == 6
        assert server.most_at_once == 1
        # The server's clock sees when a request arrives, which may lag behind its departure by a scheduling slice.
        assert (times_s[-1] - times_s[0]) >= 5 * 0.1 * 0.9

    def test_a_line_too_long_is_turned_away(self, no_gazetteer: Gazetteer, server: NominatimServer) -> None:
        server.faults.extend([Fault.HANG] * (MOST_WAITING + 3))
        service = GeocodingService(no_gazetteer, MemoryCache(), impatient(server))
        outcomes: list[BaseException] = []

        def ask(i: int) -> None:
            try:
                service.geocode(f"Place {i}", "France")
            except (GeocodingError, TooMany) as error:
                outcomes.append(error)

        threads = [threading.Thread(target=ask, args=(i,)) for i in range(MOST_WAITING + 3)]
        for thread in threads:
            thread.start()
        while len(outcomes) < 3:
            threading.Event().wait(0.005)
        assert all(isinstance(error, TooMany) for error in outcomes)
        server.closing.set()
        for thread in threads:
            thread.join()
        assert len(outcomes) == MOST_WAITING + 3


class TestFaults:
    @pytest.mark.parametrize(
        ("fault", "sentence"),
        [
            (Fault.TOO_MANY, "asks for fewer requests"),
            (Fault.FORBIDDEN, "refuses this installation"),
            (Fault.INTERNAL, "cannot be reached or is in trouble"),
            (Fault.GARBAGE, "cannot be understood"),
            (Fault.MANGLED, "cannot be understood"),
            (Fault.OFF_THE_GLOBE, "cannot be understood"),
            (Fault.ERROR_OBJECT, "cannot be reached or is in trouble"),
            (Fault.ELSEWHERE, "has moved"),
            (Fault.BOMB, "cannot be understood"),
            (Fault.UNPACKED, "cannot be understood"),
            (Fault.HEADERS, "cannot be reached or is in trouble"),
            (Fault.NESTED, "cannot be understood"),
            (Fault.WRONG_LENGTH, "cannot be understood"),
            (Fault.DEEP, "cannot be understood"),
            (Fault.ENDLESS_NUMBER, "cannot be understood"),
            (Fault.HANG_UP, "cannot be reached or is in trouble"),
        ],
    )
    def test_every_fault_is_a_sentence_and_the_server_is_left_alone_for_a_while(
        self, no_gazetteer: Gazetteer, server: NominatimServer, fault: Fault, sentence: str
    ) -> None:
        server.faults.append(fault)
        cache = MemoryCache()
        service = GeocodingService(no_gazetteer, cache, impatient(server))
        with pytest.raises(GeocodingError, match=sentence) as caught:
            service.geocode("Honolulu", "USA")
        assert caught.value.transient
        assert caught.value.facts["retry_after"] >= 5
        with pytest.raises(GeocodingError, match="trouble a moment ago"):
            service.geocode("Pisa", "Italy")
        assert len(server.asked) == 1
        recovered = GeocodingService(no_gazetteer, cache, impatient(server))
        assert not recovered.geocode("Honolulu", "USA").cached, "a failure must not be kept"

    def test_no_more_is_taken_than_any_answer_has(self, no_gazetteer: Gazetteer, server: NominatimServer) -> None:
        server.faults.append(Fault.UNPACKED)
        with pytest.raises(GeocodingError):
            GeocodingService(no_gazetteer, MemoryCache(), impatient(server)).geocode("Honolulu", "USA")
        wait_until(lambda: server.at_work == 0)
        assert server.sent_bytes < 20 * MAX_BYTES, "what was on its way when the connection was closed"

    def test_where_a_redirect_points_is_followed_by_nobody_and_told_to_the_log_alone(
        self, no_gazetteer: Gazetteer, server: NominatimServer, caplog: pytest.LogCaptureFixture
    ) -> None:
        with NominatimServer() as inside:
            server.elsewhere = f"{inside.root}/search?q=secrets"
            server.faults.append(Fault.ELSEWHERE)
            with pytest.raises(GeocodingError) as caught:
                GeocodingService(no_gazetteer, MemoryCache(), impatient(server)).geocode("Honolulu", "USA")
            assert inside.asked == []
        assert "127.0.0.1" not in f"{caught.value.message} {caught.value.facts}"
        assert inside.root in caplog.text

    def test_a_name_is_shown_without_what_could_harm_a_screen(
        self, no_gazetteer: Gazetteer, server: NominatimServer
    ) -> None:
        server.faults.append(Fault.HOSTILE)
        found = GeocodingService(no_gazetteer, MemoryCache(), impatient(server)).geocode("Honolulu", "USA")
        assert found.display_name.startswith("Pisa [31m <script>")
        assert found.display_name.isprintable()
        assert len(found.display_name) <= 300

    @pytest.mark.parametrize("fault", [Fault.HANG, Fault.DRIP, Fault.DRIPPING_HEAD])
    def test_a_silent_server_times_out(self, no_gazetteer: Gazetteer, server: NominatimServer, fault: Fault) -> None:
        server.faults.append(fault)
        with pytest.raises(GeocodingError, match="did not answer in time"):
            GeocodingService(no_gazetteer, MemoryCache(), impatient(server, timeout_s=0.1)).geocode("Honolulu", "USA")

    def test_nobody_at_the_address(self, no_gazetteer: Gazetteer) -> None:
        settings = NominatimSettings(url="http://127.0.0.1:1", user_agent=USER_AGENT)
        with pytest.raises(GeocodingError, match="cannot be reached"):
            GeocodingService(no_gazetteer, MemoryCache(), settings).geocode("Honolulu", "USA")

    def test_what_the_gazetteer_knows_does_not_suffer(self, gazetteer: Gazetteer, server: NominatimServer) -> None:
        server.faults.append(Fault.INTERNAL)
        service = GeocodingService(gazetteer, MemoryCache(), impatient(server))
        with pytest.raises(GeocodingError):
            service.geocode("Eiffel Tower", "France")
        assert service.geocode("Pisa", "Italy").city == "Pisa"


class TestBatch:
    def test_each_succeeds_or_fails_by_itself(self, gazetteer: Gazetteer) -> None:
        service = GeocodingService(gazetteer, MemoryCache(), OFF)
        results = service.batch([("Pisa", "Italy"), ("Nowhereville", "France"), ("", "Italy"), ("Tokyo", "Japan")])
        assert [result["success"] for result in results] == [True, False, False, True]
        assert results[1] == {
            "city": "Nowhereville",
            "country": "France",
            "success": False,
            "error": "Not found",
            "message": "There is no location “Nowhereville, France”.",
        }
        assert results[0]["display_name"] == "Pisa, Tuscany, Italy"

    def test_fifty_are_enough(self, gazetteer: Gazetteer) -> None:
        service = GeocodingService(gazetteer, MemoryCache(), OFF)
        assert len(service.batch([("Pisa", "Italy")] * 50)) == 50
        with pytest.raises(InvalidInput) as caught:
            service.batch([("Pisa", "Italy")] * 51)
        assert caught.value.field == "locations"

    def test_a_batch_stops_asking_the_server_when_it_has_taken_long(
        self, gazetteer: Gazetteer, server: NominatimServer, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr("services.places.geocoding.BATCH_PATIENCE_S", 0.0)
        service = GeocodingService(gazetteer, MemoryCache(), impatient(server))
        results = service.batch([("Eiffel Tower", "France"), ("Pisa", "Italy")])
        assert [result["success"] for result in results] == [False, True]
        assert "Ask again" in results[0]["message"]
        assert server.asked == []
