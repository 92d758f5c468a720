"""Initializers against real Keras: fixed values equal, random ones of equal spread; configs both ways."""

import numpy as np
import pytest

keras = pytest.importorskip("keras")

from lamina import initializers  # noqa: E402

pytestmark = pytest.mark.peer
FIXED = [
    ("Zeros", {}, (3, 4)),
    ("Ones", {}, (3, 4)),
    ("Constant", {"value": 2.5}, (3,)),
    ("Identity", {"gain": 2.0}, (3, 5)),
    ("STFT", {"side": "real"}, (16, 1, 9)),
    ("STFT", {"side": "imag", "window": "hamming", "scaling": "spectrum"}, (16, 1, 9)),
    ("STFT", {"window": None, "scaling": None}, (8, 1, 9)),
    ("STFT", {"periodic": True}, (10, 1, 6)),
]
RANDOM = [
    ("RandomNormal", {}),
    ("RandomUniform", {}),
    ("TruncatedNormal", {}),
    ("GlorotNormal", {}),
    ("GlorotUniform", {}),
    ("HeNormal", {}),
    ("HeUniform", {}),
    ("LecunNormal", {}),
    ("LecunUniform", {}),
    ("Orthogonal", {"gain": 2.0}),
    ("VarianceScaling", {"scale": 3.0, "mode": "fan_out", "distribution": "untruncated_normal"}),
    ("VarianceScaling", {"mode": "fan_avg", "distribution": "uniform"}),
    ("HeNormal", {"input_axes": (0, 1), "output_axes": (2,)}),
]


@pytest.mark.parametrize(("name", "arguments", "shape"), FIXED)
def test_fixed(name, arguments, shape):
    expected = keras.ops.convert_to_numpy(getattr(keras.initializers, name)(**arguments)(shape))
    np.testing.assert_allclose(getattr(initializers, name)(**arguments)(shape), expected, rtol=2e-6, atol=1e-6)


@pytest.mark.parametrize("shape", [(60, 70), (3, 3, 40, 20)])
@pytest.mark.parametrize(("name", "arguments"), RANDOM)
def test_spread(name, arguments, shape):
    shape = (20, 10, 30) if "input_axes" in arguments else shape
    expected = keras.ops.convert_to_numpy(getattr(keras.initializers, name)(**arguments, seed=1)(shape))
    got = np.asarray(getattr(initializers, name)(**arguments, seed=1)(shape))
    assert got.std() == pytest.approx(expected.std(), rel=0.06)
    assert abs(got).max() == pytest.approx(abs(expected).max(), rel=0.35)


@pytest.mark.parametrize(("name", "arguments"), RANDOM + [case[:2] for case in FIXED])
def test_configs_go_both_ways(name, arguments):
    ours, theirs = getattr(initializers, name)(**arguments), getattr(keras.initializers, name)(**arguments)
    if name == "Identity":  # Keras forgets its gain
        assert type(initializers.deserialize(keras.initializers.serialize(theirs))) is type(ours)
        return
    assert keras.initializers.deserialize(initializers.serialize(ours)).get_config() == theirs.get_config()
    assert initializers.deserialize(keras.initializers.serialize(theirs)).get_config() == ours.get_config()
    assert ours.get_config() == theirs.get_config()
