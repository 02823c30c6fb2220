"""Growth as a picture: bench/results/NAME.svg."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from matplotlib import rc_context
from matplotlib.axes import Axes
from matplotlib.backends.backend_svg import FigureCanvasSVG
from matplotlib.figure import Figure

from bench.report import RESULTS

INK: Final = "#2b2b2b"
QUIET: Final = "#8a8a86"
PAPER: Final = "#faf9f6"
STROKES: Final = ("#b5452c", "#2f5d7c", "#5f7d3a", "#8a6d3b")
PANEL_IN: Final = (4.2, 3.2)
STYLE: Final[dict[Any, Any]] = {
    "font.family": "sans-serif",
    "font.size": 9,
    "text.color": INK,
    "axes.edgecolor": QUIET,
    "axes.labelcolor": INK,
    "axes.linewidth": 0.6,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.labelcolor": INK,
    "ytick.labelcolor": INK,
    "svg.fonttype": "none",  # text stays text
    "svg.hashsalt": "mural",  # the same figures make the same file
}


@dataclass(frozen=True, slots=True)
class Curve:
    """One line of a panel."""

    name: str
    x: Sequence[float]
    y: Sequence[float]


@dataclass(frozen=True, slots=True)
class Panel:
    """One pair of axes: what grows, what it costs, and the curves that say so."""

    title: str
    x: str
    y: str
    curves: Sequence[Curve]
    log_x: bool = False


def draw(name: str, *panels: Panel, folder: Path = RESULTS) -> Path:
    """Draw panels side by side."""
    folder.mkdir(exist_ok=True)
    file = folder / f"{name}.svg"
    with rc_context(STYLE):
        figure = Figure(figsize=(PANEL_IN[0] * len(panels), PANEL_IN[1]), facecolor=PAPER, layout="constrained")
        FigureCanvasSVG(figure)
        for axes, panel in zip(figure.subplots(1, len(panels), squeeze=False)[0], panels, strict=True):
            _draw_panel(axes, panel)
        figure.savefig(file, format="svg", facecolor=PAPER, metadata={"Date": None})
    return file


def _draw_panel(axes: Axes, panel: Panel) -> None:
    axes.set_facecolor(PAPER)
    axes.set_title(panel.title, loc="left", fontsize=10, color=INK)
    axes.set_xlabel(panel.x)
    axes.set_ylabel(panel.y)
    axes.spines[["top", "right"]].set_visible(False)
    axes.grid(axis="y", color=QUIET, linewidth=0.3, alpha=0.5)
    if panel.log_x:
        axes.set_xscale("log")
    sizes = sorted({value for curve in panel.curves for value in curve.x})
    axes.set_xticks(sizes, [f"{size:,.0f}" if size >= 100 else f"{size:.3g}" for size in sizes])
    axes.minorticks_off()
    for curve, stroke in zip(panel.curves, STROKES, strict=False):
        axes.plot(curve.x, curve.y, color=stroke, linewidth=1.4, marker="o", markersize=3.5, label=curve.name)
    axes.set_ylim(bottom=0)
    axes.legend(frameon=False, fontsize=8)
