"""Posters as rows, as sidecars and as views: three forms of the same facts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Annotated, Any, Final, cast

from pydantic import BeforeValidator, TypeAdapter, ValidationError
from sqlalchemy import Select

from infra.db.models import PosterJobRow, PosterRow
from infra.filenames import download_name, search_key
from mural.fingerprint import design_to_json
from mural.poster import PosterDesign
from mural.wording import CREDIT
from mural.worker.protocol import RenderResult
from services.posters.files import FILE_NAME, BrokenSidecar
from services.posters.requests import Visibility
from services.posters.urls import Urls
from services.posters.views import PosterView, names_of


@dataclass(frozen=True, slots=True, kw_only=True)
class PosterFacts:
    """Everything that is known about a poster: what its sidecar holds and its row is made from."""

    id: str
    job_id: str
    owner: str
    visibility: Visibility
    preview: bool
    fingerprint: str
    width_px: int
    height_px: int
    poster_file: str
    thumbnail_file: str | None
    preview_file: str | None
    filename: str
    file_size: int
    source: str
    generation_s: float
    created_at: datetime
    expires_at: datetime | None
    design: PosterDesign
    credit: str = CREDIT


def _of_any_age(sidecar: Any) -> Any:
    """Read who finds a poster as sidecars said it when there was only the wall or not the wall."""
    if isinstance(sidecar, dict) and "visibility" not in sidecar and isinstance(sidecar.get("public"), bool):
        return sidecar | {"visibility": "public" if sidecar["public"] else "unlisted"}
    return sidecar


_FACTS: Final[TypeAdapter[PosterFacts]] = TypeAdapter(Annotated[PosterFacts, BeforeValidator(_of_any_age)])

_KEPT_AS_THEY_ARE: Final = names_of(PosterFacts) - {"design", "credit"}
_SHOWN_AS_THEY_ARE: Final = tuple(sorted(names_of(PosterView) - {"urls"}))

SHOWN: Final = tuple(getattr(PosterRow, name) for name in _SHOWN_AS_THEY_ARE)
"""The columns that a list of posters needs; reading these alone costs half of what reading whole rows does."""


def facts_of(
    poster_id: str,
    job: PosterJobRow,
    design: PosterDesign,
    result: RenderResult,
    *,
    now: datetime,
    expires_at: datetime | None,
) -> PosterFacts:
    """Gather the facts of a poster that has just been drawn."""
    suffix = result.poster.rpartition(".")[2]
    return PosterFacts(
        id=poster_id,
        job_id=job.id,
        owner=job.owner,
        visibility=cast("Visibility", job.visibility),
        preview=job.preview,
        fingerprint=job.fingerprint,
        width_px=result.width_px,
        height_px=result.height_px,
        poster_file=result.poster,
        thumbnail_file=result.thumbnail,
        preview_file=result.preview,
        filename=download_name(job.city, job.theme, now, suffix),
        file_size=result.file_size,
        source=result.source,
        generation_s=max(0.0, (now - (job.started_at or now)).total_seconds()),
        created_at=now,
        expires_at=expires_at,
        design=design,
    )


def to_sidecar(facts: PosterFacts) -> bytes:
    """Write the facts as JSON that people can read, too."""
    return _FACTS.dump_json(facts, indent=1)


def from_sidecar(poster_id: str, sidecar: bytes) -> PosterFacts:
    """Read the facts of the poster in a folder; raise BrokenSidecar when they are not its facts."""
    try:
        facts = _FACTS.validate_json(sidecar)
    except ValidationError as error:
        raise BrokenSidecar(
            f"The sidecar of {poster_id} is damaged: {error.errors()[0]['msg']}", id=poster_id
        ) from error
    if facts.id != poster_id:
        raise BrokenSidecar(f"The sidecar of {poster_id} belongs to {facts.id}.", id=poster_id)
    names = (facts.poster_file, facts.thumbnail_file, facts.preview_file, facts.filename)
    if not all(name is None or FILE_NAME.fullmatch(name) for name in names):
        raise BrokenSidecar(f"The sidecar of {poster_id} names files outside its folder.", id=poster_id)
    return facts


def poster_row(facts: PosterFacts) -> PosterRow:
    """Make the row of a poster, not yet hung on the wall."""
    place, page, theme = facts.design.place, facts.design.page, facts.design.theme
    return PosterRow(
        **{name: getattr(facts, name) for name in _KEPT_AS_THEY_ARE},
        gallery_seq=None,
        city=place.city,
        city_key=search_key(place.city),
        country=place.country,
        latitude=place.latitude,
        longitude=place.longitude,
        theme=theme.id,
        theme_name=theme.name,
        distance_m=facts.design.distance_m,
        format=facts.poster_file.rpartition(".")[2],  # a preview is a PNG, whatever the poster would be
        width_mm=page.width_mm,
        height_mm=page.height_mm,
        dpi=page.dpi,
        remarks=asdict(facts.design.remarks),
        design=design_to_json(facts.design),
    )


def poster_view(row: PosterRow, urls: Urls) -> PosterView:
    """Show a row to the outside."""
    return shown_view([getattr(row, name) for name in _SHOWN_AS_THEY_ARE], urls)


def shown_view(values: Sequence[Any], urls: Urls) -> PosterView:
    """Show what was read of the columns ``SHOWN`` to the outside."""
    return PosterView(**dict(zip(_SHOWN_AS_THEY_ARE, values, strict=True)), urls=urls)


def narrowed(posters: Select[Any], theme: str | None, city: str | None) -> Select[Any]:
    """Keep those in a theme, and those of a city however its name is spelled."""
    if theme is not None:
        posters = posters.where(PosterRow.theme == theme)
    if city is not None:
        posters = posters.where(PosterRow.city_key == search_key(city))
    return posters
