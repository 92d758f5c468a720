"""Descriptions of objects are those of real Keras."""

import json

import numpy as np
import pytest

keras = pytest.importorskip("keras")

from lamina import activations, initializers, losses, metrics, optimizers, random, regularizers  # noqa: E402, F401
from lamina.variables import DTypePolicy, SeedGenerator, deserialize_keras_object, serialize_keras_object  # noqa: E402

pytestmark = [pytest.mark.peer, pytest.mark.filterwarnings("ignore:__array__ implementation")]


def both(make):
    """The same object made by lamina and by Keras."""
    import types

    ours = types.SimpleNamespace(
        losses=losses, metrics=metrics, optimizers=optimizers, initializers=initializers, regularizers=regularizers,
        activations=activations, DTypePolicy=DTypePolicy, SeedGenerator=SeedGenerator,
    )  # fmt: skip
    theirs = types.SimpleNamespace(
        losses=keras.losses, metrics=keras.metrics, optimizers=keras.optimizers, initializers=keras.initializers,
        regularizers=keras.regularizers, activations=keras.activations, DTypePolicy=keras.DTypePolicy,
        SeedGenerator=keras.random.SeedGenerator,
    )  # fmt: skip
    return make(ours), make(theirs)


@pytest.mark.parametrize(
    "make",
    [
        lambda k: k.losses.BinaryCrossentropy(label_smoothing=0.1, name="b"),
        lambda k: k.losses.mean_squared_error,
        lambda k: k.activations.relu,
        lambda k: k.metrics.AUC(name="a"),
        lambda k: k.metrics.MeanMetricWrapper(k.losses.mean_squared_error, name="w"),
        lambda k: k.initializers.Constant(np.ones(2)),
        lambda k: k.initializers.HeNormal(seed=k.SeedGenerator(3, name="s")),
        lambda k: k.regularizers.L1L2(0.1, 0.2),
        lambda k: k.optimizers.schedules.CosineDecay(0.1, 10),
        lambda k: k.DTypePolicy("mixed_bfloat16"),
        lambda k: k.SeedGenerator(3, name="s"),
        lambda k: {"a": (1, [k.regularizers.L2(0.5), None]), "b": slice(1, 2), "c": b"x", "d": np.float32(2)},
        lambda k: np.arange(4.0),
    ],
)
def test_same_description(make):
    ours, theirs = both(make)
    written, expected = serialize_keras_object(ours), keras.saving.serialize_keras_object(theirs)
    assert written == expected
    assert json.loads(json.dumps(written)) == json.loads(json.dumps(expected))
    back = deserialize_keras_object(json.loads(json.dumps(expected)))
    assert json.dumps(serialize_keras_object(back)) == json.dumps(json.loads(json.dumps(written)))
