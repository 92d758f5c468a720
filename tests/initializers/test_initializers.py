"""Initializers: shape, spread, seeds, configs, mistakes."""

import math

import numpy as np
import pytest

from lamina import initializers, ops
from lamina.variables import SeedGenerator

CLASSES = [
    "Zeros",
    "Ones",
    "Constant",
    "Identity",
    "STFT",
    "RandomNormal",
    "RandomUniform",
    "TruncatedNormal",
    "VarianceScaling",
    "GlorotUniform",
    "GlorotNormal",
    "HeNormal",
    "HeUniform",
    "LecunNormal",
    "LecunUniform",
    "Orthogonal",
]
RANDOM = CLASSES[5:]
SHAPES = {"Identity": (7, 5), "STFT": (16, 1, 9)}


@pytest.mark.parametrize("name", CLASSES)
def test_contract(name):
    initializer, shape = getattr(initializers, name)(), SHAPES.get(name, (3, 3, 8, 16))
    for dtype in ("float32", "float16", "bfloat16", "float64"):
        value = initializer(shape, dtype=dtype)
        assert value.shape == shape
        assert ops.dtype(value) == dtype
    assert ops.dtype(initializer(shape)) == "float32"
    config = initializers.serialize(initializer)
    assert (config["module"], config["class_name"]) == ("keras.initializers", name)
    back = initializers.deserialize(config)
    assert type(back) is type(initializer)
    assert back.get_config() == initializer.get_config() == initializer.clone().get_config()
    assert type(initializers.get(name)) is type(initializer)
    assert (np.asarray(initializer(shape)) == np.asarray(initializer(shape))).all()


@pytest.mark.parametrize("name", RANDOM)
def test_seeds(name):
    cls = getattr(initializers, name)
    assert (cls(seed=3)((4, 5)) == cls(seed=3)((4, 5))).all()
    assert (cls(seed=3)((4, 5)) != cls(seed=4)((4, 5))).any()
    assert (cls()((4, 5)) != cls()((4, 5))).any()
    moving = cls(seed=SeedGenerator(3))
    assert (moving((4, 5)) != moving((4, 5))).any()


CUT = 0.7737  # variance of a standard normal distribution that is cut off at ±2


def spread(distribution, variance):
    """Mean, variance and the bound that no value passes."""
    bound = {"uniform": math.sqrt(3 * variance), "truncated": 2 * math.sqrt(variance / CUT), "normal": None}
    return 0.0, variance, bound[distribution]


# For weights of shape (100, 200): fan-in 100, fan-out 200, mean 150.
SPREADS = [
    ("GlorotUniform", {}, spread("uniform", 1 / 150)),
    ("GlorotNormal", {}, spread("truncated", 1 / 150)),
    ("HeNormal", {}, spread("truncated", 2 / 100)),
    ("HeUniform", {}, spread("uniform", 2 / 100)),
    ("LecunNormal", {}, spread("truncated", 1 / 100)),
    ("LecunUniform", {}, spread("uniform", 1 / 100)),
    ("RandomNormal", {}, spread("normal", 0.05**2)),
    ("RandomNormal", {"mean": 3.0, "stddev": 2.0}, (3.0, 4.0, None)),
    ("RandomUniform", {}, (0.0, 0.1**2 / 12, 0.05)),
    ("RandomUniform", {"minval": 1.0, "maxval": 4.0}, (2.5, 9 / 12, 1.5)),
    ("TruncatedNormal", {}, (0.0, 0.05**2 * CUT, 0.1)),
    ("TruncatedNormal", {"mean": 3.0, "stddev": 2.0}, (3.0, 4 * CUT, 4.0)),
    ("VarianceScaling", {}, spread("truncated", 1 / 100)),
    ("VarianceScaling", {"scale": 3.0, "mode": "fan_out"}, spread("truncated", 3 / 200)),
    ("VarianceScaling", {"mode": "fan_avg", "distribution": "uniform"}, spread("uniform", 1 / 150)),
    ("VarianceScaling", {"distribution": "untruncated_normal"}, spread("normal", 1 / 100)),
    ("VarianceScaling", {"distribution": "normal"}, spread("truncated", 1 / 100)),
]


@pytest.mark.parametrize(("name", "options", "expected"), SPREADS, ids=lambda v: str(v) if isinstance(v, dict) else "")
def test_spread(name, options, expected):
    mean, variance, bound = expected
    values = np.asarray(getattr(initializers, name)(seed=1, **options)((100, 200), "float64"))
    assert values.var() == pytest.approx(variance, rel=0.03)
    assert abs(values.mean() - mean) < 0.03 * math.sqrt(variance)
    farthest = np.abs(values - mean).max() / math.sqrt(variance)
    if bound is None:
        assert 3 < farthest < 6  # of 20,000 normal draws the farthest lies at about four deviations
    else:
        assert 0.99 * bound < farthest * math.sqrt(variance) <= bound * (1 + 1e-6)


@pytest.mark.parametrize(
    ("options", "shape", "fan"),
    [
        ({}, (5, 5, 20, 30), 25 * 20),
        ({"mode": "fan_out"}, (5, 5, 20, 30), 25 * 30),
        ({}, (3000,), 3000),
        ({"mode": "fan_out"}, (3000,), 3000),
        ({"input_axes": (0, 1), "output_axes": 2}, (20, 5, 200), 20 * 5),
        ({"input_axes": 0, "output_axes": (1, 2), "mode": "fan_out"}, (20, 5, 200), 5 * 200),
        ({"input_axes": -1, "output_axes": 1}, (20, 5, 200), 20 * 200),
    ],
    ids=str,
)
def test_fans(options, shape, fan):
    """Inputs (or outputs) times the receptive field, that is all other axes."""
    values = np.asarray(initializers.VarianceScaling(seed=1, distribution="uniform", **options)(shape))
    assert np.abs(values).max() == pytest.approx(math.sqrt(3 / fan), rel=0.01)


@pytest.mark.parametrize("periodic", [False, True])
@pytest.mark.parametrize("scaling", ["density", "spectrum", None])
@pytest.mark.parametrize("window", ["hann", "hamming", None, "array"])
@pytest.mark.parametrize("side", ["real", "imag"])
def test_stft_kernels_are_a_fourier_transform(side, window, scaling, periodic):
    length, bins = 16, 9
    own = np.linspace(1, 2, length)
    n = length if periodic else length - 1
    cosine = np.cos(2 * np.pi * np.arange(length) / n)
    values = {"hann": 0.5 - 0.5 * cosine, "hamming": 0.54 - 0.46 * cosine, "array": own}.get(window, np.ones(length))
    factor = {"density": 1 / np.sqrt((values**2).sum()), "spectrum": 1 / values.sum(), None: 1.0}[scaling]
    kernel = initializers.STFT(side, own if window == "array" else window, scaling, periodic)
    kernel = np.asarray(kernel((length, 1, bins), "float64"))[:, 0]
    signal = np.random.default_rng(2).standard_normal(length)
    expected = np.fft.rfft(signal * values * factor)
    np.testing.assert_allclose(signal @ kernel, expected.real if side == "real" else expected.imag, atol=1e-12)


def test_fixed_values():
    assert np.asarray(initializers.Zeros()((2, 2))).tolist() == [[0, 0], [0, 0]]
    assert np.asarray(initializers.Constant([1.0, 2.0])((2, 2))).tolist() == [[1, 2], [1, 2]]
    assert np.asarray(initializers.Identity(2.0)((2, 3))).tolist() == [[2, 0, 0], [0, 2, 0]]
    for shape in ((6, 4), (4, 6), (2, 3, 4)):
        q = np.asarray(initializers.Orthogonal(seed=1, gain=3.0)(shape, "float64")).reshape(-1, shape[-1]) / 3
        gram = q.T @ q if q.shape[0] >= q.shape[1] else q @ q.T
        np.testing.assert_allclose(gram, np.eye(len(gram)), atol=1e-12)


@pytest.mark.parametrize(
    ("identifier", "cls"),
    [
        ("zeros", "Zeros"),
        ("glorot_uniform", "GlorotUniform"),
        ("he_normal", "HeNormal"),
        ("uniform", "RandomUniform"),
        (np.ones(2), "Constant"),
        (initializers.Ones, "Ones"),
    ],
)
def test_get(identifier, cls):
    assert type(initializers.get(identifier)) is getattr(initializers, cls)
    assert initializers.get(None) is None


@pytest.mark.parametrize(
    ("make", "words"),
    [
        (lambda: initializers.get("xavier"), ["xavier", "glorot_uniform"]),
        (lambda: initializers.VarianceScaling(scale=-1), ["scale", "-1"]),
        (lambda: initializers.VarianceScaling(mode="fan"), ["mode", "fan"]),
        (lambda: initializers.VarianceScaling(distribution="flat"), ["distribution", "flat"]),
        (lambda: initializers.RandomNormal(seed="a"), ["seed", "a"]),
        (lambda: initializers.RandomNormal(stddev=-1.0), ["stddev", "-1"]),
        (lambda: initializers.TruncatedNormal(stddev=-0.5), ["stddev", "-0.5"]),
        (lambda: initializers.Orthogonal()((3,)), ["Orthogonal", "(3,)"]),
        (lambda: initializers.Identity()((3,)), ["Identity", "(3,)"]),
        (lambda: initializers.Constant([1, 2, 3])((2,)), ["Constant", "(3,)", "(2,)"]),
    ],
)
def test_mistakes_are_named(make, words):
    with pytest.raises(ValueError) as caught:
        make()
    assert all(word in str(caught.value) for word in words)


def test_constant_of_a_config():
    for value in (0.0, 3.5, [1.0, 2.0]):
        again = initializers.Constant.from_config(initializers.Constant(value).get_config())
        np.testing.assert_array_equal(np.asarray(again((2,))), np.broadcast_to(value, 2))
    np.testing.assert_array_equal(np.asarray(initializers.Constant.from_config({})((2,))), [0, 0])


@pytest.mark.parametrize("window", ["hann", "hamming"])
@pytest.mark.parametrize("length, periodic", [(1, True), (1, False), (2, False), (5, True), (5, False)])
def test_windows_by_definition(window, length, periodic):
    first = {"hann": 0.5, "hamming": 0.54}[window]
    period = length if periodic else max(length - 1, 1)
    expected = [first - (1 - first) * np.cos(2 * np.pi * n / period) for n in range(length)]
    made = initializers.STFT("real", window, scaling=None, periodic=periodic)((length, 1, length // 2 + 1))
    np.testing.assert_allclose(
        np.asarray(made)[:, 0, 0], expected, rtol=1e-6, atol=1e-7
    )  # the lowest frequency: a mean
