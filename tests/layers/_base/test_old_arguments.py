"""Spellings of Keras 1 and 2."""

import numpy as np
import pytest

from lamina import layers, ops
from lamina._deprecation import forget_warnings
from lamina.layers._base._old_arguments import rename_old_arguments

CASES = [
    ("Dense", {"output_dim": 3}, {"units": 3}),
    ("Dense", {"units": 3, "init": "uniform"}, {"units": 3, "kernel_initializer": "random_uniform"}),
    (
        "Dense",
        {"units": 3, "W_regularizer": "l2", "b_regularizer": "l1"},
        {"units": 3, "kernel_regularizer": "l2", "bias_regularizer": "l1"},
    ),
    (
        "Dense",
        {"units": 3, "W_constraint": "non_neg", "bias": False},
        {"units": 3, "kernel_constraint": "non_neg", "use_bias": False},
    ),
    ("Dropout", {"p": 0.25}, {"rate": 0.25}),
    ("SpatialDropout2D", {"p": 0.25, "dim_ordering": "th"}, {"rate": 0.25, "data_format": "channels_first"}),
    ("GaussianNoise", {"sigma": 0.5}, {"stddev": 0.5}),
    ("GaussianDropout", {"p": 0.5}, {"rate": 0.5}),
    ("LeakyReLU", {"alpha": 0.1}, {"negative_slope": 0.1}),
    ("BatchNormalization", {"mode": 0, "beta_init": "ones"}, {"beta_initializer": "ones"}),
    (
        "Embedding",
        {"input_dim": 4, "output_dim": 2, "W_regularizer": "l2", "dropout": 0.0},
        {"input_dim": 4, "output_dim": 2, "embeddings_regularizer": "l2"},
    ),
    ("Concatenate", {"concat_axis": 1}, {"axis": 1}),
]


@pytest.mark.parametrize(("name", "old", "new"), CASES)
def test_old_names_mean_the_new_ones(name, old, new):
    forget_warnings()
    cls = getattr(layers, name)
    with pytest.warns(DeprecationWarning) as noted:
        layer = cls(name="x", **old)
    assert layer.get_config() == cls(name="x", **new).get_config()
    changed = [k for k in old if k not in new]
    assert len(noted) == len(changed) and all(f"{k}=" in " ".join(str(w.message) for w in noted) for k in changed)


def test_one_note_for_many_uses(recwarn):
    forget_warnings()
    for _ in range(3):
        layers.Dropout(p=0.5)
    assert len(recwarn) == 1


def test_both_spellings_at_once_are_refused():
    forget_warnings()
    with pytest.warns(DeprecationWarning), pytest.raises(TypeError, match="only one of them"):
        layers.Dropout(rate=0.5, p=0.5)


def test_initial_weights_at_construction():
    forget_warnings()
    kernel, bias = np.full((3, 2), 2.0, "float32"), np.ones(2, "float32")
    with pytest.warns(DeprecationWarning, match="weights="):
        layer = layers.Dense(2, weights=[kernel, bias])
    assert layer(np.ones((1, 3), "float32")).tolist() == [[7.0, 7.0]]


def test_subclasses_understand_them_too():
    class Mine(layers.Dense):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)

    forget_warnings()
    with pytest.warns(DeprecationWarning, match="output_dim="):
        assert Mine(output_dim=3).units == 3


class _Fake:
    """Stands for a layer of which only the argument names matter."""

    def __init__(self, **kwargs):
        self.given = kwargs


@pytest.mark.parametrize(
    ("name", "old", "new"),
    [
        (
            "Conv2D",
            {
                "nb_filter": 8,
                "nb_row": 3,
                "nb_col": 5,
                "border_mode": "same",
                "subsample": (2, 2),
                "dim_ordering": "th",
            },
            {
                "filters": 8,
                "kernel_size": (3, 5),
                "padding": "same",
                "strides": (2, 2),
                "data_format": "channels_first",
            },
        ),
        ("Conv1D", {"nb_filter": 8, "filter_length": 3}, {"filters": 8, "kernel_size": 3}),
        ("MaxPooling1D", {"pool_length": 2, "stride": 1}, {"pool_size": 2, "strides": 1}),
        (
            "LSTM",
            {"output_dim": 4, "inner_init": "orthogonal", "dropout_W": 0.1, "dropout_U": 0.2, "consume_less": "cpu"},
            {"units": 4, "recurrent_initializer": "orthogonal", "dropout": 0.1, "recurrent_dropout": 0.2},
        ),
    ],
)
def test_tables_for_convolution_and_recurrence(name, old, new):
    forget_warnings()
    cls = type(name, (_Fake,), {"__module__": "lamina.layers"})
    rename_old_arguments(cls)
    with pytest.warns(DeprecationWarning) as notes:
        assert cls(**old).given == new
    assert len(notes) == len(old) - ("nb_row" in old)


def test_initial_weights_by_a_function_of_keras_1():
    def mine(shape, name=None):
        return np.full(shape, 3)

    forget_warnings()
    with pytest.warns(DeprecationWarning, match="init="):
        layer = layers.Dense(2, init=mine)
    layer.build((None, 3))
    assert layer.kernel.numpy().tolist() == [[3.0, 3.0]] * 3 and layer.kernel.dtype == "float32"


@pytest.mark.parametrize("rank", [1, 2, 3])
def test_average_pooling_halves_without_a_size(rank):
    forget_warnings()
    with pytest.warns(DeprecationWarning, match="no default of pool_size"):
        layer = getattr(layers, f"AveragePooling{rank}D")()
    assert layer.pool_size == (2,) * rank
    assert getattr(layers, f"AveragePooling{rank}D")(3).pool_size == (3,) * rank


def test_a_loss_says_what_it_depends_on():
    class Adds(layers.Layer):
        def call(self, x):
            self.add_loss(ops.sum(x), inputs=[x])
            return x

    layer = Adds()
    forget_warnings()
    with pytest.warns(DeprecationWarning, match="inputs= has no effect"):
        layer(np.ones(3, "float32"))
    assert [float(loss) for loss in layer.losses] == [3.0]
    with pytest.raises(TypeError, match="scale"):
        layer.add_loss(1.0, scale=2)
