"""How much boxes overlap."""

import math
from typing import Any

from lamina import _settings, ops
from lamina._public import public
from lamina._typing import Tensor, TensorLike

from ._deltas import size_of
from ._formats import convert_format


def _corners(boxes: TensorLike, bounding_box_format: str, image_shape: Any, name: str, where: str) -> Any:
    if image_shape is None and "rel" in bounding_box_format:
        raise ValueError(f"{where}: image_shape must be given for bounding_box_format={bounding_box_format!r}.")
    boxes = ops.convert_to_tensor(boxes)
    if boxes.ndim not in (2, 3):
        raise ValueError(f"{where}: {name} must be (boxes, 4) or (batch, boxes, 4); got shape {tuple(boxes.shape)}.")
    return convert_format(boxes, bounding_box_format, "xyxy", **size_of(image_shape))


def _area(boxes: Any) -> Any:
    return (boxes[..., 2] - boxes[..., 0]) * (boxes[..., 3] - boxes[..., 1])


def _shared(one: Any, two: Any) -> Any:
    """Area of what two arrays of boxes share, one by one."""
    size = ops.minimum(one[..., 2:], two[..., 2:]) - ops.maximum(one[..., :2], two[..., :2])
    return ops.prod(ops.maximum(size, 0.0), axis=-1)


@public("utils.bounding_boxes.compute_iou")
def compute_iou(
    boxes1: TensorLike,
    boxes2: TensorLike,
    bounding_box_format: str,
    use_masking: bool = False,
    mask_val: float = -1,
    image_shape: Any = None,
) -> Tensor:
    """Area that two boxes share, as a part of the area that they cover together, for all pairs.

    Args:
        boxes1: `(m, 4)` or `(batch, m, 4)`.
        boxes2: `(n, 4)` or `(batch, n, 4)`.
        bounding_box_format: as `convert_format` knows it.
        use_masking: whether pairs with a box that has no positive number get `mask_val`.
        mask_val: number.
        image_shape: `(height, width, channels)`, needed for relative formats.

    Returns: `(m, n)` or `(batch, m, n)`, float32. Raises ValueError for other shapes and formats.

    Example:
        >>> utils.bounding_boxes.compute_iou([[0.0, 0.0, 2.0, 2.0]], [[1.0, 0.0, 3.0, 2.0]], "xyxy")
        Tensor([[0.33333334]], dtype=float32)
    """
    one = _corners(boxes1, bounding_box_format, image_shape, "boxes1", "compute_iou")
    two = _corners(boxes2, bounding_box_format, image_shape, "boxes2", "compute_iou")
    one, two = ops.expand_dims(one, -2), ops.expand_dims(two, -3)
    shared = _shared(one, two)
    iou = shared / (_area(one) + _area(two) - shared + _settings.epsilon())
    if not use_masking:
        return iou
    empty = ops.logical_or(ops.max(one, axis=-1) < 0, ops.max(two, axis=-1) < 0)
    return ops.where(empty, ops.full_like(iou, mask_val), iou)


@public("utils.bounding_boxes.compute_ciou")
def compute_ciou(boxes1: TensorLike, boxes2: TensorLike, bounding_box_format: str, image_shape: Any = None) -> Tensor:
    """Overlap of boxes one by one, less for the distance of their middles and for unlike proportions.

    `IoU - d²/c² - α v` with d the distance of the middles, c the diagonal of the box around both,
    `v = 4/π² (arctan(w₂/h₂) - arctan(w₁/h₁))²` and `α = v / (1 - IoU + v)`.

    Args:
        boxes1, boxes2: `(n, 4)` or `(batch, n, 4)`.
        bounding_box_format: as `convert_format` knows it.
        image_shape: `(height, width, channels)`, needed for relative formats.

    Returns: `(n,)` or `(batch, n)`, float32. Raises ValueError for other shapes and formats.
    Reference: Zheng et al., Distance-IoU Loss, 2020, https://arxiv.org/abs/1911.08287.
    """
    least = _settings.epsilon()
    one = _corners(boxes1, bounding_box_format, image_shape, "boxes1", "compute_ciou")
    two = _corners(boxes2, bounding_box_format, image_shape, "boxes2", "compute_ciou")
    (w1, h1), (w2, h2) = ((b[..., 2] - b[..., 0], b[..., 3] - b[..., 1] + least) for b in (one, two))
    shared = _shared(one, two)
    iou = shared / (w1 * h1 + w2 * h2 - shared + 2 * least)
    around = ops.maximum(one[..., 2:], two[..., 2:]) - ops.minimum(one[..., :2], two[..., :2])
    apart = (one[..., :2] + one[..., 2:] - two[..., :2] - two[..., 2:]) / 2
    distance = ops.sum(ops.square(apart), -1) / (ops.sum(ops.square(around), -1) + least)
    v = 4 / math.pi**2 * ops.square(ops.arctan(w2 / h2) - ops.arctan(w1 / h1))
    return iou - distance - v * v / (v - iou + (1 + least))
