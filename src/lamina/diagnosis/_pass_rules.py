"""Rules on one pass forward and backward over a batch."""

import math
from collections.abc import Iterator
from typing import Any

import numpy as np

from ._case import Call, Case
from ._head import Head
from ._network import AFFINE, activation_of, has_kernel, is_of_library, kind, path_of, values_of
from ._rule import PASS, Rule, Seen, seen
from ._slopes import gives_the_same, what_stops

_FEWEST = 32  # values of a unit from which it can be called dead
_FEW = 8  # units that may all begin dead in one network of 100
_FEWEST_FOR_SOME = 64  # and for a layer of which some units live
_BEGIN_AT_ZERO = ("bias", "beta", "moving_mean", "recurrent_bias", "seed_generator_state", "mean", "count")
_EDGES = {"tanh": (-0.9999, 0.9999), "sigmoid": (0.0067, 0.9933)}  # activations of +-5


def dead_relu(case: Case) -> Iterator[Seen]:
    for call in case.calls:
        if activation_of(call.layer) != "relu" or call.outputs.ndim < 2:
            continue
        units = call.outputs.reshape(-1, call.outputs.shape[-1])
        if len(units) < _FEWEST:
            continue
        least = 1e-5 * min(float(units.max()), 1.0)  # in a deep network all values may be small before it is trained
        zeros = np.count_nonzero(units <= least, axis=0)  # of NaN neither is said
        is_whole = bool(np.all(zeros == len(units)))
        if not is_whole and len(units) < _FEWEST_FOR_SOME:
            continue
        dead = int(np.sum(zeros > math.ceil(0.95 * (len(units) - 1))))  # the 95th percentile is 0
        if dead > 1 and (is_whole or dead >= least_dead(units.shape[1])):
            owner = case.network.owner(call.layer)
            rows = f"all {len(units)} values" if is_whole else f"nearly every one of {len(units)} values"
            cause = _cause_of_death(case, call)
            if cause is not None:
                place, why, fix = cause
                yield seen(
                    path_of(place), f"{dead} of {units.shape[1]} relu units give 0 for {rows}: {why}.", fix, dead=dead,
                    units=units.shape[1],
                )  # fmt: skip
                return
            yield seen(
                path_of(owner), f"{dead} of {units.shape[1]} relu units give 0 for {rows}, and have no gradient.",
                _alive(owner, units.shape[1]), dead=dead, units=units.shape[1],
            )  # fmt: skip
            return


def _cause_of_death(case: Case, call: Call) -> tuple[Any, str, str] | None:
    """What besides the weights makes all units of a relu give 0: its layer, why, and what to write there."""
    layer, highest = call.layer, float(call.inputs.max())
    threshold, most = getattr(layer, "threshold", None) or 0.0, getattr(layer, "max_value", None)
    if kind(layer) == "ReLU" and threshold > max(highest, 0.0):
        why = f"{layer.name} cuts off what is below {threshold:g}, and is given {highest:.3g} at most"
        return layer, why, f"threshold=0 (the default) in {layer.name}."
    if kind(layer) == "ReLU" and most is not None and most <= 0:
        return layer, f"{layer.name} gives {most:g} at most", f"max_value=None (the default) in {layer.name}."
    for before in case.network.sources.get(id(layer), []):
        gamma = getattr(before, "gamma", None) if kind(before) == "BatchNormalization" else None
        if gamma is not None and not np.any(values_of(gamma)):
            why = f"{before.name} multiplies all that it normalises by a gamma of 0"
            return before, why, f'gamma_initializer="ones" (the default) in {before.name}.'
    return None


def _alive(layer: Any, units: int) -> str:
    bias = getattr(layer, "bias", None)
    starts_plain = bias is None or not np.any(values_of(bias))
    if units < _FEW and starts_plain:
        return f'activation="leaky_relu", or more units: {units} may all begin dead by chance.'
    return 'kernel_initializer="he_normal" and bias_initializer="zeros", on scaled inputs.'


def least_dead(units: int) -> int:
    """How many units of a layer must be dead to be told, where some live: 70 %, and so many that chance is no explanation.

    Of a healthy layer each unit begins dead with a probability of up to 1/2, where its inputs are all positive; 3.7 standard
    deviations above that is what one layer in 10,000 has.
    """
    return math.ceil(max(0.7 * units, units / 2 + 3.7 * math.sqrt(units) / 2))


def saturated_activation(case: Case) -> Iterator[Seen]:
    for call in _hidden(case):
        if not call.outputs.size:
            continue
        edges = _EDGES.get(str(activation_of(call.layer))) or _edges_seen(call)
        if edges is None or kind(call.layer) in ("LSTM", "GRU"):
            continue
        share = float(np.mean((call.outputs < edges[0]) | (call.outputs > edges[1])))
        if share > 0.5:
            place = case.network.owner(call.layer)
            yield seen(
                path_of(place), f"{share:.0%} of the outputs of {place.name} are at the ends of "
                f"{activation_of(call.layer) or 'tanh'}, where its slope is nearly 0.",
                f'kernel_initializer="glorot_uniform"{_and_zeros(place)} (the default), on inputs that are scaled.', share=share,
            )  # fmt: skip
            return


def _edges_seen(call: Call) -> tuple[float, float] | None:
    """The ends of the tanh in a layer of one's own, told by its outputs: they come near both, and are not only there."""
    values = call.outputs
    if (
        is_of_library(call.layer)
        or values.dtype.kind != "f"
        or values.size < 256
        or activation_of(call.layer) is not None
    ):
        return None
    low, high = _EDGES["tanh"]
    is_tanh = -1 <= values.min() < low and high < values.max() <= 1
    return (low, high) if is_tanh and np.mean(np.abs(values) < high) > 0.01 else None


def _and_zeros(layer: Any) -> str:
    bias = getattr(layer, "bias", None)
    starts_plain = bias is None or not np.any(values_of(bias))
    return "" if starts_plain else ' and bias_initializer="zeros"'


def _hidden(case: Case) -> list[Call]:
    ends = {head.layer for head in case.heads}
    return [call for call in case.calls if call.path not in ends]


def _kernels(case: Case) -> list[tuple[str, np.ndarray]]:
    return [(path, g) for path, weight, g in case.gradients if weight.name == "kernel" and len(weight.shape) > 1]


def no_gradient(case: Case) -> Iterator[Seen]:
    sizes = [float(np.abs(g).max()) for _, _, g in case.gradients if g.size]
    if len(sizes) > 1 and not any(sizes) and case.total_loss and any(map(_is_at_its_ends, case.heads)):
        yield seen(
            None, "The outputs are exactly 0 or 1 from the start, where their slope is 0: values grow too large on the way.",
            'kernel_initializer="glorot_uniform" (the default), on inputs that are scaled.', weights=len(sizes),
        )  # fmt: skip
        return
    if len(sizes) > 1 and not any(sizes) and case.total_loss:  # a loss of 0 has none
        stop = what_stops(case)
        if stop is not None:
            yield seen(
                stop[0].path,
                f"The gradients of all {len(sizes)} weights are exactly 0. {stop[1]}",
                stop[2],
                weights=len(sizes),
            )
            return
        yield seen(
            None, f"The gradients of all {len(sizes)} weights are exactly 0: nothing will change.",
            "look for a step without slope in the loss or the layers (round, argmax, a cast to integers, relu at the output).",
            weights=len(sizes),
        )  # fmt: skip
        return
    own = {id(w) for layer in case.network.layers if not is_of_library(layer) for w in case.network.weights[id(layer)]}
    kernels = [(p, g) for p, w, g in case.gradients if len(w.shape) > 1 and (w.name == "kernel" or id(w) in own)]
    unreached = list(dict.fromkeys(path for path, g in kernels if not np.any(g))) if any(sizes) else []
    if unreached and not _may_be_zero(case):
        stop = what_stops(case)
        if stop is not None:
            call, why, fix = stop
            some = unreached[0].rpartition("/")[2]
            yield seen(
                call.path, f"{why} {len(unreached)} layer(s), such as {some}, are not trained.", fix, layers=unreached
            )
            return
        yield seen(
            unreached[0], f"The gradients of {len(unreached)} layer(s) that are to be trained are exactly 0: the loss does "
            "not depend on them, or nothing comes back from it.",
            "look for weights that begin at 0 one behind the other, for a step without slope behind the layer (stop_gradient, "
            "round, argmax, a cast to integers), or trainable=False.",
            layers=unreached,
        )  # fmt: skip


def _is_at_its_ends(head: Head) -> bool:
    outputs = head.predictions
    if head.activation not in ("softmax", "sigmoid") or outputs is None or not outputs.size:
        return False
    return bool(np.all(np.minimum(np.abs(outputs), np.abs(1 - outputs)) < 1e-6))


def _may_be_zero(case: Case) -> bool:
    """Whether some gradients may be 0 at the start though all is right: weights that begin at 0 hold back what comes through
    them, until a gradient of their own has moved them; an output may have no loss, a dead relu is told by its rule."""
    fixed = {id(w) for _, w, g in case.gradients if not np.any(g)}
    weights = [w for w in case.network.model.weights if w.name not in _BEGIN_AT_ZERO and id(w) not in fixed]
    waits = any(not np.any(np.asarray(values_of(w))) for w in weights)
    cut = [
        c.layer
        for c in case.calls
        if c.outputs.size and not np.any(c.outputs) and np.any(c.inputs) and not _takes_away(case, c)
    ]
    is_cut = not all(_is_fixed_at_0(layer, fixed) for layer in cut)
    return waits or is_cut or len(case.sample_weight) > 1 or any(not h.has_loss or not h.weight for h in case.heads)


def _takes_away(case: Case, call: Call) -> bool:
    """Whether a layer without weights gives 0 for samples that differ, and is no relu."""
    has_weights = bool(case.network.weights.get(id(call.layer)))
    return gives_the_same(call) and not has_weights and activation_of(call.layer) != "relu"


def _is_fixed_at_0(layer: Any, fixed: set[int]) -> bool:
    """Whether a layer of one's own gives 0 as its weights are 0, and get no gradient."""
    weights = [w for w in layer.weights if len(w.shape) > 1]
    zeros = all(id(w) in fixed and not np.any(np.asarray(values_of(w))) for w in weights)
    return bool(weights) and zeros and not is_of_library(layer)


def non_finite_gradient(case: Case) -> Iterator[Seen]:
    for call in case.calls:
        if not np.isfinite(call.outputs).all() and np.isfinite(call.inputs).all():
            if case.origin is not None and case.origin.layer == call.path:
                yield seen(call.path, str(case.origin), case.origin.fix, **case.origin.evidence())
                return
            yield seen(
                call.path, f"{call.layer.name} makes {int(np.sum(~np.isfinite(call.outputs)))} NaN or infinite values of finite "
                "inputs.", "look at what it computes: an overflow, a division by 0, or the logarithm of 0.",
                count=int(np.sum(~np.isfinite(call.outputs))),
            )  # fmt: skip
            return
    bad = [path for path, _, g in case.gradients if not np.isfinite(g).all()]
    is_lost = case.total_loss is not None and not np.isfinite(case.total_loss)
    what = "loss is" if is_lost else "gradients are"
    if (bad or is_lost) and case.origin is not None:
        place = case.origin.layer
        yield seen(
            None if place == "loss" else place, f"The {what} not finite already in the first step. {case.origin}",
            case.origin.fix, **case.origin.evidence(),
        )  # fmt: skip
    elif is_lost and not bad:
        yield seen(
            None, f"The loss is {case.total_loss} already in the first step.",
            "look at the loss: an overflow, a division by 0, or the logarithm or root of 0.", loss=case.total_loss,
        )  # fmt: skip
    elif bad:
        yield seen(
            bad[-1], f"The gradients of {len(bad)} weights are NaN or infinite already in the first step.",
            "look at the loss: an overflow, a division by 0, or the logarithm or root of 0.", weights=len(bad),
        )  # fmt: skip


def vanishing_gradient(case: Case) -> Iterator[Seen]:
    kernels = _kernels(case)
    if len(kernels) < 4 or any(not np.abs(g).max() or not np.isfinite(g).all() for _, g in kernels):
        return
    if case.network.graph is not None and not _is_deep(case, kernels[0][0]):
        return  # one of several ways through the network, as the queries of an attention
    hidden = [activation_of(call.layer) for call in _hidden(case) if kind(call.layer) in AFFINE]
    first, last = float(np.linalg.norm(kernels[0][1])), float(np.linalg.norm(kernels[-1][1]))
    is_tiny = float(np.abs(kernels[0][1]).mean()) < 1e-7 and (case.total_loss or 0.0) > 1e-3
    if (
        (first < 1e-3 * last or is_tiny)
        and hidden
        and all(a in ("sigmoid", "tanh", "softmax", "linear") for a in hidden)
    ):
        yield seen(
            kernels[0][0], f"The gradient of the first kernel has norm {first:.2g}, that of the last {last:.2g}: little of the "
            f"loss gets through {len(kernels)} layers.", 'activation="relu" in the hidden layers.', first=first, last=last,
        )  # fmt: skip


def _is_deep(case: Case, path: str) -> bool:
    """Whether three kernels or more follow on the layer of a path, one after the other."""
    if path.rpartition("/")[2] in ("query", "key"):
        return False  # of one layer: hardly a gradient where all are attended to alike, as at the start
    layers = [layer for layer in case.network.operations if path_of(layer) == path]
    return not layers or sum(map(has_kernel, case.network.chain(layers[0]))) >= 3


def exploding_gradient(case: Case) -> Iterator[Seen]:
    for call in case.calls:
        given, made = (float(np.abs(a).max()) if a.size else 0.0 for a in (call.inputs, call.outputs))
        if hasattr(call.layer, "cell") and math.isfinite(made) and made > 1e3 * max(given, 1.0):
            yield seen(
                call.path, f"{call.layer.name} makes values of up to {made:.3g} of inputs of up to {given:.3g}: its state grows "
                "from step to step.",
                'recurrent_initializer="orthogonal" and activation="tanh" (the defaults), or clipnorm=1.0 in the optimizer.',
                largest=made, given=given,
            )  # fmt: skip
            return
    kernels = _kernels(case)
    if len(kernels) < 3 or any(not np.isfinite(g).all() for _, g in kernels):
        return
    first, last = float(np.linalg.norm(kernels[0][1])), float(np.linalg.norm(kernels[-1][1]))
    grows = first > 70 * last and float(np.abs(kernels[0][1]).mean()) > 1
    if grows or min(first, last) > 1e6:
        yield seen(
            kernels[0][0], f"The gradient of the first kernel has norm {first:.3g}, that of the last {last:.3g}: values or "
            "gradients grow from layer to layer.",
            "the default initializers, normalisation layers, or clipnorm=1.0 in the optimizer.", first=first, last=last,
        )  # fmt: skip


def _net(hidden: str, loss: str = '"mse"') -> str:
    return f"""rng = np.random.default_rng(0)
x = rng.normal(size=(256, 8)).astype("float32")
y = x[:, :1] - x[:, 1:2]
lamina.utils.set_random_seed(0)
model = lamina.Sequential([lamina.Input((8,)), {hidden}, layers.Dense(1)])
model.compile(optimizer="adam", loss={loss})"""


_HEALTHY = _net('*[layers.Dense(16, activation="relu") for _ in range(3)]')
_DEEP = '*[layers.Dense(16, activation="{}"{}) for _ in range({})]'
_WIDE = ", kernel_initializer=lamina.initializers.RandomNormal(stddev={})"

RULES = (
    Rule(
        "non-finite-values", PASS, "error", "a layer makes NaN or infinity of finite inputs, or a gradient is not finite",
        non_finite_gradient, "DeepLocalize; SageMaker Debugger",
        _net("layers.Lambda(lambda t: lamina.ops.log(t))"), _net("layers.Lambda(lambda t: lamina.ops.log(1 + t * t))"),
        ("probabilities-out-of-range",),
    ),
    Rule(
        "dead-relu", PASS, "warning", "a layer whose relu units all give 0 for 32 values or more, or most for 95 % of "
        "64 or more: 70 %, and of small layers more, so that chance is no explanation", dead_relu,
        "TheDeepChecker; AUTOTRAINER",
        _net('layers.Dense(16, activation="relu", bias_initializer=lamina.initializers.Constant(-9))'),
        _HEALTHY,
    ),
    Rule(
        "no-gradient", PASS, "error", "all gradients are exactly 0, or those of a layer, though no weight begins at "
        "0", no_gradient, "keras issues 4175, 11157",
        _net('layers.Dense(16, activation="tanh")', "lambda t, p: lamina.ops.square(t - lamina.ops.round(p))"), _HEALTHY,
        ("dead-relu", "unnormalised-input", "saturated-activation", "large-logits"),
    ),
    Rule(
        "saturated-activation", PASS, "warning", "more than half of a hidden layer's tanh or sigmoid are beyond +-5",
        saturated_activation, "DeepDiagnosis", _net(_DEEP.format("tanh", _WIDE.format(3.0), 1)),
        _net(_DEEP.format("tanh", "", 1)),
        ("unnormalised-input",),
    ),
    Rule(
        "vanishing-gradient", PASS, "warning", "4 kernels or more, none of relu or the like, and the first one's gradient less "
        "than a thousandth of the last one's, or below 1e-7", vanishing_gradient, "AUTOTRAINER",
        _net(_DEEP.format("sigmoid", "", 8)),
        _net(_DEEP.format("relu", "", 8)), ("saturated-activation", "unnormalised-input"),
    ),
    Rule(
        "exploding-gradient", PASS, "warning", "the first kernel's gradient is 70 times the last one's and above 1, or both are "
        "beyond 1e6, or a recurrent layer makes values 1000 times as large as its inputs", exploding_gradient,
        "AUTOTRAINER", _net(_DEEP.format("relu", _WIDE.format(2.0), 8)), _HEALTHY,
        ("unnormalised-input", "saturated-activation", "dead-relu", "over-regularised", "output-loss-scale",
         "non-finite-values"),
    ),
)  # fmt: skip
