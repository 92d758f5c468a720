"""`diagnose`: what is wrong with a network, told before it is trained."""

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np

from lamina import ops, tree
from lamina._public import public
from lamina.diagnosis import Case, Head, Report, judge
from lamina.diagnosis._case import Call
from lamina.diagnosis._network import Network, path_of
from lamina.engines import engine
from lamina.layers import Layer
from lamina.variables import StateScope

from ._checks import check_lengths
from ._compile_loss import as_loss
from ._data import StreamData, as_arrays, unpack_x_y_sample_weight
from ._sources import is_stream
from ._stepping import Stepping

_ROWS = 256  # rows of the pass forward and backward


@public("diagnose")
def diagnose(
    model: Any, x: Any, y: Any = None, sample_weight: Any = None, class_weight: Any = None, validation_data: Any = None,
    ignore: Iterable[str] = (),
) -> Report:  # fmt: skip
    """What is wrong with a compiled model and what it is to be trained on.

    One pass forward and backward over at most 256 rows is made; no weight is changed.

    Args:
        model: a compiled model; it is built for the data if it is not built.
        x, y, sample_weight, class_weight, validation_data: as for `fit`. Of batches the first is looked at; a generator that
            runs but once is a batch further then, data sets and loaders are not.
        ignore: ids of rules to leave out.
    Returns: Report, a list of `Finding`, most serious first; empty where nothing was found.
    Raises ValueError for a model that is not compiled, for an unknown rule, and for arrays of different lengths; what the model
        itself raises, if it cannot be called on the data.

    Example:
        >>> model = lamina.Sequential([lamina.Input((4,)), lamina.layers.Dense(1, activation="softmax")])
        >>> model.compile(loss="binary_crossentropy")
        >>> [finding.rule for finding in lamina.diagnose(model, np.eye(4), [0, 1, 0, 1])]
        ['softmax-single-unit']
    """
    if not model.compiled:
        raise ValueError("diagnose: the model is not compiled. Call model.compile(optimizer=..., loss=...) first.")
    weighted = class_weight is not None or sample_weight is not None
    x, y, sample_weight = _arrays(x, y, sample_weight)
    check_lengths(x, y, sample_weight, "diagnose")
    rows = _some_rows(x)
    batch = tuple(tree.map_structure(lambda a: None if a is None else a[rows], part) for part in (x, y, sample_weight))
    _build(model, batch[0])
    network = Network(model)
    calls, outputs = _forward(network, batch[0])
    is_default = type(model).train_step is Stepping.train_step
    heads = _heads(network, outputs, y, weighted)
    validation = {} if validation_data is None or is_stream(validation_data) else _validation(validation_data)
    return judge(
        Case(
            network=network, heads=heads, optimizer=model.optimizer, x=_named("x", x), y=_named("y", y),
            sample_weight=_named("sample_weight", sample_weight), validation=validation, calls=calls,
            gradients=_gradients(model, batch) if is_default else [], is_default=is_default,
        ),
        ignore,
    )  # fmt: skip


def _arrays(x: Any, y: Any, sample_weight: Any) -> tuple[Any, Any, Any]:
    """x, y and sample_weight as NumPy arrays; those of the first batch, where x gives batches."""
    if is_stream(x):
        x, y, sample_weight = unpack_x_y_sample_weight(StreamData(x).peek())
    parts = as_arrays(x, "x"), as_arrays(y, "y"), as_arrays(sample_weight, "sample_weight")
    return tree.map_structure(lambda a: None if a is None else np.asarray(engine.numpy(a)), parts)  # type: ignore[no-any-return]


def _validation(data: Any) -> dict[str, np.ndarray]:
    x, y, _ = _arrays(*unpack_x_y_sample_weight(data))
    return {**_named("x", x), **_named("y", y)}


def _named(name: str, part: Any) -> dict[str, np.ndarray]:
    found = [(path, array) for path, array in tree.flatten_with_path(part) if array is not None]
    return {name + "".join(f"[{key!r}]" for key in path): array for path, array in found}


def _some_rows(x: Any) -> np.ndarray:
    """The places of the batch, spread over the data, which may be sorted."""
    count = len(tree.flatten(x)[0])
    return np.unique(np.linspace(0, count - 1, min(count, _ROWS)).astype(int))


def _has_call(model: Any) -> bool:
    """Whether the model is called as a whole; a step of its own may call its parts alone."""
    return type(model).call is not Layer.call


def _build(model: Any, x: Any) -> None:
    if not model.built and _has_call(model):
        engine.spec(model._spec_call, tree.map_structure(lambda a: engine.Spec(a.shape, a.dtype), x))


# --- the pass -------------------------------------------------------------------------------------------------------


def _forward(network: Network, x: Any) -> tuple[list[Call], list[np.ndarray]]:
    """The calls of the layers that hold no others, and the outputs; nothing of a model that is not called as a whole."""
    model, calls = network.model, []
    if not _has_call(model):
        return [], []
    with _watched(network.layers, calls), StateScope():
        outputs = model._forward(model._host_inputs(x), training=False)
    return calls, [np.asarray(engine.numpy(o)) for o in tree.flatten(outputs)]


@contextmanager
def _watched(layers: list[Any], calls: list[Call]) -> Iterator[None]:
    """While it lasts, calls of the layers are noted."""
    for layer in layers:
        layer.__dict__["call"] = _noting(layer, layer.call, calls)
    try:
        yield
    finally:
        for layer in layers:
            del layer.__dict__["call"]


def _noting(layer: Any, call: Any, calls: list[Call]) -> Any:
    def noted(*args: Any, **kwargs: Any) -> Any:
        outputs = call(*args, **kwargs)
        if args and all(ops.is_tensor(t) and not engine.is_traced(t) for t in (args[0], outputs)):
            values = np.asarray(engine.numpy(args[0])), np.asarray(engine.numpy(outputs))
            if all(v.dtype.kind in "fiu" and v.size for v in values):
                calls.append(Call(layer, path_of(layer), *values))
        return outputs

    return noted


def _gradients(model: Any, batch: tuple[Any, Any, Any]) -> list[tuple[str, Any, np.ndarray]]:
    """The gradient of each trained weight; none where the loss does not take the batch: what is wrong then is told by other
    rules, or by `fit`."""
    variables = model.trainable_variables
    if not variables:
        return []
    x, y, sample_weight = batch

    def loss_of(values: list[Any]) -> Any:
        with StateScope(zip(variables, values)):
            y_pred = model._forward(model._host_inputs(x), training=True)
            return model.compute_loss(x=x, y=y, y_pred=y_pred, sample_weight=sample_weight, training=True)

    try:
        _, gradients = engine.value_and_grad(loss_of)([v.__tensor__() for v in variables])
    except (ValueError, TypeError):
        return []
    return [
        (v.path.rpartition("/")[0], v, np.zeros(v.shape) if g is None else np.asarray(engine.numpy(g)))
        for v, g in zip(variables, gradients)
    ]


# --- the outputs ------------------------------------------------------------------------------------------------------


def _heads(network: Network, outputs: list[np.ndarray], y: Any, weighted: bool) -> list[Head]:
    model = network.model
    targets = tree.flatten(y) if y is not None else []
    ends = network.ends()
    if len(ends) != len(outputs):
        ends = [(None, None)] * len(outputs)
    names = getattr(model, "output_names", None) or [str(i) for i in range(len(outputs))]
    places = range(len(outputs))
    losses = [_for_output(model.loss, i, names, len(outputs)) for i in places]
    if isinstance(y, dict):
        targets = [_for_output(y, i, names, len(outputs)) for i in places]
    metrics = [_metrics(model, i, names, len(outputs)) for i in places]
    return [
        Head(
            path_of(ends[i][0]) if ends[i][0] is not None else None, ends[i][1],
            outputs[i].shape[-1] if outputs[i].ndim > 1 else 1, *_loss(losses[i]),
            targets[i] if len(targets) == len(outputs) else None, outputs[i], metrics[i], weighted,
        )
        for i in places
    ]  # fmt: skip


def _for_output(given: Any, place: int, names: list[str], count: int) -> Any:
    """What an argument of `compile` holds for an output: given once, as a list, or by name."""
    if isinstance(given, dict):
        return given.get(
            names[place], list(given.values())[place] if not set(given) & set(names) and len(given) == count else None
        )
    if isinstance(given, (list, tuple)):
        return given[place] if place < len(given) else None
    return given


def _loss(given: Any) -> tuple[str | None, dict[str, Any]]:
    """The name of a built-in loss and its arguments; None for another."""
    loss = as_loss(given, "loss") if given is not None else None
    function = getattr(loss, "fn", None)
    if not str(getattr(function, "__module__", None)).startswith("lamina.losses"):
        return None, {}
    return function.__name__, dict(loss._fn_kwargs)


def _metrics(model: Any, place: int, names: list[str], count: int) -> tuple[str, ...]:
    config = model._compiled.config or {}
    given = [config.get("metrics"), config.get("weighted_metrics")]
    own = [_for_output(g, place, names, count) if count > 1 else g for g in given if g is not None]
    return tuple(m if isinstance(m, str) else str(getattr(m, "name", type(m).__name__)) for m in tree.flatten(own))
