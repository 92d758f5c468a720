"""Boxes after their image was cut, moved, turned, stretched or sheared."""

import math
from typing import Any

from lamina import ops
from lamina._checks import check_one_of
from lamina._public import public
from lamina._typing import Tensor, TensorLike

from ._formats import joined, parts


@public("utils.bounding_boxes.clip_to_image_size")
def clip_to_image_size(
    bounding_boxes: dict[str, Any], height: Any = None, width: Any = None, bounding_box_format: str = "xyxy"
) -> dict[str, Any]:
    """Boxes without what lies outside the image; labels of boxes of which nothing is left become -1.

    Args:
        bounding_boxes: dict with "boxes" `(..., 4)` and perhaps "labels" `(...)`.
        height, width: of the image, needed for "xyxy".
        bounding_box_format: "xyxy" or "rel_xyxy".

    Returns: a like dict. Raises ValueError for another format and a size that is missing.

    Example:
        >>> boxes = {"boxes": ops.array([[-5.0, 2.0, 4.0, 20.0]]), "labels": ops.array([3])}
        >>> utils.bounding_boxes.clip_to_image_size(boxes, height=10, width=10)["boxes"]
        Tensor([[ 0.,  2.,  4., 10.]], dtype=float32)
    """
    check_one_of(bounding_box_format, ("xyxy", "rel_xyxy"), "bounding_box_format", "clip_to_image_size")
    boxes = ops.convert_to_tensor(bounding_boxes["boxes"])
    if bounding_box_format == "rel_xyxy":
        height = width = 1
    elif height is None or width is None:
        raise ValueError("clip_to_image_size: `height` and `width` must be given for bounding_box_format='xyxy'.")
    boxes = within(boxes, height, width)
    clipped = {**bounding_boxes, "boxes": boxes}
    if bounding_boxes.get("labels") is not None:
        labels = ops.convert_to_tensor(bounding_boxes["labels"])
        area = (boxes[..., 2] - boxes[..., 0]) * (boxes[..., 3] - boxes[..., 1])
        clipped["labels"] = ops.where(area > 0, labels, ops.full_like(labels, -1))
    return clipped


def within(boxes: Any, height: Any, width: Any) -> Any:
    """Corners brought into the image."""
    bounds = [ops.cast(v, boxes.dtype) for v in (width, height, width, height)]
    return joined(ops.clip(p, ops.zeros_like(b), b) for p, b in zip(parts(boxes), bounds))


def _only_xyxy(bounding_box_format: str, where: str) -> None:
    check_one_of(bounding_box_format, ("xyxy",), "bounding_box_format", where)


@public("utils.bounding_boxes.crop")
def crop(boxes: TensorLike, top: Any, left: Any, height: Any, width: Any, bounding_box_format: str = "xyxy") -> Tensor:
    """Boxes in a window of their image, without what lies outside the window.

    Args:
        boxes: `(..., 4)`.
        top, left, height, width: the window, numbers.
        bounding_box_format: "xyxy".

    Returns: as `boxes`, in pixels of the window. Raises ValueError for another format.
    """
    _only_xyxy(bounding_box_format, "crop")
    return within(pad(boxes, -top, -left), height, width)


@public("utils.bounding_boxes.pad")
def pad(
    boxes: TensorLike, top: Any, left: Any, height: Any = None, width: Any = None, bounding_box_format: str = "xyxy"
) -> Tensor:
    """Boxes of an image that was given margins.

    Args:
        boxes: `(..., 4)`.
        top, left: margins above and to the left, numbers.
        height, width: of the result; they change nothing.
        bounding_box_format: "xyxy".

    Returns: as `boxes`. Raises ValueError for another format.
    """
    _only_xyxy(bounding_box_format, "pad")
    return joined(p + s for p, s in zip(parts(ops.convert_to_tensor(boxes)), (left, top, left, top)))


@public("utils.bounding_boxes.affine_transform")
def affine_transform(
    boxes: TensorLike,
    angle: Any,
    translate_x: Any,
    translate_y: Any,
    scale: Any,
    shear_x: Any,
    shear_y: Any,
    height: Any,
    width: Any,
    center_x: Any = None,
    center_y: Any = None,
    bounding_box_format: str = "xyxy",
) -> Tensor:
    """The smallest upright boxes around boxes whose images were sheared, turned, scaled and moved about a point.

    Args:
        boxes: `(batch, boxes, 4)`.
        angle: by which images are turned counterclockwise, in degrees, `(batch,)`.
        translate_x, translate_y: parts of the width and height by which they are moved, `(batch,)`.
        scale: `(batch,)`; above one, images shrink.
        shear_x, shear_y: in degrees, `(batch,)`.
        height, width: of the images.
        center_x, center_y: the point, in parts of the width and height; None: the middle.
        bounding_box_format: "xyxy".

    Returns: as `boxes`. Raises ValueError for another format.
    """
    _only_xyxy(bounding_box_format, "affine_transform")
    angle, scale, across, down = (ops.convert_to_tensor(v, "float32") for v in (angle, scale, shear_x, shear_y))
    move_x, move_y = (ops.convert_to_tensor(v, "float32") for v in (translate_x, translate_y))
    turn, across, down = (-v * (math.pi / 180) for v in (angle, across, down))
    x = (0.5 if center_x is None else center_x) * (width - 1)
    y = (0.5 if center_y is None else center_y) * (height - 1)
    # The inverse of a rotation after two shears, as torchvision and Keras write it.
    a = ops.cos(turn - down) / ops.cos(down)
    b = a * ops.tan(across) + ops.sin(turn)
    c = -ops.sin(turn - down) / ops.cos(down)
    d = ops.cos(turn) - c * ops.tan(across)
    from_x, from_y = x - move_x * (width - 1), y - move_y * (height - 1)
    row_x = (d * scale, -b * scale, x - d * scale * from_x + b * scale * from_y)
    row_y = (-c * scale, a * scale, y + c * scale * from_x - a * scale * from_y)
    one, none = ops.ones_like(a), ops.zeros_like(a)
    return projected(boxes, ops.stack([*row_x, *row_y, none, none, one], axis=-1))


def projected(boxes: TensorLike, matrix: Any) -> Any:
    """The smallest upright boxes around where a projection `(batch, 9)` of the plane sends corners of `(batch, boxes, 4)`."""
    left, top, right, bottom = parts(ops.convert_to_tensor(boxes))
    xs, ys = ops.concatenate([left, right, right, left], -1), ops.concatenate([top, top, bottom, bottom], -1)
    m = [ops.reshape(matrix[:, i], (-1, 1, 1)) for i in range(9)]
    k = m[6] * xs + m[7] * ys + m[8]
    new_x, new_y = (m[0] * xs + m[1] * ys + m[2]) / k, (m[3] * xs + m[4] * ys + m[5]) / k
    low = [ops.min(v, axis=-1, keepdims=True) for v in (new_x, new_y)]
    return joined(low + [ops.max(v, axis=-1, keepdims=True) for v in (new_x, new_y)])


def inverse(projection: Any) -> Any:
    """`(batch, 9)`: back from where a projection `(batch, 8)`, of a ninth number one, sends the plane; up to a factor."""
    a, b, c, d, e, f, g, h = (projection[:, i] for i in range(8))
    adjugate = (
        e - f * h, c * h - b, b * f - c * e,
        f * g - d, a - c * g, c * d - a * f,
        d * h - e * g, b * g - a * h, a * e - b * d,
    )  # fmt: skip
    return ops.stack(adjugate, axis=-1)
