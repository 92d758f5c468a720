"""Masks travel with tensors, as an attribute; here are the helpers of layers for that."""

from typing import Any

import numpy as np

from lamina import ops, tree
from lamina.ops._masks import get_mask as get_mask
from lamina.ops._masks import set_mask as _set_mask


def set_mask(x: Any, mask: Any) -> Any:
    """`x` carrying `mask`: the same object where it can hold attributes, else a tensor over the same data."""
    if type(x) is np.ndarray:
        x = ops.convert_to_tensor(x)
    _set_mask(x, mask)
    return x


def get_masks(structure: Any) -> Any:
    """The masks of all tensors of a nested structure; None if none carries any."""
    if not tree.is_nested(structure):
        return get_mask(structure)
    masks = tree.map_structure(get_mask, structure)
    return masks if any(m is not None for m in tree.flatten(masks)) else None


def set_masks(outputs: Any, masks: Any) -> Any:
    """The outputs, each carrying its mask; outputs that carry one already keep it."""
    if masks is None:
        return outputs
    if not tree.is_nested(outputs):
        if tree.is_nested(masks):
            masks = next(iter(tree.flatten(masks)), None)
        return outputs if masks is None or get_mask(outputs) is not None else set_mask(outputs, masks)
    flat_masks = tree.flatten(masks)
    flat = tree.flatten(outputs)
    if len(flat_masks) != len(flat):
        return outputs
    return tree.pack_sequence_as(
        outputs, [x if m is None or get_mask(x) is not None else set_mask(x, m) for x, m in zip(flat, flat_masks)]
    )
