"""What a model answers to a few rows, as `predict` would, with the calls of its layers."""

from collections.abc import Callable
from typing import Any

import numpy as np

from lamina import tree
from lamina.diagnosis._case import Answer
from lamina.diagnosis._network import Network
from lamina.engines import engine
from lamina.variables import StateScope

from ._pass import Look, NotedCall, calls_of, fixed_batch, has_call, noting


def answering(network: Network, look: Look) -> Callable[..., Answer | None] | None:
    """A function from some rows of x, and how many times they are asked, to what the model makes of them the last time; it gives
    None where that raises. Each call begins with the same state, that of draws too. None for a model that cannot be asked: its
    pass was not made, as it is not where each shape costs a compilation, or it takes so many rows alone."""
    if look.batch is None or fixed_batch(network) is not None or not has_call(network.model):
        return None

    def answered(x: Any, times: int = 1) -> Answer | None:
        noted: list[NotedCall] = []
        layers = [*network.layers, *_holders(network)]  # what attention makes, none of the layers within makes alone
        try:
            with engine.quiet(), np.errstate(all="ignore"), noting(layers, noted), StateScope():
                for _ in range(times):
                    noted.clear()
                    outputs = network.model._forward(network.model._host_inputs(x), training=False)
        except Exception:  # it may be made for other rows
            return None
        return Answer([np.asarray(engine.numpy(o)) for o in tree.flatten(outputs)], calls_of(noted))

    return answered


def _holders(network: Network) -> list[Any]:
    """The layers that hold others."""
    inner = set(map(id, network.layers))
    others = [layer for layer in network.model._flatten_layers(include_self=False) if id(layer) not in inner]
    return [o for o in others if inner.intersection(map(id, o._flatten_layers(include_self=False)))]
