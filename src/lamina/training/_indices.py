"""Indices that an Embedding has no vector for, found in the data before anything runs.

A compiled step is a poor place to notice them: jax gives NaN, torch an error without a name.
"""

from collections.abc import Iterator
from typing import Any

import numpy as np

from lamina import tree
from lamina.layers import Embedding


def check_indices(model: Any, x: Any, where: str) -> None:
    """Raises ValueError, naming layer and input, if an array that goes straight into an Embedding holds other indices."""
    for layer, name, array in _read_directly(model, x):
        if not array.size or array.dtype.kind not in "iuf":
            continue
        least, largest = array.min(), array.max()
        if not np.isfinite(largest):
            raise ValueError(
                f'{where}: x holds {largest} for the input "{name}" of Embedding "{layer.name}", which takes indices.'
            )
        if largest >= layer.input_dim or least < -layer.input_dim:
            worst = largest if largest >= layer.input_dim else least
            raise ValueError(
                f'{where}: x holds the index {int(worst)} for the input "{name}" of Embedding "{layer.name}", which has vectors '
                f"for 0 to {layer.input_dim - 1} (input_dim={layer.input_dim})."
            )


def _read_directly(model: Any, x: Any) -> Iterator[tuple[Any, str, np.ndarray]]:
    inputs = tree.flatten(getattr(model, "inputs", None) or [])
    embeddings = [layer for layer in getattr(model, "layers", ()) if isinstance(layer, Embedding) and layer.built]
    if not inputs or not embeddings:
        return
    if isinstance(x, dict):
        arrays = [x.get(tensor.name) for tensor in inputs]
    else:
        arrays = tree.flatten(x)
    place = {id(tensor): k for k, tensor in enumerate(inputs)}
    for layer in embeddings:
        for node in layer._inbound_nodes:
            k = place.get(id(next(iter(node.input_tensors), None)))
            if k is not None and k < len(arrays) and isinstance(arrays[k], np.ndarray):
                yield layer, inputs[k].name, arrays[k]
