"""`ops.image.resize`: against sums from the definition, on arrays, traced and symbolic, with gradients."""

import math

import numpy as np
import pytest

from lamina import ops
from lamina.engines import engine

RNG = np.random.default_rng(0)


def triangle(x):
    return max(0.0, 1 - x)


def cubic(x):
    if x <= 1:
        return 1.5 * x**3 - 2.5 * x**2 + 1
    return -0.5 * x**3 + 2.5 * x**2 - 4 * x + 2 if x < 2 else 0.0


def lanczos(radius):
    def kernel(x):
        if x >= radius:
            return 0.0
        if x == 0:
            return 1.0
        return radius * math.sin(math.pi * x) * math.sin(math.pi * x / radius) / (math.pi * x) ** 2

    return kernel


KERNELS = {"bilinear": triangle, "bicubic": cubic, "lanczos3": lanczos(3), "lanczos5": lanczos(5)}


def along(rows, target, kernel, antialias):
    """One axis, pixel by pixel."""
    n = len(rows)
    stretch = max(n / target, 1) if antialias else 1
    out = []
    for i in range(target):
        place = (i + 0.5) * n / target - 0.5
        weights = [kernel(abs(place - j) / stretch) for j in range(n)]
        out.append(sum(w * row for w, row in zip(weights, rows)) / sum(weights))
    return np.stack(out)


def by_definition(image, size, interpolation, antialias):
    kernel = KERNELS[interpolation]
    tall = along(image.astype(float), size[0], kernel, antialias)
    return along(tall.swapaxes(0, 1), size[1], kernel, antialias).swapaxes(0, 1)


@pytest.mark.parametrize("antialias", [False, True])
@pytest.mark.parametrize("size", [(3, 4), (9, 11), (5, 2), (6, 7)])
@pytest.mark.parametrize("interpolation", sorted(KERNELS))
def test_is_the_weighted_sum(interpolation, size, antialias):
    x = RNG.normal(size=(2, 6, 7, 3)).astype("float32")
    got = ops.image.resize(x, size, interpolation, antialias)
    expected = np.stack([by_definition(image, size, interpolation, antialias) for image in x])
    np.testing.assert_allclose(got, expected, atol=2e-6)
    assert ops.dtype(got) == "float32"
    np.testing.assert_allclose(ops.image.resize(x[0], size, interpolation, antialias), expected[0], atol=2e-6)
    first = ops.image.resize(x.transpose(0, 3, 1, 2), size, interpolation, antialias, data_format="channels_first")
    np.testing.assert_allclose(np.asarray(first).transpose(0, 2, 3, 1), expected, atol=2e-6)


def test_nearest_takes_whole_pixels():
    x = np.arange(6).reshape(1, 6, 1, 1).astype("float32")
    assert np.ravel(ops.image.resize(x, (3, 1), "nearest")).tolist() == [1, 3, 5]
    assert np.ravel(ops.image.resize(x, (4, 1), "nearest")).tolist() == [0, 2, 3, 5]
    assert np.ravel(ops.image.resize(x, (9, 1), "nearest")).tolist() == [0, 1, 1, 2, 3, 3, 4, 5, 5]


@pytest.mark.parametrize("interpolation", ["nearest", *sorted(KERNELS)])
def test_laws(interpolation):
    x = RNG.normal(size=(2, 5, 4, 2)).astype("float32")
    np.testing.assert_array_equal(ops.image.resize(x, (5, 4), interpolation), x)
    flat = np.full((1, 5, 4, 1), 0.7, "float32")
    for antialias in (False, True):
        np.testing.assert_allclose(ops.image.resize(flat, (3, 9), interpolation, antialias), 0.7, rtol=1e-6)


def test_a_cubic_is_exact_for_parabolas_inside():
    x = (np.arange(12.0) ** 2).astype("float32").reshape(1, 12, 1, 1)
    got = np.ravel(ops.image.resize(x, (24, 1), "bicubic"))
    place = (np.arange(24) + 0.5) / 2 - 0.5
    np.testing.assert_allclose(got[4:-4], place[4:-4] ** 2, rtol=1e-5)


def test_cut_and_filled_up():
    x = np.arange(24, dtype="float32").reshape(1, 4, 6, 1)
    np.testing.assert_array_equal(ops.image.resize(x, (4, 4), crop_to_aspect_ratio=True), x[:, :, 1:5])
    np.testing.assert_array_equal(ops.image.resize(x, (2, 6), crop_to_aspect_ratio=True), x[:, 1:3])
    filled = np.asarray(ops.image.resize(x, (6, 6), pad_to_aspect_ratio=True, fill_value=9.0))
    np.testing.assert_array_equal(filled[:, 1:5], x)
    assert (filled[:, [0, 5]] == 9).all()
    filled = np.asarray(ops.image.resize(x, (4, 8), pad_to_aspect_ratio=True))
    np.testing.assert_array_equal(filled[:, :, 1:7], x)
    assert (filled[:, :, [0, 7]] == 0).all()


@pytest.mark.parametrize("dtype", ["uint8", "int8", "int32", "float16", "bfloat16", "float64"])
def test_dtypes_stay_and_integers_are_rounded_into_their_range(dtype):
    x = ops.cast(np.array([0, 0, 100, 100, 0, 0], "float32").reshape(1, 6, 1, 1), dtype)
    got = ops.image.resize(x, (24, 1), "bicubic")
    assert ops.dtype(got) == dtype
    values = np.asarray(ops.cast(got, "float64")).ravel()
    exact = by_definition(np.asarray(ops.cast(x, "float64"))[0], (24, 1), "bicubic", False).ravel()
    assert exact.min() < -1  # it overshoots
    if dtype == "uint8":
        np.testing.assert_array_equal(values, np.clip(np.round(exact), 0, 255))
    elif "int" in dtype:
        np.testing.assert_array_equal(values, np.round(exact))
    else:
        np.testing.assert_allclose(values, exact, rtol=1e-2, atol=1e-2)


def test_traced_and_differentiated():
    x = RNG.normal(size=(2, 5, 4, 2)).astype("float32")
    weights = RNG.normal(size=(2, 3, 6, 2)).astype("float32")
    for interpolation in ("nearest", "bicubic"):

        def loss(x, interpolation=interpolation):
            return ops.sum(ops.multiply(ops.image.resize(x, (3, 6), interpolation), weights))

        value, gradient = engine.compile(engine.value_and_grad(loss))(x)
        np.testing.assert_allclose(value, loss(x), rtol=1e-5)
        # linear, so its slope along any direction is its value there
        direction = RNG.normal(size=x.shape).astype("float32")
        np.testing.assert_allclose(np.sum(np.asarray(gradient) * direction), loss(direction), rtol=1e-4)


def test_symbolic():
    spec = ops.image.resize(ops.KerasTensor((None, None, 7, 3), "uint8"), (2, 9))
    assert (spec.shape, spec.dtype) == ((None, 2, 9, 3), "uint8")
    operation = spec._keras_history.operation
    x = np.arange(2 * 3 * 7 * 3).reshape(2, 3, 7, 3).astype("uint8")
    again = type(operation).from_config(operation.get_config())
    np.testing.assert_array_equal(again(x), ops.image.resize(x, (2, 9)))


@pytest.mark.parametrize(
    "arguments, words",
    [
        ({"size": (2, 3, 4)}, "size"),
        ({"size": (0, 3)}, "size"),
        ({"size": 3}, "size"),
        ({"size": (2, 2), "interpolation": "area"}, "interpolation"),
        ({"size": (2, 2), "fill_mode": "reflect"}, "fill_mode"),
        ({"size": (2, 2), "crop_to_aspect_ratio": True, "pad_to_aspect_ratio": True}, "only one"),
    ],
)
def test_mistakes(arguments, words):
    with pytest.raises(ValueError, match=words):
        ops.image.resize(np.zeros((1, 4, 4, 1), "float32"), **arguments)
    with pytest.raises(ValueError, match=r"\(4, 4\)"):
        ops.image.resize(np.zeros((4, 4), "float32"), (2, 2))
