"""Requests for render processes, around the place that the sample extract shows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from mural.poster import Page, Place, PosterDesign
from mural.themes import Theme
from mural.worker.protocol import MapSources, RenderRequest, RenderResult

ROOT = Path(__file__).resolve().parent.parent
HELSINKI = Place(city="Helsinki", country="Finland", latitude=60.1715, longitude=24.9443)
INK = Theme.from_mapping(
    "ink",
    {
        "name": "Ink",
        "description": "Dark lines on light paper",
        "bg": "#f5f2ea",
        "text": "#1c1c1c",
        "gradient_color": "#f5f2ea",
        "water": "#c3d4dd",
        "parks": "#dde3cf",
        "road_motorway": "#1c1c1c",
        "road_primary": "#333333",
        "road_secondary": "#4a4a4a",
        "road_tertiary": "#666666",
        "road_residential": "#888888",
        "road_default": "#999999",
    },
)


def make_request(job_id: str, folder: Path, *, preview: bool = False, **design: Any) -> RenderRequest:
    """Ask for a small picture of the sample, into a folder of its own."""
    output_dir = folder / "output"
    output_dir.mkdir(exist_ok=True)
    settings = {"page": Page(dpi=72), "distance_m": 500.0, "theme": INK} | design
    return RenderRequest(
        job_id=job_id,
        design=PosterDesign(place=HELSINKI, **settings),
        sources=MapSources(
            mode="sample",
            extracts_dir=folder / "extracts",
            samples_dir=ROOT / "data" / "samples",
            cache_dir=folder / "cache",
        ),
        fonts_dir=folder / "fonts",
        output_dir=output_dir,
        preview=preview,
    )


def make_result(**facts: Any) -> RenderResult:
    """Answer with a poster of one pixel and nothing beside it, but for the facts given."""
    usual = {"width_px": 1, "height_px": 1, "dpi": 72, "file_size": 1, "source": "nowhere"}
    return RenderResult(**({"poster": "poster.png", "thumbnail": None, "preview": None} | usual | facts))
