"""Every layer, called in the ways its signature allows, in a model that is saved and loaded."""

import inspect

import numpy as np
import pytest

from lamina import layers, ops, tree
from lamina.layers import Input, Layer
from lamina.models import Model, load_model
from lamina.saving import register_keras_serializable

rng = np.random.default_rng(0)
SEQUENCE, STATE = rng.normal(size=(2, 4, 3)).astype("float32"), rng.normal(size=(2, 5)).astype("float32")
PLAIN, MASK = (
    rng.normal(size=(2, 3)).astype("float32"),
    np.array([[True, True, False, True], [True, False, True, True]]),
)
ENDINGS = pytest.mark.parametrize("ending", ["keras", "h5"])


def symbolic(x):
    return tree.map_structure(lambda a: Input(a.shape[1:], dtype="string" if a.dtype.kind == "U" else str(a.dtype)), x)


def survives(arrays, call, path):
    """Saves and loads a model of the layers that `call(*tensors)` joins; outside training its outputs must stay the same."""
    inputs = [symbolic(a) for a in arrays]
    model = Model(inputs, call(*inputs))
    for i, weight in enumerate(model.weights):
        if "float" in weight.dtype:
            weight.assign(np.random.default_rng(i).uniform(0.5, 1.5, weight.shape))
    model.save(path)
    again = load_model(path)
    mine, yours = (tree.flatten(m(list(arrays), training=False)) for m in (model, again))
    assert len(mine) == len(yours)
    for a, b in zip(mine, yours):
        np.testing.assert_array_equal(np.asarray(a), np.asarray(b))
    for a, b in zip(model.weights, again.weights, strict=True):
        np.testing.assert_array_equal(a.numpy(), b.numpy())


@ENDINGS
def test_every_layer_by_place_and_by_name(layer_case, ending, tmp_path):
    name, arguments, x = layer_case
    make = getattr(layers, name)
    parts = x if isinstance(x, tuple) else (x,)
    if isinstance(x, list):
        parts = (x,)
    names = [p for p in inspect.signature(make.call).parameters if p != "self"][: len(parts)]
    ways = [lambda *t: make(**arguments)(*t)]
    if len(parts) > 1 and "args" not in names:
        ways.append(lambda *t: make(**arguments)(t[0], **dict(zip(names[1:], t[1:]))))
    if "training" in inspect.signature(make.call).parameters:
        ways.append(lambda *t: make(**arguments)(*t, training=False))
    for way in ways:
        survives(parts, way, tmp_path / f"m.{ending}")


def twice(layer, *args, **kwargs):
    return [layer(*args, **kwargs), layer(*args, **kwargs)]


cells = [layers.LSTMCell(5), layers.GRUCell(5)]
BUILT_IN = {
    "an initial state": ([SEQUENCE, STATE], lambda x, s: layers.GRU(5)(x, initial_state=s)),
    "initial states in a list": ([SEQUENCE, STATE], lambda x, s: layers.LSTM(5)(x, initial_state=[s, s])),
    "a mask of its own": ([SEQUENCE, MASK], lambda x, m: layers.LSTM(5)(x, mask=m)),
    "a mask of an embedding": (
        [np.array([[1, 2, 0], [3, 0, 0]], "int32")], lambda i: layers.GRU(4)(layers.Embedding(5, 3, mask_zero=True)(i)),
    ),
    "states returned": ([SEQUENCE], lambda x: layers.LSTM(5, return_state=True, return_sequences=True)(x)),
    "RNN of a cell": ([SEQUENCE], lambda x: layers.RNN(layers.SimpleRNNCell(5))(x)),
    "RNN of cells": ([SEQUENCE], lambda x: layers.RNN([layers.LSTMCell(5), layers.GRUCell(4)])(x)),
    "stacked cells": ([SEQUENCE], lambda x: layers.RNN(layers.StackedRNNCells([layers.GRUCell(5)] ), return_state=True)(x)),
    "both directions": ([SEQUENCE], lambda x: layers.Bidirectional(layers.LSTM(5, return_sequences=True))(x)),
    "both, masked": ([SEQUENCE, MASK], lambda x, m: layers.Bidirectional(layers.GRU(5), merge_mode="sum")(x, mask=m)),
    "every step": ([SEQUENCE], lambda x: layers.TimeDistributed(layers.Dense(2))(x)),
    "every step, masked": ([SEQUENCE, MASK], lambda x, m: layers.TimeDistributed(layers.Dense(2))(x, mask=m)),
    "spectral": ([PLAIN], lambda x: layers.SpectralNormalization(layers.Dense(2))(x)),
    "attention with keys": ([SEQUENCE, SEQUENCE, SEQUENCE], lambda q, v, k: layers.Attention()([q, v, k])),
    "attention, masked": ([SEQUENCE, MASK], lambda q, m: layers.Attention(use_scale=True)([q, q], mask=[m, m])),
    "scores too": ([SEQUENCE], lambda q: layers.AdditiveAttention()([q, q], return_attention_scores=True)),
    "causal": ([SEQUENCE], lambda q: layers.Attention()([q, q], use_causal_mask=True)),
    "heads by place": ([SEQUENCE, SEQUENCE], lambda q, v: layers.MultiHeadAttention(2, 3)(q, v)),
    "heads, keys and mask": (
        [SEQUENCE, SEQUENCE, np.ones((2, 4, 4), bool)],
        lambda q, v, m: layers.MultiHeadAttention(2, 3)(q, value=v, key=v, attention_mask=m, return_attention_scores=True),
    ),
    "grouped heads": ([SEQUENCE], lambda q: layers.GroupQueryAttention(2, 4, 2)(q, q, use_causal_mask=True)),
    "normalized under a mask": ([SEQUENCE, MASK], lambda x, m: layers.BatchNormalization()(x, mask=m, training=False)),
    "softmax under a mask": ([PLAIN, PLAIN > 0], lambda x, m: layers.Softmax()(x, mask=m)),
    "a constant beside": ([PLAIN], lambda x: layers.Add()([x, layers.Dense(3)(x)])),
    "used twice": ([PLAIN], lambda x: twice(layers.Dense(2), x)),
    "an inner model": ([PLAIN], lambda x: Model(i := Input((3,)), [layers.Dense(2)(i)])(x)),
}  # fmt: skip


@ENDINGS
@pytest.mark.parametrize("way", BUILT_IN)
def test_further_ways(way, ending, tmp_path):
    survives(*BUILT_IN[way], tmp_path / f"m.{ending}")


register = register_keras_serializable(package="saved_calls")


class Parts(Layer):
    """Has layers with weights inside, and no `build`."""

    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.first, self.second = layers.Dense(2), layers.Dense(2)


@register
class Two(Parts):
    def call(self, a, b):
        return self.first(a) + self.second(b)


@register
class Optional(Parts):
    def call(self, a, b=None, scale=2.0):
        return self.first(a) * scale if b is None else self.first(a) + self.second(b)


@register
class Listed(Parts):
    def call(self, inputs):
        return self.first(inputs[0]) + self.second(inputs[1])


@register
class Named(Parts):
    def call(self, inputs):
        return self.first(inputs["a"]) + self.second(inputs["b"])


@register
class Mixed(Parts):
    def call(self, pair, other, *, training=False):
        return self.first(pair[0]) + self.second(other) + ops.sum(pair[1])


@register
class Needs(Parts):
    def call(self, a, times, b):
        return self.first(a) * times + self.second(b)


@register
class Builds(Parts):
    def build(self, a_shape, b_shape):
        self.scale = self.add_weight(shape=(a_shape[-1], b_shape[-1]), name="scale", initializer="ones")

    def call(self, a, b):
        return self.first(a) + self.second(b) + ops.sum(self.scale)


@register
class Arrays(Layer):
    """Its config holds arrays, bytes, slices and tuples."""

    def __init__(self, table, part=slice(0, 2), label=b"x", sizes=(1, 2), nested=None, **kwargs):
        super().__init__(**kwargs)
        assert isinstance(table, np.ndarray) and isinstance(part, slice) and isinstance(label, bytes)
        assert nested is None or isinstance(nested["weights"][0], np.ndarray)
        self.options = {"table": table, "part": part, "label": label, "sizes": sizes, "nested": nested}

    def call(self, x):
        return x[:, self.options["part"]] * ops.convert_to_tensor(self.options["table"])

    def get_config(self):
        return {**super().get_config(), **self.options}


TABLE = np.array([0.5, 2.0], "float32")
OWN = {
    "two by place": ([PLAIN, SEQUENCE[:, 0]], lambda a, b: Two()(a, b)),
    "two by name": ([PLAIN, SEQUENCE[:, 0]], lambda a, b: Two()(b=b, a=a)),
    "one of two": ([PLAIN], lambda a: Optional()(a, scale=3.0)),
    "both of two": ([PLAIN, PLAIN], lambda a, b: Optional()(a, b)),
    "a list": ([PLAIN, PLAIN], lambda a, b: Listed()([a, b])),
    "a tuple": ([PLAIN, PLAIN], lambda a, b: Listed()((a, b))),
    "a dict": ([PLAIN, PLAIN], lambda a, b: Named()({"a": a, "b": b})),
    "a list and another": ([PLAIN, PLAIN, PLAIN], lambda a, b, c: Mixed()([a, b], other=c, training=True)),
    "a number between": ([PLAIN, PLAIN], lambda a, b: Needs()(a, times=3, b=b)),
    "built for two": ([PLAIN, PLAIN], lambda a, b: Builds()(a, b)),
    "arrays": ([PLAIN], lambda a: Arrays(TABLE, nested={"weights": [TABLE]})(a)),
}


@ENDINGS
@pytest.mark.parametrize("way", OWN)
def test_layers_of_ones_own(way, ending, tmp_path):
    survives(*OWN[way], tmp_path / f"m.{ending}")
