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


@pytest.mark.parametrize(
    ("name", "variance", "bound"),
    [
        ("GlorotUniform", 2 / 300, math.sqrt(6 / 300)),
        ("GlorotNormal", 2 / 300, None),
        ("HeNormal", 2 / 100, None),
        ("HeUniform", 2 / 100, math.sqrt(6 / 100)),
        ("LecunNormal", 1 / 100, None),
        ("LecunUniform", 1 / 100, math.sqrt(3 / 100)),
        ("RandomNormal", 0.05**2, None),
        ("RandomUniform", 0.1**2 / 12, 0.05),
        ("TruncatedNormal", 0.05**2 * 0.7737, 0.1),
    ],
)
def test_spread(name, variance, bound):
    values = np.asarray(getattr(initializers, name)(seed=1)((100, 200)))
    assert values.var() == pytest.approx(variance, rel=0.05)
    assert abs(values.mean()) < 0.02 * math.sqrt(variance)
    if bound:
        assert 0.95 * bound < abs(values).max() <= bound * (1 + 1e-6)


def test_fans_of_a_convolution_and_of_named_axes():
    convolution = np.asarray(initializers.HeNormal(seed=1)((5, 5, 20, 30)))
    assert convolution.var() == pytest.approx(2 / 500, rel=0.05)
    named = initializers.VarianceScaling(1.0, "fan_in", "uniform", seed=1, input_axes=(0, 1), output_axes=2)
    assert np.asarray(named((20, 5, 200))).var() == pytest.approx(1 / 100, rel=0.05)


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
        (lambda: initializers.Orthogonal()((3,)), ["Orthogonal", "(3,)"]),
        (lambda: initializers.Identity()((3,)), ["Identity", "(3,)"]),
        (lambda: initializers.Constant([1, 2, 3])((2,)), ["Constant", "(3,)", "(2,)"]),
    ],
)
def test_mistakes_are_named(make, words):
    with pytest.raises(ValueError) as caught:
        make()
    assert all(word in str(caught.value) for word in words)
