"""Rematerialisation: the same results, and on JAX a program that computes again."""

import numpy as np
import pytest

import lamina
from lamina import layers, ops

X, Y = np.linspace(-1, 1, 24, dtype="float32").reshape(6, 4), np.ones((6, 2), "float32")


def trained(mode, **options):
    lamina.utils.set_random_seed(0)
    with lamina.RematScope(mode, **options):
        model = lamina.Sequential(
            [lamina.Input((4,)), layers.Dense(5, activation="tanh", activity_regularizer="l2", name="first"),
             layers.BatchNormalization(), layers.Dropout(0.3), layers.Dense(2)]
        )  # fmt: skip
    model.compile("sgd", "mse")
    model.fit(X, Y, epochs=3, batch_size=3, shuffle=False, verbose=0)
    return model


@pytest.mark.parametrize(
    ("mode", "options"),
    [
        ("full", {}),
        ("activations", {}),
        ("larger_than", {"output_size_threshold": 12}),
        ("list_of_layers", {"layer_names": ["first"]}),
    ],
)
def test_results_stay_the_same(mode, options):
    wanted = trained(None)
    model = trained(mode, **options)
    for a, b in zip(model.get_weights(), wanted.get_weights()):
        np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)
    assert not np.array_equal(model.layers[1].moving_mean.numpy(), np.zeros(5))


def test_which_layers_are_covered():
    with lamina.RematScope("list_of_layers", layer_names=["a"]):
        a, b = layers.Dense(2, name="a"), layers.Dense(2, name="b")
    outside = layers.Dense(2)
    x = ops.ones((3, 4))
    assert a._remat.covers(a, (x,), {}) and not b._remat.covers(b, (x,), {}) and outside._remat is None
    with lamina.RematScope("larger_than", output_size_threshold=5):
        small, large = layers.Dense(1), layers.Dense(2)
    small(x), large(x)
    assert not small._remat.covers(small, (x,), {}) and large._remat.covers(large, (x,), {})


def test_unknown_mode_is_refused():
    with pytest.raises(ValueError, match="'full', 'activations'.*got 'some'"):
        lamina.RematScope("some")


def test_function():
    w = lamina.Variable(2.0)
    seen = lamina.Variable(0.0, trainable=False)

    def f(x):
        seen.assign_add(1.0)
        return ops.sum(ops.sin(w * x))

    x = np.array([0.1, 0.2], "float32")
    with lamina.GradientTape() as tape:
        y = lamina.remat(f)(ops.convert_to_tensor(x))
    np.testing.assert_allclose(float(tape.gradient(y, w)), (np.cos(2 * x) * x).sum(), rtol=1e-5)
    assert float(seen.numpy()) == 1.0


def test_the_program_computes_again(engine_name):
    if engine_name != "jax":
        pytest.skip("about jax.checkpoint")
    import jax

    loss = lamina.remat(lambda x: ops.sum(ops.sin(ops.sin(x))))
    assert "remat" in str(jax.make_jaxpr(jax.grad(loss))(X)) or "checkpoint" in str(jax.make_jaxpr(jax.grad(loss))(X))


def test_a_call_is_rematerialised_only_in_a_scope():
    plain = layers.Dense(2)
    assert plain.rematerialized_call(plain.call) == plain.call
    with lamina.RematScope():
        layer = layers.Dense(2)
    layer.build((None, 3))
    x = ops.ones((1, 3))
    np.testing.assert_allclose(layer.rematerialized_call(layer.call)(x), layer(x))
