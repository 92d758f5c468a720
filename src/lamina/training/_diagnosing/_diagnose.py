"""`diagnose`: what is wrong with a network, told before it is trained."""

from collections.abc import Iterable
from typing import Any

import numpy as np

from lamina import tree
from lamina._public import public
from lamina.config._diagnosis import ignored_rules
from lamina.diagnosis._case import Case, Setting
from lamina.diagnosis._head import Head
from lamina.diagnosis._judge import judge
from lamina.diagnosis._network import Network
from lamina.diagnosis._report import Report
from lamina.engines import engine

from .._checks import check_lengths, class_weights_to_sample_weights
from .._data import StreamData, as_arrays, split, unpack_x_y_sample_weight
from .._host_outputs import HOST_OUTPUTS
from .._sources import is_stream
from .._stepping import Stepping
from ._answering import answering
from ._heads import heads_of
from ._pass import MOST_ROWS, Look, fixed_batch, given_calls, has_call, look_at, some_rows, take, telling_rows
from ._trace import trace


@public("diagnose")
def diagnose(
    model: Any, x: Any, y: Any = None, sample_weight: Any = None, class_weight: Any = None, validation_data: Any = None,
    ignore: Iterable[str] = (), *, validation_split: float = 0.0, batch_size: int | None = None, shuffle: bool = True,
    epochs: int | None = None,
) -> Report:  # fmt: skip
    """What is wrong with a compiled model and what it is to be trained on.

    One pass forward and backward over at most 256 rows is made; no weight is changed.

    Args:
        model: a compiled model; it is built for the data if it is not built.
        x, y, sample_weight, class_weight, validation_data: as for `fit`. Of batches the first is looked at; a generator that
            runs but once is a batch further then, data sets and loaders are not.
        ignore: ids of rules to leave out, beside those of `config.set_diagnosis`.
        validation_split, batch_size, shuffle, epochs: as for `fit`.
    Returns: Report, a list of `Finding`, most serious first; empty where nothing was found.
    Raises ValueError for a model that is not compiled, for an unknown rule, and for arrays of different lengths; what the model
        itself raises, if it cannot be called on the data.

    Example:
        >>> model = lamina.Sequential([lamina.layers.Dense(1, activation="softmax")])
        >>> model.compile(loss="binary_crossentropy")
        >>> [finding.rule for finding in lamina.diagnose(model, np.eye(4), [0, 1, 0, 1])]
        ['softmax-single-unit']
    """
    if not model.compiled:
        raise ValueError("diagnose: the model is not compiled. Call model.compile(optimizer=..., loss=...) first.")
    weighted = class_weight is not None or sample_weight is not None
    streams = is_stream(x)
    x, y, sample_weight = _arrays(x, y, sample_weight)
    check_lengths(x, y, sample_weight, "diagnose")
    if class_weight is not None and not streams:
        sample_weight = class_weights_to_sample_weights(y, class_weight, sample_weight)
    validation: Any = None
    if validation_data is not None and not is_stream(validation_data):
        validation = _arrays(*unpack_x_y_sample_weight(validation_data))
    elif validation_split and validation_data is None:
        kept, validation = split((x, y, sample_weight), validation_split)
        x, y, sample_weight = kept
    size = len(tree.flatten(x)[0])
    network = Network(model)
    fixed = fixed_batch(network)
    rows = telling_rows(x, size) if fixed is None else some_rows(size, fixed)
    batch = take((x, y, sample_weight), rows)
    if not model.built:
        _build(model, batch[0])
        network = Network(model)
    is_default = type(model).train_step is Stepping.train_step
    look = look_at(network, batch, MOST_ROWS, is_default)
    look.places = None if streams else rows
    steps = None if epochs is None or streams else epochs * -(-size // (batch_size or 32))
    setting = Setting(
        None if streams else batch_size or 32,
        bool(shuffle),
        bool(validation_split),
        steps,
        is_stream=streams,
        class_weight=class_weight,
    )
    case = case_of(
        network, (x, y, sample_weight), validation, look, heads_of(network, shapes_of(network, look), y, weighted, look),
        is_default=is_default, setting=setting,
    )  # fmt: skip
    found = judge(case, {*ignore, *ignored_rules()})
    if look.error is not None and not found:
        raise look.error
    return found


def shapes_of(network: Network, look: Look) -> list[tuple[Any, ...]]:
    """Those of the outputs, by the pass, or else by the graph."""
    if look.outputs or network.graph is None:
        return [o.shape for o in look.outputs]
    return [tuple(x.shape) for x in network.graph.outputs]


def case_of(network: Network, data: Any, validation: Any, look: Look, heads: list[Head], **known: Any) -> Case:
    """A case of x, y and sample_weight, and of the same for validation, None for none."""
    x, y, sample_weight = data
    if network.graph is None:
        network.take_chain(look.chain)
    losses = {}
    for head in heads if len(heads) > 1 else ():
        if head.judge is not None and head.predictions is not None and head.truth is not None:
            losses[str(head.layer or len(losses))] = head.judge(head.truth, head.predictions) * head.weight
    held_out = {} if validation is None else {**_named("x", validation[0]), **_named("y", validation[1])}
    return Case(
        network=network, optimizer=network.model.optimizer, x=_named("x", x), y=_named("y", y),
        sample_weight=_named("sample_weight", sample_weight), validation=held_out, heads=heads,
        given=given_calls(network, x) if x is not None else [], calls=look.calls, gradients=look.gradients,
        total_loss=look.total_loss, penalty=look.penalty, losses=losses, origin=origin_in(network, look),
        batch=look.batch[0] if look.batch is not None else None, answer=answering(network, look), **known,
    )  # fmt: skip


def origin_in(network: Network, look: Look) -> Any:
    """Where the first value of a pass that is not finite came from; None if all are, and if it cannot be told."""
    outputs = [o for o in look.outputs if o.dtype.kind == "f"]
    values = [*outputs, 0.0 if look.total_loss is None else look.total_loss, *(g for _, _, g in look.gradients)]
    if look.batch is None or all(bool(np.isfinite(v).all()) for v in values):
        return None
    try:
        places = np.arange(len(tree.flatten(look.batch[0])[0])) if look.places is None else look.places
        return trace(network.model, look.batch, places, False)
    except Exception:  # advice stops nobody
        return None


def _arrays(x: Any, y: Any = None, sample_weight: Any = None) -> tuple[Any, Any, Any]:
    """x, y and sample_weight as NumPy arrays; those of the first batch, where x gives batches."""
    if is_stream(x):
        x, y, sample_weight = unpack_x_y_sample_weight(StreamData(x).peek())
    parts = as_arrays(x, "x"), as_arrays(y, "y"), as_arrays(sample_weight, "sample_weight")
    return tree.map_structure(lambda a: None if a is None else np.asarray(engine.numpy(a)), parts)  # type: ignore[no-any-return]


def _named(name: str, part: Any) -> dict[str, np.ndarray]:
    if isinstance(part, dict) and HOST_OUTPUTS in part:
        name, part = f"{name} as it is looked up", part[HOST_OUTPUTS]
        part = part[0] if len(part) == 1 else part
    found = [(path, array) for path, array in tree.flatten_with_path(part) if array is not None]
    return {name + "".join(f"[{key!r}]" for key in path): array for path, array in found}


def _build(model: Any, x: Any) -> None:
    if model.built or not has_call(model):
        return
    if all(a.dtype.kind not in "USO" for a in tree.flatten(x)):
        try:
            engine.spec(model._spec_call, tree.map_structure(lambda a: engine.Spec(a.shape, a.dtype), x))
            return
        except (TypeError, ValueError):  # numbers too may be looked up on values alone
            pass
    model._spec_call(take(x, slice(1)))
