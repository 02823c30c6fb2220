"""The plain values of a wish for a poster: one table, of which bodies, addresses, forms, scripts and answers are made.

A value is plain where it has one name and one shape everywhere. Those with shapes of their own (the place, the paper,
the words on the poster, what it shows and points out) are read and written where their shape is known. Beyond the
edge a value lives in ``mural.poster``: from there come jobs, sidecars, rows and fingerprints, without being told.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from operator import attrgetter
from typing import Annotated, Any, Final, TypeVar

from pydantic import BaseModel, BeforeValidator, Field, StringConstraints, create_model

from mural.paper import DEFAULT_DPI, DPI_RANGE
from mural.poster import Format, PosterDesign, Remarks
from routes.web.schemas import Distance, HiddenEnds, Turn
from routes.web.words import LINE
from services.posters.designs import REMARK_MAX
from services.posters.requests import DEFAULT_DISTANCE_M, Visibility

Schema = TypeVar("Schema", bound=BaseModel)

START_DISTANCE_M: Final = 4000.0


def _in_one_line(text: Any) -> Any:
    """Take what was typed in several lines as one."""
    return " ".join(text.split()) if isinstance(text, str) else text


Remark = Annotated[str, StringConstraints(max_length=REMARK_MAX, pattern=LINE), BeforeValidator(_in_one_line)]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlainField:
    """A plain value: its name outside, what it may be, and what is meant where nothing is said.

    The workbench begins with ``start``. A request for a poster calls it ``asked_as`` and a design ``designed_as``; one
    without a name there says nothing about the design. A remark has its own name everywhere.
    """

    name: str
    kind: Any
    usual: Any
    start: Any = None
    asked_as: str = ""
    designed_as: str = ""
    remark: bool = False


FIELDS: Final = (
    PlainField(
        name="distance",
        kind=Distance,
        usual=DEFAULT_DISTANCE_M,
        start=START_DISTANCE_M,
        asked_as="distance_m",
        designed_as="distance_m",
    ),
    PlainField(
        name="dpi",
        kind=Annotated[int, Field(ge=DPI_RANGE[0], le=DPI_RANGE[1])],
        usual=DEFAULT_DPI,
        asked_as="dpi",
        designed_as="page.dpi",
    ),
    PlainField(name="format", kind=Format, usual=Format.PNG, asked_as="format", designed_as="format"),
    PlainField(name="rotation", kind=Turn, usual=0, asked_as="rotation_deg", designed_as="rotation_deg"),
    PlainField(name="hide_ends_m", kind=HiddenEnds, usual=0.0, asked_as="hide_ends_m"),
    PlainField(
        name="visibility",
        kind=Annotated[
            Visibility | None,
            Field(
                description="Who finds it: everybody on the wall, those who know its link, or its owner alone. "
                "Absent: public, but private with a track or a marker."
            ),
        ],
        usual=None,
        start="",
        asked_as="visibility",
    ),
    PlainField(
        name="note",
        kind=Annotated[
            Remark,
            Field(
                description="What its maker says of it: told to whoever may see the poster, not printed, and not "
                "handed on with its design."
            ),
        ],
        usual="",
        remark=True,
    ),
)

NAMES: Final = {field.name for field in FIELDS}
REMARKS: Final = [field.name for field in FIELDS if field.remark]
IN_BODY: Final = {field.name: (field.kind, field.usual) for field in FIELDS}
IN_ADDRESS: Final = {field.name: (field.kind | None, None) for field in FIELDS}
IN_ANSWER: Final = {field.name: (field.kind | None, None) for field in FIELDS if field.remark}
START: Final = {field.name: field.usual if field.start is None else field.start for field in FIELDS}


def with_fields(fields: Mapping[str, Any]) -> Callable[[type[Schema]], type[Schema]]:
    """Give a schema further fields, each with its kind and what it is by default."""

    def grown(schema: type[Schema]) -> type[Schema]:
        return create_model(
            schema.__name__, __base__=schema, __doc__=schema.__doc__, __module__=schema.__module__, **fields
        )

    return grown


def asked(body: BaseModel) -> dict[str, Any]:
    """Give the values of a body as a request for a poster has them."""
    plain = {field.asked_as: getattr(body, field.name) for field in FIELDS if not field.remark}
    return plain | {"remarks": Remarks(**{name: getattr(body, name) for name in REMARKS})}


def designed(design: PosterDesign) -> dict[str, Any]:
    """Give the values that the workbench begins with for a design that is there."""
    kept_as = {field.name: f"remarks.{field.name}" if field.remark else field.designed_as for field in FIELDS}
    return START | {name: attrgetter(path)(design) for name, path in kept_as.items() if path}


def typed(usable: BaseModel, values: Mapping[str, str]) -> dict[str, Any]:
    """Give the values of an address or a form, of which ``usable`` holds what is allowed.

    What is said is shown also where it is too long, to be shortened; of the rest only what is allowed can be shown.
    """
    said = {name: values[name] for name in REMARKS if values.get(name)}
    return START | said | usable.model_dump(include=NAMES, exclude_none=True)
