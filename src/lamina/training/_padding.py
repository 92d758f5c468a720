"""The last batch filled up to the size of the others, with results as if it had not been.

The samples that fill up are masked: losses and metrics that are means over samples leave masked ones out. Where a sample can
reach the others in another way (batch statistics, functions of the user's, sums over the batch), nothing is filled up, and
the smaller batch gets a program of its own.
"""

from typing import Any

from lamina import layers as layers_module
from lamina import losses, metrics, ops, tree
from lamina.ops._masks import get_mask, set_mask

_OVER_THE_BATCH = (losses.Dice, losses.Tversky)


def can_pad(model: Any, kind: str) -> bool:
    """Whether filling up the last batch leaves the results of the step unchanged."""
    if not _are_ours(model) or _has_operations(model):
        return False
    layers = list(model._flatten_layers(include_self=False))
    if any(isinstance(x, layers_module.Lambda) or getattr(x, "stateful", False) for x in layers):
        return False
    if kind == "predict":
        return True
    if kind == "train" and any(isinstance(x, layers_module.BatchNormalization) for x in layers):
        return False
    if any(isinstance(x, layers_module.ActivityRegularization) or x.activity_regularizer is not None for x in layers):
        return False
    outputs = model.__dict__.get("_output_specs") or []
    return len(outputs) == 1 and len(outputs[0].shape) > 1 and _losses_fit(model) and _metrics_fit(model)


def _are_ours(model: Any) -> bool:
    return all(_is_ours(type(x)) for x in (model, *model._flatten_layers(include_self=False)))


def _is_ours(thing: Any) -> bool:
    return getattr(thing, "__module__", "").partition(".")[0] == "lamina"


def _has_operations(model: Any) -> bool:
    """Whether a functional model, or one inside, applies ops to tensors between its layers, or has losses on its tensors."""
    graphs = [x for x in (model, *model._flatten_layers(include_self=False)) if hasattr(x, "_operations")]
    return any(
        graph._further_nodes or not all(isinstance(o, layers_module.Layer) for o in graph._operations)
        for graph in graphs
    )


def _losses_fit(model: Any) -> bool:
    if model._compile_loss is None or model._layer_metrics():
        return False
    return all(
        f is None
        or (
            _is_ours(type(f))
            and not isinstance(f, _OVER_THE_BATCH)
            and f.reduction not in (None, "none")
            and _is_ours(getattr(f, "fn", f))
        )
        for f in model._compile_loss.functions
    )


def _metrics_fit(model: Any) -> bool:
    found = model._compile_metrics.metrics if model._compile_metrics is not None else []
    return all(
        isinstance(m, metrics.MeanMetricWrapper)
        and _is_ours(type(m))
        and _is_ours(m._fn)
        and m._fn.__name__ != "<lambda>"
        for m in found
    )


def only_first(y_pred: Any, count: Any) -> Any:
    """`y_pred` with a mask that lets only the first `count` samples count; with its own mask too, if it has one."""
    if count is None:
        return y_pred
    for p in tree.flatten(y_pred):
        rest = p.shape[1:-1]
        valid = ops.reshape(ops.less(ops.arange(p.shape[0]), count), (p.shape[0],) + (1,) * len(rest))
        valid = ops.broadcast_to(valid, (p.shape[0], *rest))
        own = get_mask(p)
        set_mask(p, valid if own is None else ops.logical_and(own, valid))
    return y_pred


def size_of(x: Any, count: Any = None) -> Any:
    """How many samples of the batch `x` count."""
    if count is not None:
        return ops.cast(count, "float32")
    return int(x.shape[0]) if len(x.shape) else 1


def masks_of(structure: Any) -> list[Any]:
    """The masks of the tensors of a structure, in flat order."""
    return [get_mask(x) for x in tree.flatten(structure)]


def set_masks(structure: Any, masks: list[Any]) -> None:
    for x, mask in zip(tree.flatten(structure), masks):
        if mask is not None:
            set_mask(x, mask)
