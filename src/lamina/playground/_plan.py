"""`Plan`: all that decides how a training goes, as the page chooses it."""

import math
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from typing import Any
from urllib.parse import parse_qsl

from lamina.serving._refused import Refused

from ._points import MAKERS

CSV = "csv"
ACTIVATIONS = ("relu", "tanh", "sigmoid", "linear", "leaky_relu", "elu", "silu")
OPTIMIZERS = ("sgd", "momentum", "rmsprop", "adam")
PENALTIES = ("none", "l1", "l2")
MOST_LAYERS, MOST_UNITS = 6, 8


@dataclass(frozen=True)
class Plan:
    """The choices.

    Attributes:
        data: a name of `MAKERS`, or "csv".
        noise: how far points stray, 0 to 0.5.
        layers: units of the hidden layers.
        activation: of the hidden layers.
        optimizer, learning_rate, batch_size: of the training.
        penalty, penalty_rate: on the kernels: none, l1 or l2.
        test_share: of the points, which are not trained on.
        seed: of the points, the first weights and the order of the points.
        target: column of the CSV that is predicted; "" for the last.
    """

    data: str = "circles"
    noise: float = 0.0
    layers: tuple[int, ...] = (4, 2)
    activation: str = "tanh"
    optimizer: str = "adam"
    learning_rate: float = 0.03
    batch_size: int = 16
    penalty: str = "none"
    penalty_rate: float = 0.001
    test_share: float = 0.3
    seed: int = 1
    target: str = ""

    def to_dict(self) -> dict[str, Any]:
        """The attributes by name, JSON values."""
        return {**asdict(self), "layers": list(self.layers)}


def plan_of(document: Any) -> Plan:
    """The plan that a JSON object tells; what it leaves out is as in `Plan()`. Raises Refused (422) that names what is wrong."""
    if not isinstance(document, dict):
        raise Refused(422, f"A plan is an object; got {type(document).__name__}.")
    unknown = document.keys() - {f.name for f in fields(Plan)}
    if unknown:
        raise Refused(422, f"A plan has no {sorted(unknown)}; it has {[f.name for f in fields(Plan)]}.")
    for name, value in document.items():
        is_right, expected = _RULES[name]
        if not is_right(value):
            raise Refused(422, f"{name} must be {expected}; got {value!r:.80}.")
    return Plan(**{**document, **({"layers": tuple(document["layers"])} if "layers" in document else {})})


def plan_of_link(link: str) -> Plan:
    """The plan in a link to the page, which stands after the #. Raises Refused that names what is wrong."""
    words = dict(parse_qsl(link.rpartition("#")[2]))
    document: dict[str, Any] = {
        key: words[key] for key in words.keys() & {"data", "activation", "optimizer", "penalty", "target"}
    }
    try:
        document |= {key: int(words[key]) for key in words.keys() & {"batch_size", "seed"}}
        document |= {
            key: float(words[key]) for key in words.keys() & {"noise", "learning_rate", "penalty_rate", "test_share"}
        }
        if "layers" in words or "layers=" in link:
            document["layers"] = [int(units) for units in words.get("layers", "").split(",") if units]
    except ValueError as error:
        raise Refused(422, f"The link holds what is no number: {error}.") from None
    return plan_of(document)


def _one_of(*names: str) -> tuple[Callable[[Any], bool], str]:
    return (lambda value: isinstance(value, str) and value in names), f"one of {', '.join(names)}"


def _number(low: float, high: float) -> tuple[Callable[[Any], bool], str]:
    def is_right(value: Any) -> bool:
        return type(value) in (int, float) and math.isfinite(value) and low <= value <= high

    return is_right, f"a number from {low:g} to {high:g}"


def _whole(low: int, high: int) -> tuple[Callable[[Any], bool], str]:
    return (lambda value: type(value) is int and low <= value <= high), f"a whole number from {low} to {high}"


def _is_layers(value: Any) -> bool:
    unit = _whole(1, MOST_UNITS)[0]
    return isinstance(value, (list, tuple)) and len(value) <= MOST_LAYERS and all(map(unit, value))


_RULES: dict[str, tuple[Callable[[Any], bool], str]] = {
    "data": _one_of(*MAKERS, CSV),
    "noise": _number(0, 0.5),
    "layers": (_is_layers, f"at most {MOST_LAYERS} whole numbers from 1 to {MOST_UNITS}"),
    "activation": _one_of(*ACTIVATIONS),
    "optimizer": _one_of(*OPTIMIZERS),
    "learning_rate": _number(1e-6, 100),
    "batch_size": _whole(1, 1000),
    "penalty": _one_of(*PENALTIES),
    "penalty_rate": _number(0, 10),
    "test_share": _number(0, 0.9),
    "seed": _whole(0, 2**31 - 1),
    "target": (lambda value: isinstance(value, str), "the name of a column"),
}
