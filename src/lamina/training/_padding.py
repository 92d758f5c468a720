"""The last batch filled up to the size of the others, with results as if it had not been.

The samples that fill up are masked: losses and metrics that are means over samples leave masked ones out. Where a sample can
reach the others in another way (batch statistics, functions of the user's, sums over the batch), nothing is filled up, and
the smaller batch gets a program of its own.
"""

from typing import Any

from lamina import layers as layers_module
from lamina import losses, metrics, tree

_OVER_THE_BATCH = (losses.Dice, losses.Tversky)
_BATCH_WISE_IN_TRAINING = (layers_module.BatchNormalization, layers_module.Equalization)


def can_pad(model: Any, kind: str) -> bool:
    """Whether filling up the last batch leaves the results of the step unchanged."""
    if not _are_ours(model) or _has_operations(model):
        return False
    layers = list(model._flatten_layers(include_self=False))
    if any(isinstance(x, layers_module.Lambda) or getattr(x, "stateful", False) or _may_mix_samples(x) for x in layers):
        return False
    if _is_told_to_train(layers) and any(isinstance(x, _BATCH_WISE_IN_TRAINING) for x in layers):
        return False
    if kind == "predict":
        return True
    if kind == "train" and any(isinstance(x, layers_module.BatchNormalization) for x in layers):
        return False
    if any(isinstance(x, layers_module.ActivityRegularization) or x.activity_regularizer is not None for x in layers):
        return False
    outputs = model._compiled.outputs
    return len(outputs) == 1 and len(outputs[0].shape) > 1 and _losses_fit(model) and _metrics_fit(model)


def can_join(model: Any) -> bool:
    """Whether the samples of several batches, predicted as one batch, come out as they do from the batches."""
    parts = (model, *model._flatten_layers(include_self=False))
    inputs = [x for part in parts for x in tree.flatten(getattr(part, "inputs", None) or [])]
    return can_pad(model, "predict") and all(x.shape[0] is None for x in inputs)


def _may_mix_samples(layer: Any) -> bool:
    """Whether a layer may compute along the axis of samples: by a function of the user's, by its axis, or on tensors that have
    no other axis."""
    attributes = vars(layer).values()
    if any(callable(x) and not _is_ours(x) for x in attributes):
        return True
    nodes = getattr(layer, "_inbound_nodes", ())
    ranks = {len(x.shape) for node in nodes for x in node.input_tensors}
    axes = [a for name in ("axis", "axes") for a in tree.flatten(getattr(layer, name, None))]
    return 1 in ranks or any(a is not None and (a == 0 or (a < -1 if not ranks else -a in ranks)) for a in axes)


def _is_told_to_train(layers: list[Any]) -> bool:
    """Whether a layer of a graph is called as in training, with what is inside it, whatever the model is called for."""
    return any(node.kwargs.get("training") for x in layers for node in getattr(x, "_inbound_nodes", ()))


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
    if model._compiled.loss is None or model._layer_metrics():
        return False
    return all(
        f is None
        or (
            _is_ours(type(f))
            and not isinstance(f, _OVER_THE_BATCH)
            and f.reduction not in (None, "none")
            and _is_ours(getattr(f, "fn", f))
        )
        for f in model._compiled.loss.functions
    )


def _metrics_fit(model: Any) -> bool:
    found = [] if model._compiled.metrics is None else model._compiled.metrics.metrics
    return all(
        isinstance(m, metrics.MeanMetricWrapper)
        and _is_ours(type(m))
        and _is_ours(m._fn)
        and m._fn.__name__ != "<lambda>"
        for m in found
    )
