"""Rules on the scale of the data: layers and losses start out for values around 1."""

from collections.abc import Iterator
from typing import Any

import numpy as np

from lamina.engines import engine
from lamina.variables import StateScope

from ._case import Call, Case
from ._examples import REGRESSION
from ._head import REGRESSIONS, Head, is_whole, takes_many
from ._network import PASSING, has_kernel, kind, values_of
from ._rule import DATA, PASS, Rule, Seen, seen

_MOST_ROWS = 20_000  # whose scale is looked at
_LARGE = 20  # layers from which a network is likely to be one that was published with its weights
_FEWEST_ROWS = 8
# Numbers that are written where there is none, and how many times so many at least, and as a share.
_PLACEHOLDERS = [sign * n for n in (99, 999, 9999, 99999, 999999, 9999999, 32768, 2**31) for sign in (-1, 1)]
_LEAST = min(map(abs, _PLACEHOLDERS))
_FEWEST_PLACES, _SHARE_OF_PLACES = 3, 0.005
_SHIFTING = ("GaussianNoise", "GaussianDropout", "AlphaDropout")  # and the layers whose names begin with Random


def placeholder_values(case: Case) -> Iterator[Seen]:
    masked = [getattr(layer, "mask_value", None) for layer in case.network.layers if kind(layer) == "Masking"]
    for name, array in case.x.items():
        found = _placeholder(array) if array.ndim == 2 else None
        if found is not None and found[0] not in masked:
            value, column, count = found
            yield seen(
                None, f"Column {column} of {name} is {value:g} in {count} of {len(array)} rows, far from its other values: a "
                "number that stands for a missing one is learned as an amount.",
                f"{name}[{name} == {value:g}] = np.nan, then each column's median in its place, and a column that says where.",
                value=value, column=column, count=count,
            )  # fmt: skip
            return
    for head in case.heads:
        y = head.finite_y()
        found = _placeholder(y) if y is not None and head.is_regression and not head.weighted else None
        if found is not None:
            value, _, count = found
            yield seen(
                head.layer, f"{count} of {len(y)} targets are {value:g}, far from the others: a number that stands for a missing "  # type: ignore[arg-type]
                "one is learned as an amount.", f"keep = y != {value:g}; x, y = x[keep], y[keep], or sample_weight=keep.",
                value=value, count=count,
            )  # fmt: skip


def _placeholder(array: np.ndarray) -> tuple[float, int, int] | None:
    """A number for missing ones at the end of a column, farther from the rest than that is wide; the column, and how often."""
    if array.dtype.kind not in "iuf" or len(array) < 32 or not array.size:
        return None
    table = array.reshape(len(array), -1)
    lows, highs = table.min(axis=0), table.max(axis=0)
    if -lows.min() < _LEAST and highs.max() < _LEAST:  # as mostly; to look each up takes longer
        return None
    for column in np.flatnonzero(np.isin(lows, _PLACEHOLDERS) | np.isin(highs, _PLACEHOLDERS)):
        values = table[:, column]
        for value in (lows[column], highs[column]):
            rest = values[values != value]
            count = len(values) - len(rest)
            if (
                value not in _PLACEHOLDERS
                or count < max(_FEWEST_PLACES, _SHARE_OF_PLACES * len(values))
                or not len(rest)
            ):
                continue
            width, gap = float(np.ptp(rest)), float(np.abs(rest - value).min())
            if gap > width > 0:
                return float(value), int(column), count
    return None


def unscaled_target(case: Case) -> Iterator[Seen]:
    several = sum(head.is_regression for head in case.heads) > 1
    if sum(map(has_kernel, case.network.layers)) < 2 or (several and case.has_losses_apart()):
        return  # a line through the data: the step size alone decides; of two regressions, how they differ
    for head in case.heads:
        y = head.finite_y()
        if y is None or head.loss not in REGRESSIONS[:4] or head.activation not in ("linear", "relu", "softplus"):
            continue
        if max(y.max(), -y.min()) <= 100:
            continue
        mean, std = float(abs(y.mean())), float(y.std())
        if max(mean, std) > 100 and not (std <= 100 and _starts_there(head)):
            yield seen(
                head.layer, f"The targets have mean {y.mean():.4g} and standard deviation {std:.4g}, far from the outputs of a "
                "fresh network.", "y = (y - y.mean()) / y.std(), undone after predict.", mean=mean, std=std,
            )  # fmt: skip


def _starts_there(head: Head) -> bool:
    """Whether the outputs of the fresh network have the mean of the targets, as by a bias that begins there."""
    outputs, truth = head.predictions, head.truth
    if (
        outputs is None
        or truth is None
        or not outputs.size
        or outputs.dtype.kind != "f"
        or truth.dtype.kind not in "biuf"
    ):
        return False
    return bool(abs(truth.astype("float64").mean() - outputs.mean()) <= 100)


def validation_scale(case: Case) -> Iterator[Seen]:
    numbers = case.y if case.heads and all(head.is_regression for head in case.heads) else {}
    for name, array in {**case.x, **numbers}.items():
        later = case.validation.get(name)
        if (
            later is None
            or min(len(array), len(later)) < _FEWEST_ROWS
            or {array.dtype.kind, later.dtype.kind} - set("iuf")
        ):
            continue
        sizes = [np.abs(a[:_MOST_ROWS].astype("float64")) for a in (array, later)]
        ratios = [float(of(sizes[1]) / max(of(sizes[0]), 1e-12)) for of in (np.mean, np.max)]
        if all(20 < r < np.inf for r in ratios) or all(0 < r < 0.05 for r in ratios):
            yield seen(
                None, f"{name} of the validation data is {ratios[0]:.3g} times as large as that of the training data: was one of "
                "them scaled, and the other not?", f"validation_data on the scale of {name}, by the same numbers.",
                ratio=ratios[0],
            )  # fmt: skip


def _first_calls(case: Case) -> list[Call]:
    """The calls of trained layers with a kernel that no other weights feed. Without a graph, the first with any weights."""
    if case.network.graph is not None:
        first = {id(layer) for layer in case.network.feeding_data()}
        found = [call for call in case.calls or case.given if id(call.layer) in first]
    else:
        found = [call for call in case.calls if case.network.weights.get(id(call.layer))][:1]
    return [
        call for call in found if has_kernel(call.layer) and id(call.layer) in case.network.trained and call.inputs.size
    ]


def _scaled(case: Case, call: Call, is_picture: bool = False) -> str:
    """How what a layer is given is brought to values around 1: by a statement on the input, where that is at hand."""
    front = "a Rescaling(1 / 255)" if is_picture else "a Normalization"
    name = _name_of(case, call)
    if name is None or case.setting.is_stream:
        adapted = "" if is_picture else ", adapted to its data,"
        return f"{front} layer{adapted} before {call.layer.name}."
    if is_picture:
        return f"{name} = {name} / 255"
    if _are_numbers_of_things(case.x[name]):
        return (
            f"layers.Embedding({int(case.x[name].max()) + 1}, 32) in front, if these are numbers of words or things; of amounts "
            f"{name} = ({name} - {name}.mean(axis=0)) / {name}.std(axis=0)."
        )
    return f"{name} = ({name} - {name}.mean(axis=0)) / ({name}.std(axis=0) + 1e-7), or {front} layer in front."


def _are_numbers_of_things(x: np.ndarray) -> bool:
    """Whether the columns are all whole numbers from one range that is wide."""
    if x.dtype.kind not in "iuf" or x.ndim != 2 or x.shape[1] < 2 or len(x) < 32 or x.min() < 0 or x.max() <= 255:
        return False
    if not is_whole(x):
        return False
    return bool(x.max(axis=0).min() > 0.8 * x.max() and x.min(axis=0).max() < 0.2 * x.max())


def _name_of(case: Case, call: Call) -> str | None:
    """The name of the input that a layer is given as it is; that of the only one; None if neither is known."""
    if len(case.x) == 1:
        name = next(iter(case.x))
        return None if " " in name else name  # no name, but words for what a lookup gives
    first = call.inputs[0].reshape(-1).astype("float32")
    same = [name for name, a in case.x.items() if a.dtype.kind in "biuf" and a[0].size == first.size]
    return next((n for n in same if np.array_equal(case.x[n][0].reshape(-1).astype("float32"), first)), None)


def _spreads(values: np.ndarray) -> dict[int, float] | None:
    """The columns of a table with the smallest and the largest standard deviation, among those that take many values, with these;
    None if they are not apart by more than 1000."""
    if values.ndim != 2 or len(values) < 32:
        return None
    spreads = values.std(axis=0)
    order = np.argsort(spreads)[np.count_nonzero(spreads == 0) :]
    if not len(order) or spreads[order[-1]] <= 1e3 * spreads[order[0]]:
        return None  # nor are some of them
    large = next((n for n in reversed(order) if takes_many(values[:, n])), order[0])
    small = next(n for n in order if 1e3 * spreads[n] >= spreads[large] or takes_many(values[:, n]))
    return {int(n): float(spreads[n]) for n in (small, large)} if spreads[large] > 1e3 * spreads[small] else None


def _made_by(case: Case, call: Call, most: float) -> Seen | None:
    """What is to be said of the layer in front, where it is that which brings values out of scale."""
    before = case.network.sources.get(id(call.layer), [])
    while len(before) == 1 and kind(before[0]) in PASSING:
        before = case.network.sources[id(before[0])]
    given = next((c for c in case.calls if before and c.layer is before[0] and c.outputs.size), None)
    if given is None or most <= 10 or given.inputs.dtype.kind not in "iuf":
        return None
    layer = given.layer
    is_off = most > 50 or given.outputs.std() > 10 or abs(given.outputs.mean()) > 10
    if kind(layer) == "Normalization" and is_off:
        was = "was not adapted" if _is_fresh(layer) else "was adapted to other data"
        return seen(
            given.path, f"{layer.name} {was}: what it gives has mean {given.outputs.mean():.4g} and standard deviation "
            f"{given.outputs.std():.4g}.", f"{layer.name}.adapt(x) before the training, on the x that it is given.",
            mean=float(given.outputs.mean()), std=float(given.outputs.std()),
        )  # fmt: skip
    return None


def _shifted(case: Case) -> Iterator[Seen]:
    """Layers that change their inputs while the network is trained, and there leave nothing of them."""
    for call in case.calls:
        layer = call.layer
        if not (kind(layer) in _SHIFTING or kind(layer).startswith("Random")) or call.inputs.dtype.kind != "f":
            continue
        with engine.quiet(), StateScope():  # it draws numbers
            made = np.asarray(engine.numpy(layer(engine.tensor(call.inputs), training=True)))
        size, most = float(np.abs(call.inputs).max()), float(np.abs(made).max())
        if most > max(10, 5 * size):
            yield seen(
                call.path, f"While it is trained, {layer.name} makes values up to {most:.4g} of such up to {size:.4g}: what it "
                "adds is all that is seen.", "value_range=(0, 1), the range of x." if hasattr(layer, "value_range")
                else f"a smaller argument of {kind(layer)}.", given=size, made=most,
            )  # fmt: skip
            return


def _is_fresh(layer: Any) -> bool:
    """Whether a Normalization has the mean 0 and variance 1 that it begins with."""
    mean, variance = getattr(layer, "mean", None), getattr(layer, "variance", None)
    return mean is None or variance is None or bool(np.all(values_of(mean) == 0) and np.all(values_of(variance) == 1))


def _comes_trained(case: Case, layer: Any) -> bool:
    """Whether a layer of a large network, or of one within the network, has its weights from elsewhere: no step has been made
    with this optimizer, and yet its bias, or means that are kept behind it, are no longer 0."""
    is_large = len(case.network.layers) >= _LARGE or case.network.is_within(layer)
    if not is_large or case.optimizer is None or int(case.optimizer.iterations.numpy()):
        return False
    bias = getattr(layer, "bias", None)
    starts_plain = kind(getattr(layer, "bias_initializer", None)) == "Zeros"
    means = [w for held in case.network.weights.values() for w in held if w.name == "moving_mean"]
    return any(np.any(w.numpy()) for w in ([bias] if bias is not None and starts_plain else []) + means)


def unnormalised_input(case: Case) -> Iterator[Seen]:
    for shifted in _shifted(case):
        yield shifted
        return
    for call in _first_calls(case):
        values = call.inputs.astype("float64")
        most = float(max(values.max(), -values.min()))
        if not np.isfinite(most):
            continue
        if (made := _made_by(case, call, most)) is not None:
            yield made
            return
        if most > 10 and _comes_trained(case, call.layer):
            return  # the scale is that of its training
        mean, std = (float(values.mean()), float(values.std())) if most > 10 else (0.0, 0.0)  # no more than that
        spreads = _spreads(values)
        if spreads and std <= 10 and abs(mean) <= 10 and most <= 50:
            (small, smallest), (large, largest) = spreads.items()
            yield seen(
                call.path, f"The columns that {call.layer.name} is given have standard deviations from {smallest:.3g} (column "
                f"{small}) to {largest:.3g} (column {large}): the small ones are not seen.", _scaled(case, call),
                smallest=smallest, largest=largest, columns=[small, large],
            )  # fmt: skip
        if std > 10 or abs(mean) > 10 or most > 50:
            is_picture = bool(values.min() >= 0 and most <= 255) and "Conv" in kind(call.layer)
            yield seen(
                call.path, f"What {call.layer.name} is given has mean {mean:.4g}, standard deviation {std:.4g} and values up to "
                f"{most:.4g}; layers start out for values around 1.", _scaled(case, call, is_picture),
                mean=mean, std=std, largest=most,
            )  # fmt: skip


def tiny_input(case: Case) -> Iterator[Seen]:
    for call in _first_calls(case):
        if not call.inputs.max() - call.inputs.min() < 0.2:
            continue
        std = float(call.inputs.std())
        scales = [
            layer for layer in case.network.layers if kind(layer) == "Rescaling" and np.max(np.abs(layer.scale)) < 0.1
        ]
        fix = (
            f"leave out {scales[0].name}: x is scaled already."
            if scales
            else "scale x once, to values around 1: x = x / x.std()"
        )
        if 0 < std < 0.02 and np.abs(call.inputs - call.inputs.mean()).max() < 0.1:
            yield seen(
                call.path, f"What {call.layer.name} is given has a standard deviation of {std:.2g}: was it scaled twice?",
                fix, std=std,
            )  # fmt: skip


RULES = (
    Rule(
        "placeholder-values", DATA, "warning", "a column of x, or the targets of a regression, with a number such as -999 in 3 "
        "rows or more that is farther from the others than these are apart", placeholder_values, "practice with tables",
        REGRESSION.format(change="x[::20, 3] = -999"), REGRESSION.format(change="x[::20, 3] = 0"),
    ),
    Rule(
        "unscaled-target", DATA, "warning", "regression by several layers, a linear or relu output, and targets whose "
        "mean or deviation is beyond 100",
        unscaled_target, "TheDeepChecker; SO 52800582", REGRESSION.format(change="y = 1000 * y"), REGRESSION.format(change=""),
        ("relu-output-negative-targets", "output-range", "placeholder-values"),
    ),
    Rule(
        "validation-scale", DATA, "warning", "validation inputs, or targets of a regression, that are on average, and at most, "
        "20 times as large as those of training, or a twentieth", validation_scale, "practice with pictures",
        REGRESSION.format(change="options = dict(validation_data=(255 * x[:64], y[:64])); x = x[64:]; y = y[64:]"),
        REGRESSION.format(change="options = dict(validation_data=(2 * x[:64], y[:64])); x = x[64:]; y = y[64:]"),
    ),
    Rule(
        "unnormalised-input", PASS, "warning", "the first layer with a kernel is given values of deviation or mean beyond 10, or "
        "beyond 50, or columns whose deviations are apart by more than 1000", unnormalised_input, "UMLAUT",
        REGRESSION.format(change="x = 100 * x"), REGRESSION.format(change=""),
    ),
    Rule(
        "tiny-input", PASS, "warning", "the first layer with a kernel is given values of deviation below 0.02", tiny_input,
        "TheDeepChecker", REGRESSION.format(change="x = x / 255"), REGRESSION.format(change=""),
    ),
)  # fmt: skip
