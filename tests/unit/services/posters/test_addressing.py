"""Kept events hold no addresses: they are made for the prefix under which Mural is served when they leave."""

from __future__ import annotations

import json
from dataclasses import replace

from infra.events.events import Event, Name
from services.accounts.actors import HOUSE
from services.posters.addressing import wording
from services.posters.urls import Urls
from tests.support.posters import Studio, make_studio


def test_a_changed_prefix_leaves_no_stale_address_behind(studio: Studio) -> None:
    poster = studio.made().poster
    assert poster is not None
    epoch = studio.services.gallery.page().epoch
    moved = make_studio(studio.folder, replace(studio.config, url_prefix="/maps"))
    [event] = moved.services.gallery.resume(epoch, 0).to_json(moved.services.gallery.worded)["events"]
    assert event["payload"] == {"seq": 1, "poster": moved.services.posters.get(poster.id, HOUSE).to_json()}
    assert event["payload"]["poster"]["download_url"] == f"/maps/api/v1/posters/{poster.id}/download?v=1"
    moved.services.database.close()


def test_news_travel_without_addresses_and_arrive_with_them(studio: Studio) -> None:
    poster = studio.made().poster
    assert poster is not None
    [added] = studio.listener.named(Name.GALLERY_POSTER_ADDED)
    [completed] = studio.listener.named(Name.GENERATION_COMPLETED)
    assert "/api/v1" not in json.dumps([dict(added.payload), dict(completed.payload)])
    worded = wording(Urls(studio.config.url_prefix))
    assert worded(added.name, added.payload) == {"seq": 1, "poster": poster.to_json()}
    heard = worded(completed.name, completed.payload)
    assert heard["poster"] == poster.to_json()
    assert heard["thumbnail_url"] == poster.thumbnail_url
    assert set(heard) == {"request_id", "poster", "thumbnail_url", "processing_time", "timestamp"}


def test_what_has_no_addresses_passes_as_it_is() -> None:
    event = Event(Name.PRESENCE_CHANGED, {"viewers": 3}, ("gallery",))
    assert wording(Urls("/maps"))(event.name, event.payload) is event.payload
