import numpy as np
import pytest

from lamina import ops


def test_agrees_with_resize_where_nothing_shifts():
    x = np.random.default_rng(0).normal(size=(4, 6, 2)).astype("float32")
    for method, name in (("linear", "bilinear"), ("cubic", "bicubic"), ("lanczos3", "lanczos3")):
        got = ops.image.scale_and_translate(x, (8, 3, 2), [2.0, 0.5], [0.0, 0.0], (0, 1), method)
        np.testing.assert_allclose(got, ops.image.resize(x, (8, 3), name, antialias=True), atol=1e-5)


def test_shift_fills_with_zero():
    got = ops.image.scale_and_translate([1.0, 2.0, 3.0], (3,), [1.0], [1.0], (0,), "linear")
    np.testing.assert_allclose(got, [0, 1, 2])
    with pytest.raises(ValueError, match="output_shape must be"):
        ops.image.scale_and_translate(np.ones((2, 3)), (2, 4), [1.0], [0.0], (0,), "linear")
