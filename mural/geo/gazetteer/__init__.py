"""Every town on earth, offline: suggestions while typing, names to points, points to names.

The places are GeoNames' (https://www.geonames.org, CC BY 4.0), 235,000 of them with a million spellings, in one SQLite
file that ``python -m mural.geo.gazetteer FILE`` builds. Reading it needs nothing but the standard library.
"""

from mural.geo.gazetteer.grid import great_circle_m
from mural.geo.gazetteer.places import CREDIT, Candidate, Settlement, clear_winner, proposed_distance_m
from mural.geo.gazetteer.search import Gazetteer

__all__ = ["CREDIT", "Candidate", "Gazetteer", "Settlement", "clear_winner", "great_circle_m", "proposed_distance_m"]
