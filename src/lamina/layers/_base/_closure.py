"""Layers of old programs whose `call` adds a loss of symbolic tensors that it was not given: a VAE's terms of its latent code."""

from collections.abc import Callable
from typing import Any

from lamina import tree
from lamina.ops._symbolic import KerasTensor, Operation

from ._call import context


class SymbolicLoss(ValueError):
    """A loss that is symbolic although the layer was called with tensors: its call refers to KerasTensors from outside."""


class AddsLosses(Operation):
    """Hands its first argument on; the model that it becomes part of adds the second to its losses."""

    def call(self, outputs: Any, losses: Any) -> Any:
        return outputs

    def compute_output_spec(self, outputs: Any, losses: Any) -> Any:
        return tree.map_structure(lambda x: KerasTensor(x.shape, x.dtype), outputs)


def with_losses_in_sight(layer: Any, call: Callable[..., Any], args: Any, kwargs: Any) -> Any:
    """Calls a layer without weights on the KerasTensors themselves, so that what it closes over becomes part of the graph."""
    outer, context.symbolic_losses = context.symbolic_losses, []
    try:
        outputs = call(*args, **kwargs)
        return AddsLosses(name=layer.name)(outputs, context.symbolic_losses)
    finally:
        context.symbolic_losses = outer
