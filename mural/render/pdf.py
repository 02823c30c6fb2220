"""A PDF page with its print shop's boxes and with layers that a viewer can switch.

Matplotlib writes the page but knows neither; both are entries in objects that it writes, added on the way out.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
from matplotlib.backends.backend_pdf import Name, Op, PdfFile, Reference, RendererPdf, Verbatim
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure
from matplotlib.transforms import IdentityTransform

from mural.render.fades import FadeStrip
from mural.render.page import Sheet
from mural.units import PT_PER_INCH

WITHOUT_LAYER: Final = frozenset({"figure", "patch"})
"""Groups that matplotlib opens around everything it draws."""


def write_pdf(figure: Figure, sheet: Sheet, path: Path, facts: dict[str, str]) -> None:
    """Write a figure, made with the sheet's media margin, as one page with MediaBox, BleedBox and TrimBox in points."""
    width_in, height_in = figure.get_size_inches()
    file = _LayeredFile(path, sheet, {**facts, "CreationDate": None})
    try:
        file.newPage(width_in, height_in)
        renderer = _LayeredRenderer(file, PT_PER_INCH, height_in, width_in)
        figure.draw(renderer)
        renderer.finalize()
        file.write_extras()
        file.finalize()
    finally:
        file.close()


class _LayeredFile(PdfFile):
    """A PDF file whose page has boxes and whose catalogue names layers (optional content groups)."""

    def __init__(self, path: Path, sheet: Sheet, metadata: dict[str, str | None]) -> None:
        self._sheet = sheet
        self._layers: dict[str, Reference] = {}
        self._extras: dict[str, Reference] = {}
        self._fades: dict[Name, tuple[Reference, FadeStrip]] = {}
        super().__init__(path, metadata)

    def writeObject(self, object: Reference, contents: Any) -> None:  # noqa: N802, A002 (matplotlib's names)
        """Write an object, with what matplotlib leaves out of the catalogue, the resources and the page."""
        if object is self.rootObject:
            self._extras["layers"] = self.reserveObject("layers")
            contents |= {"Version": Name("1.5"), "OCProperties": self._extras["layers"]}
        elif object is self.__dict__.get("resourceObject"):
            self._extras["names"] = self.reserveObject("names of layers")
            contents["Properties"] = self._extras["names"]
        elif object is self.__dict__.get("XObjectObject"):
            contents |= {name: reference for name, (reference, _) in self._fades.items()}
        elif isinstance(contents, dict) and contents.get("Type") == Name("Page"):
            contents |= self._boxes()
        super().writeObject(object, contents)

    def _boxes(self) -> dict[str, list[float]]:
        sheet = self._sheet
        trim_pt = sheet.media_margin_pt
        bleed_pt = trim_pt - sheet.bleed_pt
        return {
            name: [edge_pt, edge_pt, edge_pt + sheet.width_pt + 2 * over_pt, edge_pt + sheet.height_pt + 2 * over_pt]
            for name, edge_pt, over_pt in (("TrimBox", trim_pt, 0.0), ("BleedBox", bleed_pt, sheet.bleed_pt))
        }

    def layer(self, name: str) -> Name:
        """Give the resource name of a layer, which is made when first asked for."""
        if name not in self._layers:
            self._layers[name] = self.reserveObject(f"layer {name}")
        return Name(f"L{list(self._layers).index(name)}")

    def fade(self, strip: FadeStrip) -> Name:
        """Give the resource name of a fade, which is written later."""
        name = Name(f"Fade{len(self._fades)}")
        self._fades[name] = (self.reserveObject(f"{name}"), strip)
        return name

    def write_extras(self) -> None:
        """Write what the page refers to: its fades and layers."""
        self.endStream()
        for reference, strip in self._fades.values():
            self._write_fade(reference, strip)
        self._write_layers()

    def _write_fade(self, reference: Reference, strip: FadeStrip) -> None:
        """Write a rectangle of one colour under a mask, which is a shading along sampled opacities in 16 bits."""
        bottom, top = strip.bottom_pt, strip.bottom_pt + strip.height_pt
        box = [strip.left_pt, bottom, strip.left_pt + strip.width_pt, top]
        samples = np.rint(np.array(strip.opacities) * 0xFFFF).astype(">u2")
        curve, mask = self.reserveObject("curve of a fade"), self.reserveObject("mask of a fade")
        sampled = {"FunctionType": 0, "Domain": [0, 1], "Range": [0, 1], "Size": [len(samples)], "BitsPerSample": 16}
        self.outputStream(curve, samples.tobytes(), extra=sampled)
        shading = {
            "ShadingType": 2,
            "ColorSpace": Name("DeviceGray"),
            "Coords": [0, top, 0, bottom] if strip.from_top else [0, bottom, 0, top],
            "Function": curve,
            "Extend": [True, True],
        }
        form = {"Type": Name("XObject"), "Subtype": Name("Form"), "BBox": box}
        group = {"S": Name("Transparency"), "CS": Name("DeviceGray")}
        # The mask reaches over the rectangle: were both cut at the edge, a hair of the map would shine through there.
        wide = [box[0] - 9, bottom - 9, box[2] + 9, top + 9]
        self.outputStream(
            mask, b"/S sh", extra=form | {"BBox": wide, "Group": group, "Resources": {"Shading": {"S": shading}}}
        )
        masked = {"SMask": {"S": Name("Luminosity"), "G": mask}}
        red, green, blue = to_rgb(strip.colour)
        paint = (
            f"/M gs {red:.4f} {green:.4f} {blue:.4f} rg "
            f"{strip.left_pt:.3f} {bottom:.3f} {strip.width_pt:.3f} {strip.height_pt:.3f} re f"
        )
        self.outputStream(reference, paint.encode(), extra=form | {"Resources": {"ExtGState": {"M": masked}}})

    def _write_layers(self) -> None:
        for name, reference in self._layers.items():
            super().writeObject(reference, {"Type": Name("OCG"), "Name": name})
        every = list(self._layers.values())
        order = {"Order": every, "ON": every, "Name": "Mural"}
        super().writeObject(self._extras["layers"], {"OCGs": every, "D": order})
        super().writeObject(self._extras["names"], {self.layer(name): ref for name, ref in self._layers.items()})


class _LayeredRenderer(RendererPdf):
    """Marks the groups of a figure as layers."""

    def open_group(self, s: str, gid: str | None = None) -> None:
        """Begin the layer called ``gid``, or else ``s``."""
        name = gid or s
        marking = b"/Figure BMC" if name in WITHOUT_LAYER else b"/OC " + self.file.layer(name).pdfRepr() + b" BDC"
        self.file.output(Verbatim(marking))

    def draw_fade(self, strip: FadeStrip) -> None:
        """Draw a fade where the page has got to."""
        self.file.output(Op.gsave)
        if strip.outline is not None:
            self.file.output(*self.file.pathOperations(strip.outline, IdentityTransform()), Op.clip, Op.endpath)
        self.file.output(self.file.fade(strip), Op.use_xobject, Op.grestore)

    def close_group(self, s: str) -> None:  # noqa: ARG002 (matplotlib names what it closes)
        """End the layer."""
        self.file.output(Verbatim(b"EMC"))
