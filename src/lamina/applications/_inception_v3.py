"""Inception-v3: towers of convolutions side by side, large kernels taken apart."""

from typing import Any

from ._application import Design, Wishes, classifier
from ._inception_parts import average_tower, beside, shrink, tower, unit, way_in
from ._weights import tensorflow_pair

_REFERENCE = "Szegedy et al., Rethinking the Inception Architecture for Computer Vision, 2015, arXiv:1512.00567"


def _small(x: Any, pooled: int, name: str) -> Any:
    """At an eighth of the size: kernels of 1, 5, and 3 twice."""
    towers = (((64, 1),), ((48, 1), (64, 5)), ((64, 1), (96, 3), (96, 3)))
    return beside([*(tower(x, parts) for parts in towers), average_tower(x, pooled)], name)


def _long(x: Any, filters: int, name: str) -> Any:
    """At a sixteenth: kernels of 7 as 1 x 7 and 7 x 1."""
    n, wide, tall = filters, (1, 7), (7, 1)
    towers = (
        ((192, 1),),
        ((n, 1), (n, wide), (192, tall)),
        ((n, 1), (n, tall), (n, wide), (n, tall), (192, wide)),
    )
    return beside([*(tower(x, parts) for parts in towers), average_tower(x, 192)], name)


def _split(x: Any, name: str | None) -> Any:
    return beside([unit(x, 384, (1, 3)), unit(x, 384, (3, 1))], name)


def _forked(x: Any, name: str, inner: str) -> Any:
    """At a thirty-second: towers that fork at their ends."""
    first = unit(x, 320, 1)
    second = _split(unit(x, 384, 1), inner)
    third = _split(tower(x, ((448, 1), (384, 3))), None)
    return beside([first, second, third, average_tower(x, 192)], name)


def _body(x: Any, wishes: Wishes) -> Any:
    x = way_in(x)
    for i, pooled in enumerate((32, 64, 64)):
        x = _small(x, pooled, f"mixed{i}")
    x = shrink(x, (((384, 3),), ((64, 1), (96, 3), (96, 3))), "mixed3")
    for i, filters in enumerate((128, 160, 160, 192), 4):
        x = _long(x, filters, f"mixed{i}")
    x = shrink(x, (((192, 1), (320, 3)), ((192, 1), (192, (1, 7)), (192, (7, 1)), (192, 3))), "mixed8")
    for i in (0, 1):
        x = _forked(x, f"mixed{9 + i}", f"mixed9_{i}")
    return x


_FILES = tensorflow_pair(
    "inception_v3", "inception_v3", "9a0d58056eeedaa3f26cb7ebd46da564", "bcbd6486424b2319ff4ef7d526e38f63"
)
InceptionV3 = classifier(
    "InceptionV3", "inception_v3", Design(_body, 299, _FILES, min_size=75), "inception_v3",
    "Inception-v3; images of 299 x 299 by default.", _REFERENCE, __name__,
)  # fmt: skip
