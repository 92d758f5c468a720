"""Layers that a step of one's own leaves as they are."""

from typing import Any

import numpy as np

from lamina import ops, tree
from lamina.diagnosis._network import Network, path_of
from lamina.engines import engine
from lamina.variables import StateScope

from .._stepping import Stepping
from ._pass import fixed_batch, has_call, some_rows, take

_ROWS = 32


def still_layers(model: Any, data: Any, before: list[tuple[Any, np.ndarray]]) -> list[str]:
    """The paths of the layers of which no weight has changed, though others have and the loss depends on them.

    Layers of models within the model are left out: these may be trained on their own, or are there as they are.

    Args:
        data: x, y and sample_weight.
        before: the weights that are to be trained, with what they were.
    """
    unmoved = {id(v) for v, old in before if np.array_equal(v.numpy(), old)}
    if not unmoved or len(unmoved) == len(before) or not has_call(model):
        return []
    network = Network(model)
    inner = {
        id(layer)
        for part in model._flatten_layers(include_self=False)
        if issubclass(type(part), Stepping)
        for layer in part._flatten_layers(include_self=False)
    }
    still = [
        (layer, weights)
        for layer in network.layers
        if id(layer) not in inner and (weights := layer.trainable_weights) and all(id(w) in unmoved for w in weights)
    ]
    return [path_of(layer) for layer, weights in still if _is_felt(model, network, data, weights)]


def _is_felt(model: Any, network: Network, data: Any, weights: list[Any]) -> bool:
    """Whether the compiled loss, or where there is none the outputs, depend on some weights."""
    x, y, sample_weight = take(data, some_rows(len(tree.flatten(data[0])[0]), fixed_batch(network) or _ROWS))

    def loss_of(values: list[Any]) -> Any:
        with StateScope(zip(weights, values)):
            outputs = model._forward(model._host_inputs(x), training=True)
            if model.loss is not None:
                return model.compute_loss(x=x, y=y, y_pred=outputs, sample_weight=sample_weight, training=True)
            return sum(ops.mean(ops.square(o)) for o in tree.flatten(outputs))

    with engine.quiet(), np.errstate(all="ignore"):
        _, gradients = engine.value_and_grad(loss_of)([w.__tensor__() for w in weights])
    return any(g is not None and np.any(engine.numpy(g)) for g in gradients)
