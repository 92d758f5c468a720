"""The rule on affine layers with nothing between them that bends values."""

from collections.abc import Iterator
from typing import Any

from ._case import Case
from ._examples import hidden_layers
from ._network import AFFINE, activation_of, kind, passes, path_of, within
from ._rule import COMPILED, Rule, Seen, seen
from ._told_by_values import is_straight


def _width(layer: object) -> int:
    return int(getattr(layer, "units", None) or getattr(layer, "filters", None) or 0)


def stacked_linear(case: Case) -> Iterator[Seen]:
    graph = case.network.graph
    given = [a.shape[1:] for a in case.x.values()] if graph is None else [tuple(x.shape)[1:] for x in graph.inputs]
    is_autoencoder = given == [tuple(head.shape[1:]) for head in case.heads]
    for place, after in _affine_pairs(case):
        before, after = within(place), within(after)
        if any(place is end for end in case.network.last):
            continue  # an output too
        if case.network.gives_out(place) and not _trains(place, after):
            continue  # a network that was trained for itself, or a critic that stands still
        inner, outer = _width(before), _width(after)
        entering = before.kernel.shape[-2]
        is_low_rank = inner < outer and inner < entering
        is_code = is_autoencoder and inner < entering and inner == outer
        depthwise = (
            kind(after) != "Dense" and kind(before) != "Dense" and 1 in (*before.kernel_size, *after.kernel_size)
        )
        if not is_low_rank and not is_code and not depthwise:
            bent = case.network.only_user(place)
            is_behind = activation_of(before) == "linear" and bent is not None and _is_straight(bent)
            at, what = (bent, f"{bent.name} behind it") if is_behind else (place, "its activation")
            how = "no activation" if activation_of(before) == "linear" and not is_behind else f"{what} bends nothing"
            yield seen(
                path_of(at), f"{place.name} ({inner} units, {how}) feeds {after.name}: together they are one linear layer.",
                f"negative_slope=0.1 in {at.name}." if hasattr(at, "negative_slope") else f"relu in {at.name}." if is_behind
                else f'{kind(before)}({inner}, ..., activation="relu")', units=inner, next=after.name,
            )  # fmt: skip
            return


def _affine_pairs(case: Case) -> Iterator[tuple[Any, Any]]:
    """Each affine layer with another that it alone feeds, through nothing that bends values."""
    for operation in case.network.operations:
        layer = within(operation)
        if kind(layer) not in AFFINE or not (activation_of(layer) == "linear" or _is_straight(layer)):
            continue
        after = case.network.only_user(operation)
        while after is not None and (passes(after) or _is_straight(after)):
            after = case.network.only_user(after)
        if after is not None and kind(within(after)) in AFFINE:
            yield operation, after


def _is_straight(layer: Any) -> bool:
    """Whether what looks like an activation is none: a slope of 1 on both sides, or a function that gives what it is given."""
    if kind(layer) in ("LeakyReLU", "ReLU"):
        bends = getattr(layer, "max_value", None) is not None or getattr(layer, "threshold", None)
        return layer.negative_slope == 1 and not bends
    function: Any = getattr(layer, "function" if kind(layer) == "Lambda" else "activation", None)
    is_one = kind(layer) in ("Lambda", "Activation", *AFFINE) and callable(function)
    return is_one and activation_of(layer) is None and is_straight(function)


def _trains(*layers: Any) -> bool:
    return all(any(w.trainable for w in layer.weights) for layer in layers)


_RELU = 'layers.Dense(16, activation="relu")'

RULES = (
    Rule(
        "stacked-linear", COMPILED, "warning", "Dense or convolution without activation, or with one that bends nothing, into "
        "another, that is not a bottleneck", stacked_linear, "NeuraLint; UMLAUT",
        hidden_layers("layers.Dense(16)", _RELU), hidden_layers("layers.Dense(3)", _RELU),
    ),
)  # fmt: skip
