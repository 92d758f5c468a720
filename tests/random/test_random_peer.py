"""random: Keras's names and arguments, and the same moments."""

import inspect

import numpy as np
import pytest

from lamina import ops, random

keras = pytest.importorskip("keras")
pytestmark = [pytest.mark.peer, pytest.mark.filterwarnings("ignore")]
NAMES = [
    "beta",
    "binomial",
    "categorical",
    "dropout",
    "gamma",
    "normal",
    "randint",
    "shuffle",
    "truncated_normal",
    "uniform",
]


@pytest.mark.parametrize("name", NAMES)
def test_signatures(name):
    ours, theirs = (inspect.signature(getattr(m.random if m is keras else m, name)) for m in (random, keras))
    assert [(p.name, p.default) for p in ours.parameters.values()] == [
        (p.name, p.default) for p in theirs.parameters.values()
    ]


@pytest.mark.parametrize(
    "name, args",
    [
        ("normal", (1.0, 2.0)),
        ("uniform", (-1.0, 2.0)),
        ("truncated_normal", (0.0, 1.0)),
        ("randint", (0, 7)),
        ("gamma", (2.0,)),
        ("beta", (2.0, 5.0)),
    ],
)
def test_moments_and_dtype(name, args):
    ours = getattr(random, name)((20_000,), *args, seed=1)
    theirs = keras.ops.convert_to_numpy(getattr(keras.random, name)((20_000,), *args, seed=1))
    assert ops.dtype(ours) == ops.dtype(theirs)
    x, y = np.asarray(ours, float), np.asarray(theirs, float)
    assert x.mean() == pytest.approx(y.mean(), abs=0.06 * y.std()) and x.std() == pytest.approx(y.std(), rel=0.05)
