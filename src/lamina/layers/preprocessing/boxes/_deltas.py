"""Boxes told as differences from anchors, as detectors learn them."""

from typing import Any

from lamina import _settings, ops
from lamina._checks import check_one_of
from lamina._public import public

from ._formats import convert_format

_CENTERED = ("center_xywh", "center_yxhw")


def _variance(variance: Any, where: str) -> Any:
    if variance is None:
        return None
    variance = ops.convert_to_tensor(variance, "float32")
    if variance.ndim == 0 or variance.shape[-1] != 4:
        raise ValueError(f"{where}: variance must be four numbers; got shape {tuple(variance.shape)}.")
    return variance


def size_of(image_shape: Any) -> dict[str, Any]:
    """Height and width of `(height, width, channels)`, or None."""
    return {} if image_shape is None else {"height": image_shape[0], "width": image_shape[1]}


@public("utils.bounding_boxes.encode_box_to_deltas")
def encode_box_to_deltas(
    anchors: Any,
    boxes: Any,
    anchor_format: str,
    box_format: str,
    encoding_format: str = "center_yxhw",
    variance: Any = None,
    image_shape: Any = None,
) -> Any:
    """Boxes told as differences from anchors.

    Of the middle, the difference in parts of the anchor's size; of the size, the logarithm of the ratio.

    Args:
        anchors: `(anchors, 4)`.
        boxes: `(anchors, 4)` or `(batch, anchors, 4)`.
        anchor_format, box_format: formats of both, as `convert_format` knows them.
        encoding_format: "center_yxhw" or "center_xywh", the order of the result.
        variance: four numbers that the differences are divided by, or None.
        image_shape: `(height, width, channels)`, needed for relative formats.

    Returns: as `boxes`, float32. Raises ValueError for other formats and variances.
    Reference: Ren et al., Faster R-CNN, 2015, https://arxiv.org/abs/1506.01497.
    """
    check_one_of(encoding_format, _CENTERED, "encoding_format", "encode_box_to_deltas")
    variance = _variance(variance, "encode_box_to_deltas")
    size = size_of(image_shape)
    anchors = convert_format(anchors, anchor_format, encoding_format, **size)
    boxes = convert_format(boxes, box_format, encoding_format, **size)
    least = _settings.epsilon()
    anchor_sizes, sizes = ops.maximum(anchors[..., 2:], least), ops.maximum(boxes[..., 2:], least)
    middles = (boxes[..., :2] - anchors[..., :2]) / anchor_sizes
    deltas = ops.concatenate([middles, ops.log(sizes / anchor_sizes)], axis=-1)
    return deltas if variance is None else deltas / variance


@public("utils.bounding_boxes.decode_deltas_to_boxes")
def decode_deltas_to_boxes(
    anchors: Any,
    boxes_delta: Any,
    anchor_format: str,
    box_format: str,
    encoded_format: str = "center_yxhw",
    variance: Any = None,
    image_shape: Any = None,
) -> Any:
    """Boxes from their differences to anchors: the inverse of `encode_box_to_deltas`.

    Args:
        anchors: `(anchors, 4)`, or a dict of such by level.
        boxes_delta: `(anchors, 4)` or `(batch, anchors, 4)`, or a dict of such by level.
        anchor_format, box_format: format of the anchors, and of the result.
        encoded_format: "center_yxhw" or "center_xywh", the order of the differences.
        variance: four numbers that the differences are multiplied with, or None.
        image_shape: `(height, width, channels)`, needed for relative formats.

    Returns: as `boxes_delta`. Raises ValueError for other formats and variances.
    """
    check_one_of(encoded_format, _CENTERED, "encoded_format", "decode_deltas_to_boxes")
    variance = _variance(variance, "decode_deltas_to_boxes")
    size = size_of(image_shape)

    def decoded(anchor: Any, delta: Any) -> Any:
        anchor = convert_format(anchor, anchor_format, encoded_format, **size)
        delta = ops.convert_to_tensor(delta) if variance is None else ops.multiply(delta, variance)
        middle = delta[..., :2] * anchor[..., 2:] + anchor[..., :2]
        boxes = ops.concatenate([middle, ops.exp(delta[..., 2:]) * anchor[..., 2:]], axis=-1)
        return convert_format(boxes, encoded_format, box_format, **size)

    if isinstance(anchors, dict) and isinstance(boxes_delta, dict):
        return {level: decoded(anchor, boxes_delta[level]) for level, anchor in anchors.items()}
    return decoded(anchors, boxes_delta)
