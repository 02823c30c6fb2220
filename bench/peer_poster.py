"""Make one poster by way of OSMnx, as maptoposter is documented to do: a routing graph, projected and plotted.

``python -m bench.peer_poster ROADS.osm FEATURES.osm OUT.png`` prints the seconds of each step, by the clock and by the
processor, as JSON. The two files stand for the server's answers to its two kinds of question, so that neither waiting
nor the network is counted.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from typing import Any

import osmnx
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure

WATER = {"natural": "water", "waterway": "riverbank"}
PARKS = {"leisure": "park", "landuse": "grass"}
WIDTHS = {"motorway": 1.2, "trunk": 1.0, "primary": 1.0, "secondary": 0.8, "tertiary": 0.6}
INK, GROUND, WATER_INK, PARK_INK = "#ffffff", "#101010", "#203040", "#203020"


def main() -> None:
    """Draw the poster and print what its steps took."""
    roads, features, target = sys.argv[1:]
    warnings.simplefilter("ignore")
    seconds: dict[str, tuple[float, float]] = {}
    began = time.perf_counter(), time.process_time()

    def done(step: str) -> None:
        nonlocal began
        now = time.perf_counter(), time.process_time()
        seconds[step], began = (now[0] - began[0], now[1] - began[1]), now

    graph = osmnx.graph_from_xml(roads, retain_all=True)
    done("graph")
    areas = [_areas(features, tags) for tags in (WATER, PARKS)]
    done("features")
    projected = osmnx.project_graph(graph)
    areas = [frame if frame is None else osmnx.projection.project_gdf(frame) for frame in areas]
    done("project")
    _plot(projected, areas, target)
    done("draw")
    print(json.dumps(seconds))


def _areas(file: str, tags: dict[str, str]) -> Any:
    try:
        frame = osmnx.features_from_xml(file, tags=tags)
    except osmnx._errors.InsufficientResponseError:  # noqa: SLF001 - it has no public name
        return None
    return frame[frame.geometry.type.isin(["Polygon", "MultiPolygon"])]


def _plot(graph: Any, areas: list[Any], target: str) -> None:
    figure = Figure(figsize=(12, 16), facecolor=GROUND)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    for frame, ink in zip(areas, (WATER_INK, PARK_INK), strict=True):
        if frame is not None and len(frame):
            frame.plot(ax=axes, facecolor=ink, edgecolor="none")
    kinds = [kind if isinstance(kind, str) else kind[0] for _, _, kind in graph.edges(data="highway")]
    widths = [WIDTHS.get(kind.removesuffix("_link"), 0.4) for kind in kinds]
    osmnx.plot_graph(
        graph, ax=axes, bgcolor=GROUND, node_size=0, edge_color=INK, edge_linewidth=widths, show=False, close=False
    )
    figure.savefig(target, dpi=300, facecolor=GROUND)


if __name__ == "__main__":
    main()
