"""Images side by side, by matplotlib (extra `plot`)."""

import importlib
import math
from typing import Any

import numpy as np

from lamina import ops
from lamina._extras import require
from lamina._public import public
from lamina._typing import TensorLike

from ._draw_bounding_boxes import draw_bounding_boxes
from ._draw_segmentation_masks import draw_segmentation_masks
from ._images import batch_of


def _matplotlib(module: str, what: str) -> Any:
    require("matplotlib", "plot", what)
    return importlib.import_module(f"matplotlib.{module}")


@public("visualization.plot_image_gallery")
def plot_image_gallery(
    images: TensorLike,
    y_true: Any = None,
    y_pred: Any = None,
    label_map: dict[Any, str] | None = None,
    rows: int | None = None,
    cols: int | None = None,
    value_range: Any = (0, 255),
    scale: float = 2,
    path: Any = None,
    show: bool | None = None,
    transparent: bool = True,
    dpi: int = 60,
    legend_handles: Any = None,
    data_format: str | None = None,
) -> None:
    """Images side by side, shown or written to a file.

    Args:
        images: `(batch, height, width, channels)`.
        y_true, y_pred: labels `(batch,)` to write above the images, named by `label_map`.
        label_map: from labels to names.
        rows, cols: how many; None: about as many of both, enough for all images.
        value_range: the least and greatest value of a pixel.
        scale: size of an image in inches.
        path: file to write; None shows.
        show: whether to show; None: if there is no path.
        transparent, dpi: of the file.
        legend_handles: matplotlib's, for a legend.
        data_format: "channels_last", "channels_first" or None for the default.

    Raises ValueError for other shapes, `path` with `show`, labels without `label_map`; ImportError without matplotlib.
    """
    where = "plot_image_gallery"
    x = batch_of(images, data_format, where)
    if path is not None and show:
        raise ValueError(f"{where}: give path, or show=True, not both.")
    if (y_true is not None or y_pred is not None) and label_map is None:
        raise ValueError(f"{where}: label_map must be given with y_true and y_pred.")
    plt = _matplotlib("pyplot", where)
    rows = rows or (math.ceil(len(x) / cols) if cols else math.ceil(math.sqrt(len(x))))
    cols = cols or math.ceil(len(x) / rows)
    low, high = value_range
    pixels = np.clip((x.astype("float32") - low) / (high - low), 0, 1)
    pixels = np.repeat(pixels, 3, -1) if pixels.shape[-1] == 1 else pixels
    size = (cols * scale, rows * scale)
    figure, axes = plt.subplots(rows, cols, figsize=size, frameon=False, layout="tight", squeeze=False)
    if legend_handles is not None:
        figure.legend(handles=legend_handles, loc="lower center")
    titles = _titles(len(x), y_true, y_pred, label_map or {})
    for axis in axes.ravel():
        axis.axis("off")
    for axis, image, title in zip(axes.ravel(), pixels, titles):
        axis.imshow(image)
        if title:
            axis.set_title(title, fontsize=8)
    if path is not None:
        figure.savefig(path, pad_inches=0, bbox_inches="tight", transparent=transparent, dpi=dpi)
    elif show is not False:
        plt.show()
    plt.close(figure)


def _titles(count: int, y_true: Any, y_pred: Any, names: dict[Any, str]) -> list[str]:
    parts: list[list[str]] = [[] for _ in range(count)]
    for word, labels in (("Label", y_true), ("Pred", y_pred)):
        if labels is not None:
            for part, label in zip(parts, np.asarray(ops.convert_to_numpy(labels)).tolist()):
                part.append(f"{word}: {names.get(label, 'Unknown')}")
    return ["  ".join(part) for part in parts]


@public("visualization.plot_bounding_box_gallery")
def plot_bounding_box_gallery(
    images: TensorLike,
    bounding_box_format: str,
    y_true: Any = None,
    y_pred: Any = None,
    value_range: Any = (0, 255),
    true_color: Any = (0, 188, 212),
    pred_color: Any = (255, 235, 59),
    line_thickness: int = 2,
    font_scale: float = 1.0,
    text_thickness: int | None = None,
    class_mapping: dict[int, str] | None = None,
    ground_truth_mapping: dict[int, str] | None = None,
    prediction_mapping: dict[int, str] | None = None,
    legend: bool = False,
    legend_handles: Any = None,
    rows: int | None = None,
    cols: int | None = None,
    data_format: str | None = None,
    **kwargs: Any,
) -> None:
    """Images side by side with true boxes and predicted ones.

    Args:
        images: `(batch, height, width, channels)`.
        bounding_box_format: as `utils.bounding_boxes.convert_format` knows it.
        y_true, y_pred: dicts of boxes and labels, as for `draw_bounding_boxes`.
        value_range: the least and greatest value of a pixel.
        true_color, pred_color: three ints.
        line_thickness, font_scale, text_thickness: as for `draw_bounding_boxes`.
        class_mapping: from labels to names. ground_truth_mapping, prediction_mapping: the same for one of both.
        legend: whether to say which colour is which. legend_handles: a legend of your own instead.
        rows, cols, data_format: as for `plot_image_gallery`, as are `kwargs`.

    Raises ValueError for other shapes and for two legends; ImportError without matplotlib or Pillow.
    """
    where = "plot_bounding_box_gallery"
    low, high = value_range
    x = batch_of(images, data_format, where).astype("float32")
    drawn = np.clip((x - low) / (high - low) * 255, 0, 255).astype("uint8")
    kinds = (
        ("Ground Truth", y_true, true_color, ground_truth_mapping or class_mapping),
        ("Prediction", y_pred, pred_color, prediction_mapping or class_mapping),
    )
    for _, boxes, color, names in kinds:
        if boxes is not None:
            drawn = draw_bounding_boxes(
                drawn, boxes, bounding_box_format, names, color, line_thickness, text_thickness, font_scale,
                "channels_last",
            )  # fmt: skip
    if legend:
        if legend_handles:
            raise ValueError(f"{where}: give legend=True or legend_handles, not both.")
        patches = _matplotlib("patches", where)
        legend_handles = [patches.Patch(color=np.array(c) / 255.0, label=label) for label, _, c, _ in kinds]
    plot_image_gallery(
        drawn, rows=rows, cols=cols, legend_handles=legend_handles, data_format="channels_last", **kwargs
    )


@public("visualization.plot_segmentation_mask_gallery")
def plot_segmentation_mask_gallery(
    images: TensorLike,
    num_classes: int,
    value_range: Any = (0, 255),
    y_true: Any = None,
    y_pred: Any = None,
    color_mapping: Any = None,
    blend: bool = True,
    alpha: float = 0.8,
    ignore_index: int = -1,
    data_format: str | None = None,
    **kwargs: Any,
) -> None:
    """Images, each in a row with its true masks and the predicted ones.

    Args:
        images: `(batch, height, width, 3)`.
        num_classes: how many classes there are.
        value_range: the least and greatest value of a pixel.
        y_true, y_pred: masks `(batch, height, width, 1)`, integers.
        color_mapping, blend, alpha, ignore_index: as for `draw_segmentation_masks`.
        data_format: "channels_last", "channels_first" or None for the default.
        kwargs: of `plot_image_gallery`.

    Raises ValueError and TypeError for other shapes and dtypes; ImportError without matplotlib.
    """
    where = "plot_segmentation_mask_gallery"
    low, high = value_range
    x = (batch_of(images, data_format, where).astype("float32") - low) / (high - low) * 255
    columns = [x]
    for masks in (y_true, y_pred):
        if masks is not None:
            masks = batch_of(ops.cast(masks, "int32"), data_format, where, "masks")
            columns.append(
                draw_segmentation_masks(
                    x, masks, num_classes, color_mapping, alpha, blend, ignore_index, "channels_last"
                ).astype("float32")
            )
    side_by_side = np.stack(columns, axis=1).reshape(-1, *x.shape[1:])
    plot_image_gallery(side_by_side, rows=len(x), cols=len(columns), data_format="channels_last", **kwargs)
