"""Contact sheets of the themes: every theme on the same map, drawn by the program itself.

    python -m tools.theme_sheets

writes docs/themes/*.jpg and docs/themes.md. The sample city is always there; the other cities need their extracts and
keep the sheet they have where these are absent.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from PIL import Image

from config import Settings, data_dir_of
from infra.environ import read_environ
from mural.geo.extract import read_area
from mural.geo.layers import ProjectedMap
from mural.geo.page_map import project_area
from mural.geo.projection import View
from mural.poster import Place, PosterDesign, Texts
from mural.render.compose import draw_poster
from mural.render.export import draw_rows
from mural.render.images import WholeImage
from mural.render.page import fragment_m, map_half_extent_m, simplify_tolerance_m, size_px
from mural.themes import CHOICES, COLOURS, REQUIRED, Theme, load_themes

ROOT: Final = Path(__file__).resolve().parents[1]
DOCS_DIR: Final = ROOT / "docs"
EXTRAS_DIR: Final = ROOT.parent / "shared" / "data"
DRAWN_WIDTH_PX: Final = 840
SHOWN_WIDTH_PX: Final = 210
COLUMNS: Final = 7
GAP_PX: Final = 8
QUALITY: Final = 74
WALL: Final = "#e9e8e6"
CREDIT_LINE: Final = "Map data © OpenStreetMap contributors, [ODbL 1.0](https://www.openstreetmap.org/copyright)."


@dataclass(frozen=True, slots=True)
class Sheet:
    """One map that all themes are shown on."""

    name: str
    caption: str
    file: Path
    place: Place
    distance_m: float


SHEETS: Final = (
    Sheet(
        "helsinki",
        "Helsinki, 500 m: the sample that ships with the project",
        ROOT / "data" / "samples" / "helsinki.osm.pbf",
        Place(city="Helsinki", country="Finland", latitude=60.1715, longitude=24.9443),
        500.0,
    ),
    Sheet(
        "manhattan",
        "Manhattan, 1 km: a grid",
        EXTRAS_DIR / "manhattan-midtown.osm.pbf",
        Place(city="New York", country="United States", latitude=40.7484, longitude=-73.9857),
        1000.0,
    ),
    Sheet(
        "porto",
        "Porto, 1.2 km: an old town on a river",
        EXTRAS_DIR / "porto-centre.osm.pbf",
        Place(city="Porto", country="Portugal", latitude=41.1405, longitude=-8.6073),
        1200.0,
    ),
    Sheet(
        "rio",
        "Rio de Janeiro, Ilha do Governador, 3 km: a coast all round",
        EXTRAS_DIR / "rio-ilha-governador.osm.pbf",
        Place(city="Rio de Janeiro", country="Brazil", latitude=-22.806, longitude=-43.2),
        3000.0,
    ),
)


def main() -> None:
    """Draw the sheets whose maps are at hand and write the page about them."""
    fonts_dir = data_dir_of(Settings(read_environ())) / "fonts"
    themes, broken = load_themes(ROOT / "themes")
    if broken:
        sys.exit("\n".join(broken.values()))
    (DOCS_DIR / "themes").mkdir(parents=True, exist_ok=True)
    for sheet in SHEETS:
        if not sheet.file.exists():
            print(f"{sheet.name}: {sheet.file.name} is not here, its sheet stays as it is")
            continue
        path = DOCS_DIR / "themes" / f"{sheet.name}.jpg"
        contact_sheet(sheet, list(themes.values()), fonts_dir).save(path, quality=QUALITY, optimize=True)
        print(f"{sheet.name}: {path.stat().st_size / 1000:.0f} kB")
    (DOCS_DIR / "themes.md").write_text(page(list(themes.values())), encoding="utf-8")


def contact_sheet(sheet: Sheet, themes: list[Theme], fonts_dir: Path) -> Image.Image:
    """Hang one small poster of each theme, its title the theme's name, in rows."""
    design = PosterDesign(place=sheet.place, distance_m=sheet.distance_m, theme=themes[0])
    drawn_px, shown_px = size_px(design, DRAWN_WIDTH_PX), size_px(design, SHOWN_WIDTH_PX)
    rows = -(-len(themes) // COLUMNS)
    wall_px = (COLUMNS * (shown_px[0] + GAP_PX) + GAP_PX, rows * (shown_px[1] + GAP_PX) + GAP_PX)
    wall = Image.new("RGB", wall_px, WALL)
    projected = _map(sheet, design)
    for number, theme in enumerate(themes):
        titled = replace(design, theme=theme, texts=Texts(title=theme.name.upper()))
        picture = WholeImage(*drawn_px)
        draw_rows(draw_poster(projected, titled, fonts_dir, _unheard), drawn_px, [picture], lambda _: None)
        row, column = divmod(number, COLUMNS)
        corner = (GAP_PX + column * (shown_px[0] + GAP_PX), GAP_PX + row * (shown_px[1] + GAP_PX))
        wall.paste(picture.image.resize(shown_px, Image.Resampling.LANCZOS), corner)
    return wall


def page(themes: list[Theme]) -> str:
    """Write the page: what each theme is called, and the sheets."""
    listed = "\n".join(f"| `{theme.id}` | {theme.name} | {theme.description} |" for theme in themes)
    shown = "\n\n".join(f"### {sheet.caption}\n\n![{sheet.caption}](themes/{sheet.name}.jpg)" for sheet in SHEETS)
    return f"""# The themes

{len(themes)} themes ship with Mural, one file each in `themes/`. `make themes` draws this page and its pictures anew.

| id | name | what it is |
|---|---|---|
{listed}

## What a file holds

One JSON object. Colours are written like `#1a2b3c`.

| keys | what they are |
|---|---|
{_keys()}

## On the same maps

Each sheet shows all of them, in the order of the list.

{shown}

{CREDIT_LINE}
"""


def _keys() -> str:
    """Tell what may stand in a theme's file, a row for each kind of key."""
    derived = [key for key in COLOURS if key not in REQUIRED]
    rows = (
        (REQUIRED[:2], "words; required"),
        (REQUIRED[2:], "colours; required"),
        (derived, "colours; where they are absent they follow from the others"),
        (["font"], "the typeface"),
        (
            ["fades"],
            f"where the map fades: {_one_of('fades')}; not at the foot: it ends in a clean edge above the lettering",
        ),
        (["texture"], f"what the poster looks printed on, where it is made of pixels: {_one_of('texture')}"),
    )
    return "\n".join(f"| {', '.join(f'`{key}`' for key in keys)} | {about} |" for keys, about in rows)


def _one_of(key: str) -> str:
    usual, *others = CHOICES[key]
    return f"`{usual}` (the usual), {', '.join(f'`{word}`' for word in others)}"


def _map(sheet: Sheet, design: PosterDesign) -> ProjectedMap:
    view = View(latitude=sheet.place.latitude, longitude=sheet.place.longitude, rotation_deg=0.0)
    return project_area(
        read_area(sheet.file),
        view,
        *map_half_extent_m(design),
        tolerance_m=simplify_tolerance_m(design, DRAWN_WIDTH_PX),
        fragment_m=fragment_m(design),
    )


def _unheard(_step: object, _fraction: float) -> None:
    """Take no notice of progress."""


if __name__ == "__main__":
    main()
