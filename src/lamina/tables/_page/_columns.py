"""What the columns do: importance, and the curves of the most important."""

import numpy as np

from lamina._markup._axes import Axes, cut, range_of
from lamina._markup._html import Markup, element, joined, number, paragraph, rows_table

from .._columns import DATE
from .._dependence import Dependence
from .._target import NUMBER, TWO_CLASSES, Target
from ._findings import Findings

_MOST = 25  # columns
_LINES = 4  # classes in one plot
_NAME = 22


def columns_section(findings: Findings) -> Markup:
    """The importance of the columns, and partial dependence."""
    found = findings.importance
    said = (
        f"How much the {found.metric} ({number(found.base)} as it is) grows when one column is shuffled among the rows: mean "
        f"and standard deviation over {found.repeats} shuffles of {found.rows} rows. Columns that tell the same share it."
    )
    parts = [element("h2", "Columns"), element("h3", "Importance"), paragraph(said, kind="soft"), _sizes(findings)]
    if findings.dependences:
        parts += [element("h3", "What the model makes of them"), paragraph(_how(findings), kind="soft")]
        plots = [_curve(findings, one) for one in findings.dependences]
        parts.append(element("div", *plots, class_="plots"))
    return joined(parts)


def _sizes(findings: Findings) -> Markup:
    found = findings.importance
    shown = list(zip(found.columns, found.values, found.spread))[:_MOST]
    low = min(0.0, *(float(v - s) for _, v, s in shown))
    high = max(1e-9, *(float(v + s) for _, v, s in shown))
    rows = [
        (cut(name, 40), element("td", _size(value, spread, low, high)), f"{value:+.3g} ± {spread:.1g}")
        for name, value, spread in shown
    ]
    table = rows_table(("column", "", "grows by"), rows, left=2)
    rest = len(found.columns) - len(shown)
    more = paragraph(f"{rest} other columns: {number(found.values[_MOST])} and less.", kind="soft") if rest else None
    return joined([table, more])


def _size(value: float, spread: float, low: float, high: float) -> Markup:
    def at(x: float) -> float:
        return float(100 * (x - low) / (high - low))

    left, right = sorted((at(0.0), at(value)))
    bar = element(
        "rect", x=f"{left:.1f}", y=2, width=f"{right - left:.1f}", height=8, class_="minus" if value < 0 else None
    )
    line = element(
        "path", d=f"M{at(value - spread):.1f} 6H{at(value + spread):.1f}", vector_effect="non-scaling-stroke"
    )
    return element(
        "svg", bar, line, viewBox="0 0 100 12", preserveAspectRatio="none", class_="size", aria_hidden="true"
    )


def _how(findings: Findings) -> str:
    what = "prediction" if findings.is_number else "probability"
    return (
        f"Line: the mean {what} if the column had this value in every row and all else stayed as it is. Band: eight of ten "
        "rows, each moved to the common mean; where it is wide, what the column does depends on the others. Marks below: values "
        "that there are."
    )


def _curve(findings: Findings, one: Dependence) -> Markup:
    target = findings.target
    units, names = _units(target, one.mean)
    places = np.arange(len(one.levels)) if one.numbers is None else one.numbers
    y = range_of(one.low[:, units], one.high[:, units])
    if target.kind != NUMBER:
        y = max(y[0], 0.0), min(y[1], 1.0)
    label = (
        f"predicted {target.name}"
        if target.kind == NUMBER
        else f"probability of {names[0]}"
        if len(names) == 1
        else "probability"
    )
    x = [name or "(missing)" for name in one.levels] if one.numbers is None else range_of(places)
    ticks = _days(places) if one.column.kind == DATE else None
    axes = Axes(x, y, one.column.name, label, f"Partial dependence on {one.column.name}", ticks)
    for k, unit in enumerate(units):
        if one.numbers is None:
            axes.whiskers(places, one.low[:, unit], one.high[:, unit], f"s{k} thin")
            axes.dots(places, one.mean[:, unit], f"s{k} big")
        else:
            axes.band(places, one.low[:, unit], one.high[:, unit], f"f{k} faint" if len(units) > 1 else f"f{k}")
            axes.line(places, one.mean[:, unit], f"s{k}")
    if one.numbers is not None:
        axes.marks_below(one.known[(one.known >= places[0]) & (one.known <= places[-1])])
    legend = [(f"s{k}", name) for k, name in enumerate(names)] if len(names) > 1 else []
    return element("div", element("h3", cut(one.column.name, 34)), axes.render(legend))


def _units(target: Target, mean: np.ndarray) -> tuple[list[int], list[str]]:
    """Which outputs are drawn: the number, the second of two classes, or the classes that vary most."""
    if target.kind == NUMBER:
        return [0], [target.name]
    if target.kind == TWO_CLASSES:
        return [1], [cut(target.classes[1], _NAME)]
    most = np.sort(np.argsort(-np.ptp(mean, axis=0), kind="stable")[:_LINES]).tolist()
    return most, [cut(target.classes[i], _NAME) for i in most]


def _days(places: np.ndarray) -> list[tuple[float, str]]:
    """Three dates along days since 1970."""
    return [(float(d), str(np.datetime64(int(d), "D"))) for d in np.linspace(places[0], places[-1], 5)[[0, 2, 4]]]
