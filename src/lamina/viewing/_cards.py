"""What a notebook shows of a model and of a training."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from lamina._markup._axes import Axes, range_of, ticks_of
from lamina._markup._html import Markup, element
from lamina._markup._notebook import card

from ._model_picture import Shown, picture_of
from ._summary import count_params, memory_size, rows_of
from ._svg import svg

_DRAWN = 30  # layers, at most


def model_card(model: Any) -> str:
    """The table of the layers, and beside it a drawing of at most thirty of them."""
    heads = ("Layer", "Type", "Output shape", "Weights")
    rows = [element("tr", *(element("th", h, class_="n" if h == "Weights" else None) for h in heads))]
    for name, kind, shape, weights in rows_of(model):
        cells = (
            element("td", element("b", name)),
            element("td", kind),
            element("td", shape),
            element("td", weights, class_="n"),
        )
        rows.append(element("tr", *cells))
    table = element("div", element("table", *rows), class_="scroll")
    parts = [table] if len(rows) > _DRAWN + 1 or len(rows) == 1 else [table, _drawing(model)]
    return card(type(model).__name__, element("div", *parts, class_="cols"), said=f'"{model.name}" · {_counted(model)}')


def _counted(model: Any) -> str:
    if not model.built:
        return "not built: the shapes of its input are not known yet"
    weights, frozen = model.weights, count_params(model.non_trainable_weights)
    said = f"{count_params(weights):,} weights, {memory_size(weights)}"
    return f"{said}, {frozen:,} of them frozen" if frozen else said


def _drawing(model: Any) -> Markup:
    picture = svg(picture_of(model, Shown(activations=True)), is_clear=True)
    coded = base64.b64encode(picture.encode()).decode()  # as an image, so that its style stays within
    source, said = f"data:image/svg+xml;base64,{coded}", "The layers and how they are joined"
    return element("img", src=source, alt=said, style="max-width:100%")


def curves_card(logs: Mapping[str, Sequence[Any]], epochs: Sequence[int]) -> str:
    """The curves of a training: each log over the epochs, with that of the validation rows in one plot."""
    names = [name for name in logs if not (name.startswith("val_") and name.removeprefix("val_") in logs)]
    figures = [_figure(name, logs, epochs) for name in names if _numbers(logs[name]) is not None]
    last = ", ".join(
        f"{name} {values[-1]:.4g}" for name, values in logs.items() if _numbers(values) is not None and len(values)
    )
    said = f"{len(epochs)} epoch{'' if len(epochs) == 1 else 's'}" + (f" · at the end: {last}" if last else "")
    return card("History", element("div", *figures, class_="cols"), said=said)


def _numbers(values: Any) -> np.ndarray | None:
    try:
        found = np.asarray(values, "float64")
    except (TypeError, ValueError):
        return None
    return found if found.ndim == 1 else None


def _figure(name: str, logs: Mapping[str, Sequence[Any]], epochs: Sequence[int]) -> Markup:
    shown = [
        (key, values) for key in (name, f"val_{name}") if key in logs and (values := _numbers(logs[key])) is not None
    ]
    longest = max(len(values) for _, values in shown)
    places = np.arange(longest) + 1.0 + (epochs[0] if epochs else 0)
    ends = (
        (float(places[0]), float(places[-1]))
        if longest > 1
        else (0.0, 2.0)
        if not longest
        else (places[0] - 1, places[0] + 1)
    )
    whole = [(tick, f"{tick:g}") for tick in ticks_of(*ends) if tick == int(tick) and tick >= 1]
    axes = Axes(ends, range_of(*(v for _, v in shown)), "epoch", name, f"{name} by epoch", ticks=whole)
    legend = []
    for kind, (key, values) in zip(("s0", "s1"), shown):
        draw = axes.line if len(values) > 1 else axes.dots
        draw(places[: len(values)], values, kind if len(values) > 1 else f"{kind} big")
        legend.append((kind, key))
    return axes.render(legend)
