"""The plain HTML form of the workbench: read into the same request as the REST body, and back into a form.

The address of /create carries the names of the live preview's query (`hide`, and a line that is there but empty is a
line not wanted); the form has a checkbox for each layer and line instead.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from typing import Any, Final, get_args
from urllib.parse import parse_qsl, urlencode

from pydantic import TypeAdapter, ValidationError
from pydantic_core import from_json
from werkzeug.datastructures import MultiDict

from mural.errors import InvalidInput
from mural.geo.gazetteer import Settlement
from mural.paper import DEFAULT_SIZE, SIZES, Size, size_words
from mural.poster import ALL_LAYERS, Format, Marker, PosterDesign, Track
from routes.posters.fields import START, designed, typed
from routes.posters.paper_fields import is_size, paper_of, sides_of
from routes.posters.schemas.designs import FurnitureIn, MarkerIn, PlaceIn, TrackIn
from routes.posters.schemas.pages import WorkbenchAddress, marker_fields
from routes.posters.schemas.posters import PosterIn
from routes.themes.lists import START_THEME
from routes.web.addresses import read_usable
from routes.web.languages import noted
from services.places.offline import SAMPLE, OfflinePlace
from services.posters.designs import MARKERS_MAX
from services.posters.requests import PosterRequest, Visibility, usual_visibility

DEGREES: Final = ("latitude", "longitude")
PLACE: Final = ("city", "country", *DEGREES)
LINES: Final = ("title", "subtitle", "coordinates")
WORDS: Final = ("city", "country", "font", *LINES)
FURNITURE: Final = frozenset(FurnitureIn.model_fields)
BLEED_MM: Final = 3.0
"""What most print shops ask for."""
CANDIDATES: Final = 6
VISIBILITIES: Final[tuple[Visibility, ...]] = get_args(Visibility)
OFF_THE_WALL: Final = "unlisted"
"""What addresses said of an earlier version, before there was more to choose from."""

_TRACKS: Final[TypeAdapter[tuple[Track, ...]]] = TypeAdapter(tuple[Track, ...])
_TRACKS_IN: Final[TypeAdapter[list[TrackIn]]] = TypeAdapter(list[TrackIn])

Form = MultiDict[str, str]
Suggest = Callable[[str, int], Sequence[Settlement]]


class Ambiguous(Exception):
    """Several places answer to what was typed."""

    def __init__(self, candidates: Sequence[Settlement]) -> None:
        super().__init__()
        self.candidates = candidates


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What the workbench shows; ``plain`` is what the table of plain values names."""

    plain: Mapping[str, Any] = field(default_factory=START.copy)
    city: str = ""
    country: str = ""
    latitude: str = ""
    longitude: str = ""
    theme: str = START_THEME
    size: str = DEFAULT_SIZE
    orientation: str = "portrait"
    layers: frozenset[str] = frozenset(ALL_LAYERS)
    show: frozenset[str] = frozenset(LINES)
    title: str = ""
    subtitle: str = ""
    coordinates: str = ""
    add: frozenset[str] = frozenset()
    bleed: bool = False
    lines: tuple[str, ...] = ()
    font: str = ""
    markers: tuple[Marker, ...] = ()
    tracks: tuple[Track, ...] = ()

    @property
    def sides(self) -> Size:
        """Measure the paper."""
        return sides_of(self.size)

    @property
    def seen_by(self) -> str:
        """Tell who is to find the poster: what was chosen, else what is usual for it."""
        chosen: str = self.plain["visibility"]
        return chosen or usual_visibility(self.tracks, self.markers)

    @property
    def has_own_size(self) -> bool:
        """Tell whether the paper has a size that is not in the list."""
        return self.size not in SIZES

    @property
    def preview_query(self) -> dict[str, Any]:
        """Write what GET /preview.png shows without a script; marks, tracks and lines are too long for an address."""
        lines = {line: getattr(self, line) if line in self.show else "" for line in LINES}
        return {
            **{name: getattr(self, name) for name in (*PLACE, "theme", "size", "orientation")},
            **{name: self.plain[name] for name in ("distance", "rotation")},
            **{line: words for line, words in lines.items() if words or line not in self.show},
            "hide": ",".join(sorted(ALL_LAYERS - self.layers)),
            "add": ",".join(sorted(self.add)),
        }

    @property
    def tracks_json(self) -> str:
        """Write the tracks as a field of the form carries them: as in the body of POST /posters."""
        return _TRACKS.dump_json(self.tracks).decode() if self.tracks else ""


def state_from_address(args: Form, start: OfflinePlace | None = SAMPLE) -> State:
    """Read the workbench's state from the address of the page; without a place it begins with one that is here."""
    if start and not args.get("city"):
        args = MultiDict([*_at(start).items(), *args.items(multi=True)])
    if not is_size(args.get("size", "")):
        args = MultiDict(pair for pair in args.items(multi=True) if pair[0] != "size")
    hidden = set(args.get("hide", "").split(","))
    return State(
        **_plain_values(args),
        layers=frozenset(ALL_LAYERS) - hidden,
        show=frozenset(line for line in LINES if args.get(line) != ""),
        add=frozenset(args.get("add", "").split(",")) & FURNITURE,
    )


def _at(place: OfflinePlace) -> dict[str, str]:
    """Write a place as an address has it."""
    return {name: str(getattr(place, name)) for name in PLACE} | {"distance": str(place.distance_m)}


def state_from_form(form: Form) -> State:
    """Read the workbench's state from the form that was sent; the short form of the wall leaves all on."""
    if not _is_located(form):
        form = MultiDict(
            [("city", form.get("place", "")), *(pair for pair in form.items(multi=True) if pair[0] not in PLACE)]
        )
    if "full" not in form:
        return State(**_plain_values(form))
    return State(
        **_plain_values(form),
        tracks=_tracks_that_are_some(form),
        layers=frozenset(form.getlist("layers")),
        show=frozenset(form.getlist("show")),
        add=frozenset(form.getlist("add")) & FURNITURE,
    )


def _plain_values(values: Form) -> dict[str, Any]:
    # Words that are too long stay to be shortened; of the rest only what is allowed can be shown.
    usable, _refused = read_usable(WorkbenchAddress, values)
    found: dict[str, Any] = {name: values[name] for name in WORDS if values.get(name)}
    found |= {name: values[name] for name in DEGREES if getattr(usable, name) is not None}
    plain = typed(usable, values)
    if OFF_THE_WALL in values and not plain["visibility"]:
        plain["visibility"] = "unlisted"
    return {
        **found,
        **paper_of(values),
        "theme": usable.theme or START_THEME,
        "plain": plain,
        "lines": _lines(values),
        "markers": _markers(values),
        "bleed": "bleed" in values,
    }


def _lines(values: Form) -> tuple[str, ...]:
    """Read the free lines: one a field, or several in the one text area of the form."""
    return tuple(line.strip() for field in values.getlist("line") for line in field.splitlines() if line.strip())


def marker_words(marker: Marker) -> str:
    """Write a marker as the address and the form carry it: degrees north and east, shape, label."""
    return f"{marker.latitude:.5f},{marker.longitude:.5f},{marker.shape},{marker.label}"


def _markers(values: Form) -> tuple[Marker, ...]:
    """Read the markers; what is none, in an address that somebody has changed, is passed over."""
    found = []
    for words in values.getlist("marker")[:MARKERS_MAX]:
        with suppress(ValidationError):
            found.append(Marker(**MarkerIn.model_validate(marker_fields(words)).model_dump()))
    return tuple(found)


def _tracks(form: Form) -> Any:
    try:
        return from_json(form.get("tracks") or "[]")
    except ValueError as error:
        raise InvalidInput("The tracks are not readable.", field="tracks", value="") from error


def _tracks_that_are_some(form: Form) -> tuple[Track, ...]:
    """Read the tracks for a form that comes back; those that are none were refused, or will be."""
    with suppress(InvalidInput, ValidationError):
        found = _TRACKS_IN.validate_python(_tracks(form))
        return _TRACKS.validate_python([track.model_dump() for track in found])
    return ()


def wish_from_form(form: Form, suggest: Suggest) -> PosterRequest:
    """Make a request of the form; raise InvalidInput, ValidationError, or Ambiguous where several places are meant."""
    state = state_from_form(form)
    place = _place(form, suggest)
    body = {name: value for name, value in state.plain.items() if value != ""} | {
        "theme": state.theme,
        "size": state.size,
        "orientation": state.orientation,
        "layers": dict.fromkeys(frozenset(ALL_LAYERS) - state.layers, False),
        "texts": {line: (getattr(state, line) or None) if line in state.show else "" for line in LINES}
        | {"lines": state.lines, "font": state.font or None},
        "markers": [asdict(marker) for marker in state.markers],
        "tracks": _tracks(form),
        "furniture": dict.fromkeys(state.add, True),
    }
    if state.bleed and state.plain["format"] == Format.PDF:
        body |= {"bleed_mm": BLEED_MM, "crop_marks": True}
    wish = PosterIn.model_validate(body | place).to_request()
    _usable, refused = read_usable(WorkbenchAddress, form)
    if refused:  # the state has the usual value in its place: nobody shall get a poster of that unasked
        raise refused
    return wish


def town_query(town: Settlement) -> str:
    """Write a town that may be meant as the value of a radio button."""
    return urlencode(_located(town))


def _located(town: Settlement) -> dict[str, Any]:
    return {"city": town.name, "country": town.country, "latitude": town.latitude, "longitude": town.longitude}


def _place(form: Form, suggest: Suggest) -> dict[str, Any]:
    """Find the place that is meant: the one picked, the one the script filled in, or the only one of that name."""
    if form.get("candidate"):
        return PlaceIn.model_validate(dict(parse_qsl(form["candidate"]))).model_dump()
    typed = form.get("place", "").strip()
    if _is_located(form):
        return {name: form.get(name) for name in PLACE}
    found = suggest(typed, CANDIDATES) if typed else []
    exact = [town for town in found if f"{town.name}, {town.country}".casefold() == typed.casefold()]
    if len(exact) == 1:
        found = exact
    if not found:
        raise InvalidInput(noted("No place of that name is known here."), field="place", value=typed)
    if len(found) > 1:
        raise Ambiguous(found)
    return _located(found[0])


def _is_located(form: Form) -> bool:
    """Tell whether the place that was filled in is still the one that is typed."""
    typed = form.get("place", "").strip()
    return bool(form.get("latitude")) and typed == f"{form.get('city')}, {form.get('country')}"


def format_of(form: Form) -> Format:
    """Read the kind of file that a button of the form stands for; raise InvalidInput."""
    wanted = form.get("format", "")
    if wanted not in set(Format):
        raise InvalidInput("Posters are not made as that.", field="format", value=wanted, allowed=list(Format))
    return Format(wanted)


def wish_like(design: PosterDesign, form: Form, visibility: Visibility) -> PosterRequest:
    """Ask for the same poster in another theme."""
    place, page = design.place, design.page
    return PosterRequest(
        **design.wished(),
        city=place.city,
        country=place.country,
        latitude=place.latitude,
        longitude=place.longitude,
        theme=form.get("theme") or design.theme.id,
        size=Size(page.width_mm, page.height_mm, "mm"),
        dpi=page.dpi,
        bleed_mm=page.bleed_mm,
        crop_marks=page.crop_marks,
        visibility=visibility,
    )


def visibility_of(form: Form) -> Visibility:
    """Read for whom a button of the form stands; raise InvalidInput."""
    wanted = form.get("visibility", "")
    for visibility in VISIBILITIES:
        if visibility == wanted:
            return visibility
    raise InvalidInput("Nobody is called that.", field="visibility", value=wanted, allowed=list(VISIBILITIES))


def state_like(design: PosterDesign, visibility: Visibility) -> State:
    """Set the workbench up for the same poster once more.

    Where it is as usual, nothing was chosen: a track that is added yet makes it its maker's alone.
    """
    usual = usual_visibility(design.tracks, design.markers)
    place, page, texts = design.place, design.page, design.texts
    return State(
        plain=designed(design) | {"visibility": "" if visibility == usual else visibility},
        city=place.city,
        country=place.country,
        latitude=str(place.latitude),
        longitude=str(place.longitude),
        theme=design.theme.id,
        size=size_words(page),
        orientation="landscape" if page.width_mm > page.height_mm else "portrait",
        layers=frozenset(design.layers),
        show=frozenset(line for line in LINES if getattr(texts, line) != ""),
        title=texts.title or "",
        subtitle=texts.subtitle or "",
        coordinates=texts.coordinates or "",
        add=frozenset(name for name in FURNITURE if getattr(design.furniture, name)),
        bleed=page.bleed_mm > 0,
        lines=texts.lines,
        font=texts.font or "",
        markers=design.markers,
        tracks=design.tracks,
    )
