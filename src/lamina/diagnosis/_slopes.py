"""Where in a network no gradient comes back, and why."""

import numpy as np

from lamina import ops
from lamina.engines import engine
from lamina.variables import StateScope

from ._case import Call, Case
from ._network import is_of_library, kind

_FEWEST = 8  # samples that show whether a layer gives the same for all


def what_stops(case: Case) -> tuple[Call, str, str] | None:
    """The first call of a layer without weights that gives the same for all samples, or has no slope, with what is said of it and
    what to do; None if there is none."""
    for call in case.calls:
        if case.network.weights.get(id(call.layer)) or not call.outputs.size or call.outputs.dtype.kind != "f":
            continue
        name, n = call.layer.name, len(call.outputs)
        if gives_the_same(call):
            value = f"{call.outputs.flat[0]:.4g}" if np.ptp(call.outputs) == 0 else "the same"
            look = f"look at what {name} is given and computes: its limits, or what it subtracts."
            return call, f"{name} gives {value} for all {n} samples, whatever it is given.", look
        if (kind(call.layer) == "Lambda" or not is_of_library(call.layer)) and _is_flat(call):
            why = "no gradient comes back through it (as through stop_gradient, round, argmax, or a cast to integers)"
            return (
                call,
                f"What {name} gives has no slope: {why}.",
                f"leave out that step in {name}, or keep it out of training.",
            )
    return None


def gives_the_same(call: Call) -> bool:
    """Whether a layer gives the same for all samples, though they differ."""
    given, made = call.inputs, call.outputs
    if made.ndim < 2 or len(made) < _FEWEST or len(given) != len(made):
        return False
    return bool(np.all(made == made[:1]) and np.any(given != given[:1]))


def _is_flat(call: Call) -> bool:
    """Whether the derivative of what a layer gives is 0 everywhere."""
    if call.inputs.dtype.kind != "f":
        return False

    def total(values: list[object]) -> object:
        made = ops.reshape(ops.cast(call.layer(values[0]), "float32"), (-1,))
        return ops.sum(made * ops.linspace(1.0, 2.0, call.outputs.size))  # some sums are the same whatever is given

    try:
        with engine.quiet(), np.errstate(all="ignore"), StateScope():  # it may draw numbers
            slopes = engine.value_and_grad(total)([engine.tensor(call.inputs)])[1]
    except Exception:  # it takes more than one input
        return False
    return slopes[0] is None or not np.any(engine.numpy(slopes[0]))
