"""A picture of a model as SVG, drawn without any other program."""

import itertools
from dataclasses import dataclass
from html import escape

from ._layered import Point, place
from ._model_picture import Box, Picture

_FONT = 13
_LINE = 24.0  # height of a line of cells
_CHARACTER = 0.58 * _FONT  # about the mean width
_MARGIN = 12.0
_ARROW, _CLEAR_ARROW = "#455a64", "#8aa0ab"
_STYLE = (
    "text{font:13px Helvetica,Arial,'DejaVu Sans',sans-serif}.t{font-weight:bold;fill:#fff}.h{fill:#37474f}"
    ".b{fill:#fff;stroke:#37474f}.g{fill:#eceff1;stroke:#90a4ae}.a{fill:none;stroke:#455a64;stroke-width:1.3}"
)


@dataclass
class _Drawing:
    """What stands in a picture, and how large that is."""

    parts: list[str]
    size: Point


def svg(picture: Picture, rankdir: str = "TB", is_clear: bool = False) -> str:
    """The text of an SVG file.

    Args:
        picture: boxes and arrows.
        rankdir: where arrows lead: "TB" down, "LR" to the right, "BT" up, "RL" to the left.
        is_clear: no white behind it, and arrows that are seen on dark pages too.
    """
    arrow = _CLEAR_ARROW if is_clear else _ARROW
    drawing = _draw(picture, rankdir)
    width, height = (side + 2 * _MARGIN for side in drawing.size)
    lines = [
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{width:.0f}" height="{height:.0f}" '
        f'viewBox="{-_MARGIN:.0f} {-_MARGIN:.0f} {width:.0f} {height:.0f}">',
        f"<style>{_STYLE.replace(_ARROW, arrow)}</style>",
        '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="8" markerHeight="8" orient="auto">'
        f'<path d="M0 0.8L8 4L0 7.2z" fill="{arrow}"/></marker></defs>',
        *(
            []
            if is_clear
            else [f'<rect x="{-_MARGIN:.0f}" y="{-_MARGIN:.0f}" width="100%" height="100%" fill="#fff"/>']
        ),
        *drawing.parts,
        "</svg>",
    ]
    return "\n".join(lines) + "\n"


def _draw(picture: Picture, rankdir: str) -> _Drawing:
    boxes = [_draw_box(box, rankdir) for box in picture.boxes]
    is_sideways = rankdir in ("LR", "RL")
    sizes = [box.size[::-1] if is_sideways else box.size for box in boxes]
    middles, bends, whole = place(sizes, picture.arrows)  # type: ignore[arg-type]

    def turned(point: Point) -> Point:
        x, y = point
        if rankdir in ("BT", "RL"):
            y = whole[1] - y
        return (y, x) if is_sideways else (x, y)

    parts = []
    for arrow in picture.arrows:
        source, target = arrow
        start, end = _ends(middles[source], sizes[source]), _ends(middles[target], sizes[target])
        parts.append(_curve([turned(p) for p in (start[1], *bends[arrow], end[0])], is_sideways))
    for box, middle in zip(boxes, middles):
        x, y = turned(middle)
        parts.append(f'<g transform="translate({x - box.size[0] / 2:.1f} {y - box.size[1] / 2:.1f})">')
        parts += [*box.parts, "</g>"]
    return _Drawing(parts, whole[::-1] if is_sideways else whole)  # type: ignore[arg-type]


def _ends(middle: Point, size: Point) -> tuple[Point, Point]:
    """The middles of the upper and lower side."""
    x, y = middle
    return (x, y - size[1] / 2), (x, y + size[1] / 2)


def _curve(points: list[Point], is_sideways: bool) -> str:
    """A line through the points that leaves and enters boxes straight."""
    points = [p for p, before in zip(points, [None, *points]) if p != before]  # a step of no length has no direction
    path = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    for (x1, y1), (x2, y2) in itertools.pairwise(points):
        middle = ((x1 + x2) / 2, (y1 + y2) / 2)
        first, second = ((middle[0], y1), (middle[0], y2)) if is_sideways else ((x1, middle[1]), (x2, middle[1]))
        path.append(f"C{first[0]:.1f} {first[1]:.1f} {second[0]:.1f} {second[1]:.1f} {x2:.1f} {y2:.1f}")
    return f'<path class="a" marker-end="url(#head)" d="{"".join(path)}"/>'


def _draw_box(box: Box, rankdir: str) -> _Drawing:
    return _draw_layer(box) if box.inside is None else _draw_group(box, rankdir)


def _draw_layer(box: Box) -> _Drawing:
    widths = [[_width(cell) for cell in line] for line in box.lines]
    width = max(_width(box.title, is_bold=True), *(sum(line) for line in widths), 0.0)
    parts = [f'<rect class="h" width="{width:.1f}" height="{_LINE:.1f}"/>']
    parts.append(_text(box.title, width / 2, _LINE / 2, "t"))
    for k, (line, cells) in enumerate(zip(box.lines, widths), 1):
        x, stretch = 0.0, width / sum(cells)
        for cell, own in zip(line, cells):
            own *= stretch
            parts.append(f'<rect class="b" x="{x:.1f}" y="{k * _LINE:.1f}" width="{own:.1f}" height="{_LINE:.1f}"/>')
            parts.append(_text(cell, x + own / 2, (k + 0.5) * _LINE))
            x += own
    return _Drawing(parts, (width, _LINE * (1 + len(box.lines))))


def _draw_group(box: Box, rankdir: str) -> _Drawing:
    assert box.inside is not None
    inner = _draw(box.inside, rankdir)
    width = max(inner.size[0], _width(box.title)) + 2 * _MARGIN
    height = inner.size[1] + _LINE + 2 * _MARGIN
    left = (width - inner.size[0]) / 2
    parts = [
        f'<rect class="g" width="{width:.1f}" height="{height:.1f}" rx="6"/>',
        _text(box.title, width / 2, _MARGIN),
        f'<g transform="translate({left:.1f} {_LINE + _MARGIN:.1f})">',
        *inner.parts,
        "</g>",
    ]
    return _Drawing(parts, (width, height))


def _width(text: str, is_bold: bool = False) -> float:
    return len(text) * _CHARACTER * (1.12 if is_bold else 1.0) + 20.0


def _text(text: str, x: float, y: float, kind: str = "") -> str:
    kind = f' class="{kind}"' if kind else ""
    return f'<text{kind} x="{x:.1f}" y="{y + 4.5:.1f}" text-anchor="middle">{escape(text)}</text>'
