"""Look places up in the index: by the beginning of a name, by name and country, by position."""

from __future__ import annotations

import heapq
import json
import math
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path
from typing import Final

from mural.errors import InvalidInput
from mural.geo.bbox import BBox
from mural.geo.gazetteer.grid import HALF_WAY_ROUND_M, METRES_PER_DEGREE, cells_around, great_circle_m
from mural.geo.gazetteer.index_file import IndexFile
from mural.geo.gazetteer.names import normalise, split_at_commas
from mural.geo.gazetteer.places import LONGEST_PROPOSED_DISTANCE_M, Candidate, Settlement, proposed_distance_m
from mural.geo.gazetteer.schema import CROWD_KEPT, prefix_end
from mural.geo.gazetteer.spelling import guessable, one_slip_away

MOST_CANDIDATES: Final = 10

_SETTLEMENT_FIELDS: Final = tuple(field.name for field in fields(Settlement))

_EXACT_BONUS: Final = 1000
"""Score of a name typed in full over the mere beginning of one: as much as a tenfold population."""

_PRIMARY_WEIGHT: Final = 5.0
"""How many times its size a place counts for by its primary name, where another has the name as a second spelling."""

_SAME_PLACE_M: Final = 10_000.0
"""Equal names nearer to each other than this are one place for a map, counted once."""

_FIRST_RADIUS_M: Final = 20_000.0
_SHORTEST_SCANNED: Final = 3
"""Letters after which all names in a country that begin so can be read in time."""

_GROWTH: Final = 1.6
_ACROSS_A_CELL_M: Final = 1.5 * METRES_PER_DEGREE

_PULL: Final = 0.5
"""Share of a town's proposed distance by which it counts as nearer: a suburb's corner does not hide its city."""

Area = tuple[str, str]
"""A country and one of its regions; "" for all of them."""

Ranks = dict[int, int]
"""GeoNames ids and how well each fits."""


class Gazetteer:
    """The place index. Opened at first use, safe to share between threads; every look-up takes a few milliseconds."""

    def __init__(self, index_file: Path) -> None:
        self._index = IndexFile(index_file)

    def suggest(self, q: str, limit: int = 8) -> list[Settlement]:
        """List the places whose name, in any script or spelling, begins with ``q``, the likeliest first.

        ``q`` may end in ", country" or ", state" (or the beginning of one). When no name begins so, the last words are
        tried as the country or state, and then names that are one slip of the finger away. Raises Unavailable.
        """
        name, qualifiers = split_at_commas(q)
        limit = min(max(limit, 1), CROWD_KEPT)
        if not name:
            return []
        ranks = self._beginning_with(name, qualifiers) or self._without_commas(normalise(q)) or self._misspelt(name)
        return self._settlements(_best(ranks, limit))

    def resolve(self, city: str, country: str = "") -> list[Candidate]:
        """List the places that have exactly this name, the heaviest first; ``clear_winner`` says whether to ask.

        ``city`` may carry qualifiers ("Portland, Oregon"); ``country`` is a name, ISO code or common spelling of a
        country, else of a state. Empty when the country or the name is unknown. Raises Unavailable.
        """
        name, qualifiers = split_at_commas(city)
        whole_country = normalise(country)
        if whole_country and not self._areas(whole_country):
            country_name, parts = split_at_commas(country)
            qualifiers += [country_name, *parts]
        elif whole_country:
            qualifiers.append(whole_country)
        known = [self._areas(qualifier) for qualifier in qualifiers]
        # The country where a word means both: "Georgia" is not the state, "CA" not California; the state failing that.
        return self._named(name, [_countries_only(areas) for areas in known]) or self._named(name, known)

    def nearest(self, latitude: float, longitude: float) -> tuple[Settlement, float]:
        """Find the town that a point (degrees) belongs to, and the metres to its centre.

        A town counts as nearer by half its proposed distance, so that a point in a large city gets the city's name
        rather than its nearest suburb's. Raises InvalidInput for a point off the globe, and Unavailable.
        """
        if not -90 <= latitude <= 90:
            raise InvalidInput("Latitude must be between -90 and 90 degrees.", field="latitude", value=latitude)
        if not math.isfinite(longitude):
            raise InvalidInput("Longitude must be a number of degrees.", field="longitude", value=longitude)
        radius_m = self._inhabited_radius_m(latitude, longitude)
        while True:
            best = min(self._around(latitude, longitude, radius_m), default=None)
            reach_m = _PULL * LONGEST_PROPOSED_DISTANCE_M
            # Whatever lies outside the circle is farther than its radius less the most that any town can pull.
            if best and (best[0] <= radius_m - reach_m or radius_m >= HALF_WAY_ROUND_M):
                return self._settlements([best[2]])[0], best[1]
            # The town of a cell that the circle meets is no farther out than the cell's other corner.
            radius_m = min(radius_m * _GROWTH, radius_m + _ACROSS_A_CELL_M)
            if best:
                # A metre more, or rounding could ask for the same circle for ever.
                radius_m = min(radius_m, best[0] + reach_m + 1)

    def largest_within(self, bbox: BBox, limit: int) -> list[Settlement]:
        """List the towns of a box (degrees), those with the most people first. Raises Unavailable."""
        rows = self._index.rows(
            "SELECT id FROM place WHERE latitude BETWEEN ? AND ? AND longitude BETWEEN ? AND ?"
            " ORDER BY population DESC, id LIMIT ?",
            (bbox.bottom, bbox.top, bbox.left, bbox.right, limit),
        )
        return self._settlements([ident for (ident,) in rows])

    def _beginning_with(self, prefix: str, qualifiers: list[str]) -> Ranks:
        if not qualifiers:
            return self._unfiltered(prefix)
        areas = _within_all([self._areas(qualifier, whole=False) for qualifier in qualifiers])
        if len(prefix) >= _SHORTEST_SCANNED or not (crowd := self._crowd(prefix)):
            return self._filtered(prefix, prefix_end(prefix), areas)
        # A hundred thousand names may begin with one letter: the whole name in that country, else the best known.
        exact = self._filtered(prefix, _end_of_whole(prefix), areas)
        rows = self._index.rows(
            "SELECT id, country, region FROM place WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps([*crowd]),),
        )
        return {i: crowd[i] for i, country, region in rows if {(country, ""), (country, region)} & areas} | exact

    def _crowd(self, prefix: str) -> Ranks:
        """Read the best places for a prefix that very many names begin with; none for any other prefix."""
        return dict(self._index.rows("SELECT place, score FROM crowd WHERE prefix = ?", (prefix,)))

    def _unfiltered(self, prefix: str) -> Ranks:
        crowd = self._crowd(prefix)
        matching = self._index.rows(
            "SELECT place, MAX(score + ? * (key = ?)) FROM name WHERE key >= ? AND key < ? GROUP BY place",
            (_EXACT_BONUS, prefix, prefix, _end_of_whole(prefix) if crowd else prefix_end(prefix)),
        )
        return crowd | {place: max(score, crowd.get(place, 0)) for place, score in matching}

    def _filtered(self, start: str, end: str, areas: set[Area]) -> Ranks:
        if not areas:
            return {}
        return dict(
            self._index.rows(
                "SELECT n.place, MAX(n.score + ?1 * (n.key = ?2)) FROM name n CROSS JOIN place p ON p.id = n.place"
                " WHERE n.key >= ?3 AND n.key < ?4 AND n.country IN (SELECT value FROM json_each(?5))"
                " AND (p.country || '.' IN (SELECT value FROM json_each(?6))"
                " OR p.country || '.' || p.region IN (SELECT value FROM json_each(?6))) GROUP BY n.place",
                (_EXACT_BONUS, start, start, end, *_as_json(areas)),
            )
        )

    def _without_commas(self, text: str) -> Ranks:
        """Read "springfield il" as "springfield, il", the longest name first."""
        words = text.split()
        for at in range(len(words) - 1, 0, -1):
            areas = self._areas(" ".join(words[at:]))
            ranks = self._filtered(" ".join(words[:at]), prefix_end(" ".join(words[:at])), areas)
            if ranks:
                return ranks
        return {}

    def _misspelt(self, name: str) -> Ranks:
        if not guessable(name):
            return {}
        # Where the last letter is wrong, whatever begins with the others may be meant.
        guesses = json.dumps([*one_slip_away(name), name[:-1]])
        # Of what very many names begin with, the best are known without reading; only its whole name may rank higher.
        return dict(
            self._index.rows(
                "WITH guess AS ("
                "SELECT value, EXISTS (SELECT 1 FROM crowd WHERE prefix = value) AS crowded FROM json_each(?2))"
                " SELECT place, MAX(score) FROM ("
                "SELECT n.place, n.score + ?1 * (n.key = guess.value) AS score FROM guess CROSS JOIN name n"
                " ON n.key >= guess.value AND n.key < guess.value || char(iif(guess.crowded, 0, 1114111))"
                " UNION ALL SELECT place, score FROM crowd WHERE prefix IN (SELECT value FROM guess)) GROUP BY place",
                (_EXACT_BONUS, guesses),
            )
        )

    def _named(self, name: str, known: list[set[Area]]) -> list[Candidate]:
        if known:
            ids = self._filtered(name, _end_of_whole(name), _within_all(known))
        else:
            ids = dict(self._index.rows("SELECT place, score FROM name WHERE key = ?", (name,)))
        candidates = [
            Candidate(settlement=place, weight=_weight(place, name)) for place in self._settlements(list(ids))
        ]
        candidates.sort(key=lambda candidate: candidate.weight, reverse=True)
        return _apart(candidates)

    def _areas(self, qualifier: str, *, whole: bool = True) -> set[Area]:
        """Find the countries and regions that are called so, or whose names begin so."""
        end = _end_of_whole(qualifier) if whole else prefix_end(qualifier)
        return set(
            self._index.rows("SELECT country, region FROM qualifier WHERE key >= ? AND key < ?", (qualifier, end))
        )

    def _settlements(self, ids: list[int]) -> list[Settlement]:
        """Read places, in the order of their ids."""
        rows = self._index.rows(
            "SELECT p.id, p.name, coalesce(r.name, ''), c.name, p.country, p.latitude, p.longitude, p.population"
            " FROM json_each(?) wanted JOIN place p ON p.id = wanted.value JOIN country c ON c.code = p.country"
            " LEFT JOIN region r ON r.country = p.country AND r.code = p.region ORDER BY wanted.key",
            (json.dumps(ids),),
        )
        return [Settlement(**dict(zip(_SETTLEMENT_FIELDS, row, strict=True))) for row in rows]

    def _inhabited_radius_m(self, latitude: float, longitude: float) -> float:
        """Give a circle that meets an inhabited cell, hardly wider than one that meets none.

        In mid-ocean the next wider circle would take in thousands of towns on the coasts behind the nearest island.
        """
        empty_m, radius_m = 0.0, _FIRST_RADIUS_M
        while not self._is_inhabited(latitude, longitude, radius_m):
            empty_m, radius_m = radius_m, radius_m * _GROWTH
        while empty_m and radius_m - empty_m > METRES_PER_DEGREE:
            middle_m = (empty_m + radius_m) / 2
            if self._is_inhabited(latitude, longitude, middle_m):
                radius_m = middle_m
            else:
                empty_m = middle_m
        return radius_m

    def _is_inhabited(self, latitude: float, longitude: float, radius_m: float) -> bool:
        return any(
            self._index.rows("SELECT 1 FROM place WHERE cell BETWEEN ? AND ? LIMIT 1", cells)
            for cells in cells_around(latitude, longitude, radius_m)
        )

    def _around(self, latitude: float, longitude: float, radius_m: float) -> Iterable[tuple[float, float, int]]:
        """Yield (metres less the town's pull, metres, id) for the towns in the cells that the circle touches."""
        radius_deg = radius_m / METRES_PER_DEGREE
        for cells in cells_around(latitude, longitude, radius_m):
            rows = self._index.rows(
                "SELECT id, latitude, longitude, population FROM place"
                " WHERE cell BETWEEN ? AND ? AND latitude BETWEEN ? AND ?",
                (*cells, latitude - radius_deg, latitude + radius_deg),
            )
            for ident, lat, lon, population in rows:
                away_m = great_circle_m(latitude, longitude, lat, lon)
                yield away_m - _PULL * proposed_distance_m(population), away_m, ident


def _end_of_whole(name: str) -> str:
    """Give the first key after ``name`` itself."""
    return name + "\0"


def _best(ranks: Ranks, limit: int) -> list[int]:
    return heapq.nlargest(limit, ranks, key=ranks.__getitem__)


def _weight(place: Settlement, name: str) -> float:
    return max(1, place.population) * (_PRIMARY_WEIGHT if normalise(place.name) == name else 1.0)


def _apart(candidates: list[Candidate]) -> list[Candidate]:
    """Keep the candidates that are not beside a heavier one, as far as anybody would read."""
    kept: list[Candidate] = []
    for candidate in candidates:
        if len(kept) == MOST_CANDIDATES:
            break
        if all(_distance_m(candidate.settlement, other.settlement) > _SAME_PLACE_M for other in kept):
            kept.append(candidate)
    return kept


def _distance_m(a: Settlement, b: Settlement) -> float:
    return great_circle_m(a.latitude, a.longitude, b.latitude, b.longitude)


def _countries_only(areas: set[Area]) -> set[Area]:
    return {area for area in areas if area[1] == ""}


def _within_all(choices: list[set[Area]]) -> set[Area]:
    """Find the areas that lie in one of every choice: "Illinois" and "USA" leave Illinois."""
    common, *others = choices
    for areas in others:
        common = {
            (country, region or other_region)
            for country, region in common
            for other_country, other_region in areas
            if country == other_country and (region == other_region or not region or not other_region)
        }
    return common


def _as_json(areas: set[Area]) -> tuple[str, str]:
    """Give the countries, and the areas as "US." or "US.IL", for the query that filters by them."""
    return json.dumps(sorted({country for country, _ in areas})), json.dumps([".".join(area) for area in sorted(areas)])
