"""The ways to write a box down in four numbers."""

from collections.abc import Callable
from typing import Any

from lamina import ops
from lamina._checks import check_one_of
from lamina._public import public
from lamina._typing import DType

Numbers = tuple[Any, Any, Any, Any]

# From the four numbers of a format to left, top, right, bottom; and back.
_TO_CORNERS: dict[str, Callable[[Any, Any, Any, Any], Numbers]] = {
    "xyxy": lambda x1, y1, x2, y2: (x1, y1, x2, y2),
    "yxyx": lambda y1, x1, y2, x2: (x1, y1, x2, y2),
    "xywh": lambda x, y, w, h: (x, y, x + w, y + h),
    "center_xywh": lambda x, y, w, h: (x - w / 2, y - h / 2, x + w / 2, y + h / 2),
    "center_yxhw": lambda y, x, h, w: (x - w / 2, y - h / 2, x + w / 2, y + h / 2),
}
_FROM_CORNERS: dict[str, Callable[[Any, Any, Any, Any], Numbers]] = {
    "xyxy": lambda x1, y1, x2, y2: (x1, y1, x2, y2),
    "yxyx": lambda x1, y1, x2, y2: (y1, x1, y2, x2),
    "xywh": lambda x1, y1, x2, y2: (x1, y1, x2 - x1, y2 - y1),
    "center_xywh": lambda x1, y1, x2, y2: (x1 + (x2 - x1) / 2, y1 + (y2 - y1) / 2, x2 - x1, y2 - y1),
    "center_yxhw": lambda x1, y1, x2, y2: (y1 + (y2 - y1) / 2, x1 + (x2 - x1) / 2, y2 - y1, x2 - x1),
}
FORMATS = (*_TO_CORNERS, "rel_xyxy", "rel_yxyx", "rel_xywh", "rel_center_xywh")


def parts(boxes: Any) -> list[Any]:
    """The four numbers of boxes, each `(..., 1)`."""
    return [boxes[..., i : i + 1] for i in range(4)]


def joined(numbers: Any) -> Any:
    return ops.concatenate(list(numbers), axis=-1)


def _check_format(value: Any, name: str) -> str:
    lower = value.lower() if isinstance(value, str) else value
    check_one_of(lower, FORMATS, name, "convert_format")
    return lower


@public("utils.bounding_boxes.convert_format")
def convert_format(
    boxes: Any, source: str, target: str, height: Any = None, width: Any = None, dtype: DType = "float32"
) -> Any:
    """Boxes written in another format.

    "xyxy" is left, top, right, bottom; "yxyx" top, left, bottom, right; "xywh" left, top, width, height; "center_xywh" and
    "center_yxhw" begin with the middle. With "rel_" before (not for "center_yxhw") the numbers are parts of the image's width
    and height.

    Args:
        boxes: `(..., 4)`; or a dict that holds such "boxes", of which a like dict is returned.
        source, target: names of formats.
        height, width: of the image, needed where only one of the formats is relative.
        dtype: of the result.

    Returns: as `boxes`, `dtype`. Raises ValueError for other shapes and names, and for a size that is missing.

    Example:
        >>> utils.bounding_boxes.convert_format([[10.0, 20.0, 30.0, 60.0]], "xyxy", "center_xywh")
        Tensor([[20., 40., 20., 40.]], dtype=float32)
    """
    if isinstance(boxes, dict):
        return {**boxes, "boxes": convert_format(boxes["boxes"], source, target, height, width, dtype)}
    source, target = _check_format(source, "source"), _check_format(target, "target")
    boxes = ops.cast(ops.convert_to_tensor(boxes), dtype)
    if boxes.ndim == 0 or boxes.shape[-1] != 4:
        raise ValueError(f"convert_format: boxes must be (..., 4); got shape {tuple(boxes.shape)}.")
    if source == target:
        return boxes
    relative = source.startswith("rel_"), target.startswith("rel_")
    numbers = _TO_CORNERS[source.removeprefix("rel_")](*parts(boxes))
    if relative[0] != relative[1]:
        if height is None or width is None:
            raise ValueError(f"convert_format: from {source!r} to {target!r} it must receive `height` and `width`.")
        wide, tall = ops.cast(width, dtype), ops.cast(height, dtype)
        scale = (wide, tall, wide, tall)
        numbers = tuple(n * s if relative[0] else n / s for n, s in zip(numbers, scale))  # type: ignore[assignment]
    return joined(_FROM_CORNERS[target.removeprefix("rel_")](*numbers))
