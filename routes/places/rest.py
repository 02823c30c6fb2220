"""REST: places by name and names by place."""

from __future__ import annotations

from http import HTTPStatus

from flask import Response

from routes.places.schemas import (
    GeocodeBatchIn,
    GeocodeBatchOut,
    GeocodeQuery,
    LocationOut,
    PointQuery,
    SuggestionsOut,
    SuggestQuery,
)
from routes.web.api import ApiBlueprint, client_address, reply
from routes.web.context import services

blueprint = ApiBlueprint("geocode", __name__)


@blueprint.get("/geocode")
@blueprint.input(GeocodeQuery, location="query")
@blueprint.answers(
    {HTTPStatus.OK: LocationOut},
    errors=(HTTPStatus.NOT_FOUND, HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE),
)
def geocode(query_data: GeocodeQuery) -> Response:
    """Find a city."""
    _check_rate()
    return reply(services().geocoding.geocode(query_data.city, query_data.country).to_json())


@blueprint.get("/geocode/suggest")
@blueprint.input(SuggestQuery, location="query")
@blueprint.answers({HTTPStatus.OK: SuggestionsOut}, errors=(HTTPStatus.SERVICE_UNAVAILABLE,))
def suggest(query_data: SuggestQuery) -> Response:
    """Suggest places whose names begin so, in any script."""
    found = services().geocoding.suggest(query_data.q, query_data.limit)
    return reply({"suggestions": [place.to_json() for place in found]})


@blueprint.get("/geocode/reverse")
@blueprint.input(PointQuery, location="query")
@blueprint.answers({HTTPStatus.OK: LocationOut}, errors=(HTTPStatus.SERVICE_UNAVAILABLE,))
def reverse(query_data: PointQuery) -> Response:
    """Name the nearest place."""
    return reply(services().geocoding.reverse(query_data.lat, query_data.lon).to_json())


@blueprint.post("/geocode/batch")
@blueprint.input(GeocodeBatchIn, example={"locations": [{"city": "Helsinki", "country": "Finland"}]})
@blueprint.answers({HTTPStatus.OK: GeocodeBatchOut}, errors=(HTTPStatus.TOO_MANY_REQUESTS,))
def geocode_batch(json_data: GeocodeBatchIn) -> Response:
    """Find up to 50 cities; each succeeds or fails by itself."""
    _check_rate()
    wanted = [(location.city, location.country) for location in json_data.locations]
    results = services().geocoding.batch(wanted)
    successful = sum(result["success"] for result in results)
    body = {"results": results, "total": len(results), "successful": successful, "failed": len(results) - successful}
    return reply(body)


def _check_rate() -> None:
    """Bound the look-ups that may reach the place server; what the gazetteer answers alone is free."""
    services().rate_limiter.check(services().config.rate_limit_geocode, "geocode", client_address())
