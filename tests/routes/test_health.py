"""How the installation is doing."""

from __future__ import annotations

import pytest

from infra.db.session import Database
from mural.errors import Unavailable
from mural.geo.catalogue_index import Known, index_bytes
from routes.admin.schemas import HealthOut, StatsOut
from tests.support.api import V1, Api, Visitor


def test_it_tells_the_state_of_every_part(ann: Visitor) -> None:
    answer = ann.get(f"{V1}/health")
    body = answer.get_json()
    HealthOut.model_validate(body)
    assert answer.status_code == 200
    assert {"database", "cache", "render_pool", "storage", "map_data"} <= body["services"].keys()
    assert body["timestamp"].endswith("Z")


def test_without_a_database_nobody_can_be_served(fresh_api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(_self: Database) -> None:
        raise Unavailable("The database does not answer.")

    monkeypatch.setattr(Database, "read", down)
    answer = fresh_api.visitor().get(f"{V1}/health")
    assert (answer.status_code, answer.get_json()["status"]) == (503, "unhealthy")
    assert answer.get_json()["services"]["database"] == "The database does not answer."


def test_it_is_not_ready_while_nothing_can_be_drawn(ann: Visitor) -> None:
    answer = ann.get(f"{V1}/ready")
    assert (answer.status_code, answer.get_json()) == (503, {"ready": False})


def test_it_counts_what_was_done(fresh_api: Api) -> None:
    visitor = fresh_api.visitor()
    before = visitor.get(f"{V1}/stats").get_json()
    StatsOut.model_validate(before)
    assert (before["total_posters"], before["total_jobs"], before["average_generation_time"]) == (0, 0, None)
    fresh_api.made(visitor)
    after = visitor.get(f"{V1}/stats").get_json()
    StatsOut.model_validate(after)
    assert (after["total_posters"], after["total_jobs"], after["active_jobs"]) == (1, 1, 0)
    assert after["storage_used"] > 0
    assert after["themes_count"] >= 30
    assert after["average_generation_time"] >= 0


WHAT_TO_DO = {
    "en": "What reads it dies of it. Replace it by a sound copy.",
    "de": "Das Programm, das sie liest, stürzt daran ab. Ersetzen Sie sie durch eine heile Kopie.",
    "es": "El programa que lo lee se cae. Sustitúyalo por una copia sana.",
    "ar": "يتعطّل البرنامج الذي يقرؤه. استبدله بنسخة سليمة.",
}


@pytest.mark.parametrize("language", WHAT_TO_DO)
def test_map_files_that_are_left_out_are_named_with_what_to_do(fresh_api: Api, language: str) -> None:
    visitor = fresh_api.visitor()
    assert visitor.get(f"{V1}/health").get_json()["services"]["map_data"] == "ok"
    cache = fresh_api.services.config.data_dir / "cache"
    torn = fresh_api.services.config.extracts_dir / "torn<b>.osm.pbf"
    torn.write_bytes(b"no map")
    known = Known(stamp=(1, 2), fault="deadly", reason="SIGSEGV")
    cache.mkdir(exist_ok=True)
    (cache / "extracts.json").write_bytes(index_bytes({str(torn): known}))

    answer = visitor.get(f"{V1}/health")
    word = answer.get_json()["services"]["map_data"]
    assert (answer.status_code, word.split(" left out")[0]) == (200, "degraded: torn<b>.osm.pbf")
    page = visitor.get("/status", headers={"Accept-Language": language}).get_data(as_text=True)
    assert "torn&lt;b&gt;.osm.pbf" in page
    assert WHAT_TO_DO[language] in page
    torn.unlink()
    assert visitor.get(f"{V1}/health").get_json()["services"]["map_data"] == "ok"
