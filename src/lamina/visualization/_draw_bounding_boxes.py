from typing import Any

import numpy as np

from lamina import ops
from lamina._extras import pillow
from lamina._public import public
from lamina._typing import TensorLike
from lamina.layers.preprocessing.boxes._formats import convert_format

from ._images import as_bytes, batch_of


@public("visualization.draw_bounding_boxes")
def draw_bounding_boxes(
    images: TensorLike,
    bounding_boxes: dict[str, Any],
    bounding_box_format: str,
    class_mapping: dict[int, str] | None = None,
    color: Any = (128, 128, 128),
    line_thickness: int = 2,
    text_thickness: int | None = 1,
    font_scale: float = 1.0,
    data_format: str | None = None,
) -> np.ndarray:
    """Images with boxes drawn on them, by Pillow (extra `image`).

    Args:
        images: `(batch, height, width, channels)`; floats that do not exceed one are parts of 255.
        bounding_boxes: dict of "boxes" `(batch, boxes, 4)`, "labels" `(batch, boxes)`, of which -1 is not drawn, and perhaps
            "confidences" `(batch, boxes)`.
        bounding_box_format: as `utils.bounding_boxes.convert_format` knows it.
        class_mapping: from labels to names, which are written beside the boxes.
        color: of lines and text, three ints.
        line_thickness, text_thickness: in pixels.
        font_scale: size of the text, one being twelve pixels.
        data_format: "channels_last", "channels_first" or None for the default.

    Returns: uint8, channels last. Raises ValueError and TypeError for other shapes and dicts, ImportError without Pillow.
    """
    where = "draw_bounding_boxes"
    x = as_bytes(batch_of(images, data_format, where))
    if not isinstance(bounding_boxes, dict):
        raise TypeError(f"{where}: bounding_boxes must be a dict; got {type(bounding_boxes).__name__}.")
    if not {"boxes", "labels"} <= set(bounding_boxes):
        raise ValueError(f'{where}: bounding_boxes must hold "boxes" and "labels"; got {sorted(bounding_boxes)}.')
    corners = convert_format(bounding_boxes["boxes"], bounding_box_format, "xyxy", *x.shape[1:3])
    boxes, labels = (np.asarray(ops.convert_to_numpy(v)) for v in (corners, bounding_boxes["labels"]))
    texts = _texts(labels, bounding_boxes.get("confidences"), class_mapping or {})
    style = {
        "color": tuple(color),
        "line": line_thickness,
        "text": text_thickness or line_thickness,
        "size": font_scale,
    }
    done = [_drawn(*one, style) for one in zip(x, boxes, labels, texts)]
    return np.stack(done) if done else x


def _texts(labels: np.ndarray, confidences: Any, names: dict[int, str]) -> list[list[str]]:
    if confidences is None:
        return [[names.get(int(c), "") for c in row] for row in labels]
    shares = ops.convert_to_numpy(confidences)
    return [[f"{names[int(c)]} | {s:.2f}" if int(c) in names else "" for c, s in zip(*r)] for r in zip(labels, shares)]


def _drawn(image: np.ndarray, boxes: np.ndarray, labels: np.ndarray, texts: list[str], style: dict[str, Any]) -> Any:
    picture = pillow("draw_bounding_boxes").fromarray(np.repeat(image, 3, -1) if image.shape[-1] == 1 else image)
    canvas = pillow("draw_bounding_boxes", "ImageDraw").Draw(picture)
    height = max(6, int(12 * style["size"]))
    font = pillow("draw_bounding_boxes", "ImageFont").load_default(size=height)
    for box, label, text in zip(boxes, labels, texts):
        if int(label) == -1:
            continue
        left, top, right, bottom = (int(v) for v in box)
        left, right, top, bottom = min(left, right), max(left, right), min(top, bottom), max(top, bottom)
        canvas.rectangle((left, top, right, bottom), outline=style["color"], width=style["line"])
        if text:
            # Above the box where there is room, else inside.
            above = top - height - 4
            place = (left, above) if above >= 0 else (left + style["line"] + 1, top + style["line"] + 1)
            canvas.text(place, text, fill=style["color"], font=font, stroke_width=(style["text"] - 1) // 2)
    return np.asarray(picture)
