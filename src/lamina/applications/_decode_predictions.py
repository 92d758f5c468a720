"""What the 1000 outputs of a classifier of ImageNet mean."""

import json
from functools import cache
from typing import Any

import numpy as np

from lamina._checks import check_positive_int
from lamina._public import public
from lamina.utils._get_file import get_file

ORIGIN = "https://storage.googleapis.com/download.tensorflow.org/data/imagenet_class_index.json"
MD5 = "c2c37ea517e94d9795004a39431a14cb"
_FAMILIES = (
    "convnext", "densenet", "efficientnet", "efficientnet_v2", "inception_resnet_v2", "inception_v3", "mobilenet",
    "mobilenet_v2", "mobilenet_v3", "nasnet", "resnet", "resnet50", "resnet_v2", "vgg16", "vgg19", "xception",
)  # fmt: skip


@public("applications.imagenet_utils.decode_predictions", *(f"applications.{f}.decode_predictions" for f in _FAMILIES))
def decode_predictions(preds: Any, top: int = 5) -> list[list[tuple[str, str, Any]]]:
    """The most likely classes of each image, by name.

    The names are fetched once and kept in `~/.keras/models` (`LAMINA_HOME` or `KERAS_HOME` name another folder).

    Args:
        preds: outputs of a classifier, `(batch, 1000)`.
        top: number of classes to name.
    Returns: for each image a list of (WordNet's number, name, score), the highest score first.
    Raises ValueError for another shape, OSError if the names cannot be fetched.
    """
    preds = np.asarray(preds)
    if preds.ndim != 2 or preds.shape[1] != 1000:
        raise ValueError(f"decode_predictions: preds must be a batch, (samples, 1000); got shape {preds.shape}.")
    check_positive_int(top, "top", "decode_predictions")
    path = get_file("imagenet_class_index.json", ORIGIN, cache_subdir="models", file_hash=MD5)
    classes = _classes(path)
    order = np.argsort(-preds, axis=1, kind="stable")[:, :top]
    return [[(*classes[str(i)], scores[i]) for i in row] for row, scores in zip(order, preds)]


@cache
def _classes(path: str) -> dict[str, list[str]]:
    with open(path, encoding="utf-8") as file:
        return json.load(file)
