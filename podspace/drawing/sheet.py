"""The sheet of a drawing: SVG without scripts, fonts and other files."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Final
from xml.etree import ElementTree

from podspace.reporting.xml_text import element, xml_text

Point = tuple[float, float]

WIDTH: Final = 1000
MARGIN: Final = 28
_CHARACTER: Final = 0.61
"""Width of a character of a monospaced font, in its size."""

ZONE_COLORS: Final = (
    ("#2563c9", "#6ea8fe"),
    ("#c2560c", "#ffa657"),
    ("#217a3c", "#56d364"),
    ("#7d4bd0", "#c29bff"),
    ("#0b7285", "#4dc6d6"),
    ("#b8285f", "#ff85b3"),
)
"""Colors of the zones, each for a light and a dark background."""

_LIGHT: Final = {"ground": "#ffffff", "edge": "#d1d9e0", "ink": "#1f2328", "soft": "#59636e", "box": "#f6f8fa"}
_DARK: Final = {"ground": "#0d1117", "edge": "#3d444d", "ink": "#f0f6fc", "soft": "#9198a1", "box": "#151b23"}


def _rules(colors: dict[str, str], which: int) -> str:
    zones = "".join(
        f".f{index}{{fill:{pair[which]}}}.s{index}{{stroke:{pair[which]}}}" for index, pair in enumerate(ZONE_COLORS)
    )
    return (
        f".ground{{fill:{colors['ground']};stroke:{colors['edge']}}}"
        f".box{{fill:{colors['box']};stroke:{colors['edge']}}}"
        f".outline{{fill:none;stroke:{colors['edge']}}}"
        f".ink{{fill:{colors['ink']}}}.soft{{fill:{colors['soft']}}}"
        f".softline{{stroke:{colors['soft']}}}.hatch{{stroke:{colors['edge']}}}{zones}"
    )


_STYLE: Final = (
    "text{font:12px ui-sans-serif,system-ui,-apple-system,'Segoe UI',Helvetica,Arial,'DejaVu Sans',sans-serif}"
    ".mono{font:11.5px ui-monospace,SFMono-Regular,Menlo,Consolas,'DejaVu Sans Mono',monospace}"
    ".tiny{font-size:9px}.title{font-size:21px;font-weight:700}.head{font-size:14px;font-weight:700}.bold{font-weight:700}"
    ".tint{fill-opacity:.16}.faint{fill-opacity:.07}.route{fill:none;stroke-width:1.8}"
    f"{_rules(_LIGHT, 0)}@media (prefers-color-scheme:dark){{{_rules(_DARK, 1)}}}"
)


def shortened(text: str, *, width: float, size: float = 11.5) -> str:
    """The text, or as much of its beginning and end as fits into that many pixels of a monospaced font."""
    most = max(int(width / (size * _CHARACTER)), 5)
    if len(text) <= most:
        return text
    tail = (most - 1) // 3
    return f"{text[: most - 1 - tail]}…{text[-tail:]}"


def fits(text: str, *, width: float, size: float = 11.5) -> bool:
    """Whether a text in a monospaced font fits into that many pixels."""
    return len(text) * size * _CHARACTER <= width


class Sheet:
    """Shapes, one upon another; lengths are pixels from the upper left corner, and classes are those of the style."""

    def __init__(self, *, title: str, description: str) -> None:
        self._root = ElementTree.Element("svg", xmlns="http://www.w3.org/2000/svg", role="img")
        self._root.set("aria-labelledby", "title description")
        _shape(self._root, "title", id="title").text = xml_text(title)
        _shape(self._root, "desc", id="description").text = xml_text(description)
        element(self._root, "style").text = _STYLE
        pattern = _shape(_shape(self._root, "defs"), "pattern", id="free", width=7, height=7)
        pattern.set("patternUnits", "userSpaceOnUse")
        pattern.set("patternTransform", "rotate(45)")
        stripe = _shape(pattern, "line", x1=0, y1=0, x2=0, y2=7)
        stripe.set("class", "hatch")
        stripe.set("stroke-width", "2.5")
        self._ground = _shape(self._root, "rect", x=0.5, y=0.5, rx=12)
        self._ground.set("class", "ground")

    def box(
        self, x: float, y: float, width: float, height: float, *, style: str, radius: float = 6, dashed: bool = False
    ) -> None:
        """A rectangle."""
        rect = _shape(self._root, "rect", x=x, y=y, width=width, height=height, rx=radius)
        rect.set("class", style)
        if dashed:
            rect.set("stroke-dasharray", "4 4")

    def free(self, x: float, y: float, width: float, height: float) -> None:
        """A hatched rectangle."""
        rect = _shape(self._root, "rect", x=x, y=y, width=width, height=height, rx=4, fill="url(#free)")
        rect.set("class", "hatch")

    def text(self, x: float, y: float, text: str, *, style: str = "ink", anchor: str = "", whole: str = "") -> None:
        """A line of text on a base line; `whole` is shown by a pointer on it, where the text is shortened."""
        shape = _shape(self._root, "text", x=x, y=y)
        shape.set("class", style)
        if anchor:
            shape.set("text-anchor", anchor)
        shape.text = xml_text(text)
        if whole and whole != text:
            title = element(shape, "title")
            title.text, title.tail = xml_text(whole), None

    def line(self, start: Point, end: Point, *, style: str) -> None:
        """A straight line."""
        element(self._root, "path", d=f"M{_point(start)} L{_point(end)}", **{"class": style})

    def arrow(self, start: Point, end: Point, *, color: str, used: bool | None, via: Sequence[Point] = ()) -> None:
        """A curve to the right that ends in a head; it has a zone's colour if it is used or may be, else it is grey.

        Args:
            start: where it begins.
            end: where its head points.
            color: the number of a zone's colour; empty for grey.
            used: True is solid, None dotted, and False dashed.
            via: points that it passes.
        """
        tip = (end[0] - 7, end[1])
        path = f"M{_point(start)}" + "".join(_curve(*pair) for pair in pairwise((start, *via, tip)))
        head = f"M{_point((tip[0], tip[1] - 4))} L{_point(end)} L{_point((tip[0], tip[1] + 4))} Z"
        self._line(path, head, color=color, used=used)

    def arrow_down(self, start: Point, end: Point, *, color: str, used: bool | None) -> None:
        """A straight line downwards that ends in a head; the arguments are those of `arrow`."""
        tip = (end[0], end[1] - 7)
        head = f"M{_point((tip[0] - 4, tip[1]))} L{_point(end)} L{_point((tip[0] + 4, tip[1]))} Z"
        self._line(f"M{_point(start)} L{_point(tip)}", head, color=color, used=used)

    def _line(self, path: str, head: str, *, color: str, used: bool | None) -> None:
        grey = used is False or not color
        shape = element(self._root, "path", d=path, **{"class": f"route {'softline' if grey else f's{color}'}"})
        if used is not True:
            shape.set("stroke-dasharray", "5 4" if used is False else "1.5 4")
        element(self._root, "path", d=head, **{"class": "soft" if grey else f"f{color}"})

    def document(self, height: float) -> str:
        """The whole as a file, of that height."""
        for key, value in (("width", WIDTH), ("height", height)):
            self._root.set(key, _number(value))
            self._ground.set(key, _number(value - 1))
        self._root.set("viewBox", f"0 0 {WIDTH} {_number(height)}")
        ElementTree.indent(self._root)
        return ElementTree.tostring(self._root, encoding="unicode") + "\n"


def _shape(parent: ElementTree.Element, tag: str, **attributes: float | str) -> ElementTree.Element:
    return element(parent, tag, **{k: v if isinstance(v, str) else _number(v) for k, v in attributes.items()})


def _point(point: Point) -> str:
    return f"{_number(point[0])} {_number(point[1])}"


def _curve(start: Point, end: Point) -> str:
    bend = max((end[0] - start[0]) / 2, 12)
    return f" C{_point((start[0] + bend, start[1]))} {_point((end[0] - bend, end[1]))} {_point(end)}"


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")
