"""The edge where events get their addresses: inside they carry facts, which stay true however the server is reached."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from infra.events.events import Name
from infra.events.streams import Worded
from services.posters.urls import Urls
from services.posters.views import addressed


def wording(urls: Urls) -> Worded:
    """Make what clients get of an event's name and facts."""

    def worded(name: str, facts: Mapping[str, Any]) -> Mapping[str, Any]:
        if name == Name.GALLERY_POSTER_ADDED:
            return {"seq": facts["seq"], "poster": addressed(facts["poster"], urls)}
        if name == Name.GENERATION_COMPLETED:
            poster = addressed(facts["poster"], urls)
            return {**facts, "poster": poster, "thumbnail_url": poster["thumbnail_url"]}
        return facts

    return worded
