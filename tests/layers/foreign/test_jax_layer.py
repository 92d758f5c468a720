"""Functions of JAX and modules of Flax as layers, against JAX alone."""

import numpy as np
import pytest

import lamina
from lamina import layers, saving
from lamina.layers.foreign._flax_layer import FlaxLayer
from lamina.layers.foreign._jax_layer import JaxLayer

ON_JAX = lamina.config.backend() == "jax"
x = np.random.default_rng(0).normal(size=(24, 3)).astype("float32")
y = x @ np.array([[1.0, 0.5], [2.0, -1.0], [0.0, 1.0]], "float32")


@pytest.mark.skipif(ON_JAX, reason="there it works")
def test_other_engines_refuse():
    with pytest.raises(ValueError, match="jax engine alone"):
        JaxLayer(lambda inputs: inputs)


def dense(params, inputs):
    return inputs @ params["w"] + params["b"]


def first(rng, inputs):
    import jax

    return {"w": jax.random.normal(rng, (inputs.shape[-1], 2)), "b": jax.numpy.zeros(2)}


@pytest.mark.skipif(not ON_JAX, reason="needs the jax engine")
class TestOnJax:
    def test_trains_as_jax_alone(self):
        import jax

        start = {"w": np.full((3, 2), 0.5, "float32"), "b": np.zeros(2, "float32")}
        layer = JaxLayer(dense, params=start)
        inputs = layers.Input((3,))
        model = lamina.Model(inputs, layer(inputs))
        model.compile(lamina.optimizers.SGD(0.1), "mse")
        model.fit(x, y, batch_size=24, epochs=5, shuffle=False, verbose=0)
        params = start
        for _ in range(5):
            g = jax.grad(lambda p: ((dense(p, x) - y) ** 2).mean())(params)
            params = jax.tree_util.tree_map(lambda p, d: p - 0.1 * d, params, g)
        for name in ("w", "b"):
            np.testing.assert_allclose(layer.params[name].numpy(), params[name], rtol=1e-4, atol=1e-5)
        assert sorted(v.name for v in layer.trainable_weights) == ["b", "w"]

    def test_init_sees_the_shape(self):
        layer = JaxLayer(dense, first, seed=3)
        assert layer(layers.Input((5,))).shape == (None, 2) and layer.params["w"].shape == (5, 2)
        again = JaxLayer(dense, first, seed=3)
        again(np.zeros((1, 5), "float32"))
        np.testing.assert_array_equal(again.params["w"].numpy(), layer.params["w"].numpy())

    def test_state_counts_and_keys_differ(self):
        import jax

        def noisy(state, rng, inputs, training):
            noise = jax.random.normal(rng, inputs.shape) if training else 0.0
            return inputs + noise, {"calls": state["calls"] + training}

        layer = JaxLayer(noisy, state={"calls": np.zeros((), "int32")}, seed=1)
        one, two = (lamina.ops.convert_to_numpy(layer(x, training=True)) for _ in range(2))
        assert np.abs(one - two).max() > 0.1
        np.testing.assert_array_equal(layer(x, training=False), x)
        assert int(layer.state["calls"].numpy()) == 2 and layer.trainable_weights == []

    def test_a_state_of_another_structure_is_refused(self):
        layer = JaxLayer(lambda state, inputs: (inputs, {}), state={"calls": np.zeros(())})
        with pytest.raises(ValueError, match="gave a state of the structure"):
            layer(x)

    @pytest.mark.parametrize(
        "make, match",
        [
            (lambda: JaxLayer(lambda params, x: x, params={}), "it must take inputs"),
            (lambda: JaxLayer(dense, lambda inputs, extra: None), "init_fn takes inputs, extra"),
            (lambda: JaxLayer(dense), "give init_fn="),
        ],
    )
    def test_bad_functions(self, make, match):
        with pytest.raises(ValueError, match=match):
            make()

    def test_files_hold_what_is_registered_alone(self, tmp_path):
        known = saving.register_keras_serializable("test_jax")(dense)
        inputs = layers.Input((3,))
        model = lamina.Model(inputs, JaxLayer(known, saving.register_keras_serializable("test_jax")(first))(inputs))
        model.save(tmp_path / "known.keras")
        again = saving.load_model(tmp_path / "known.keras")
        np.testing.assert_array_equal(again.predict(x, verbose=0), model.predict(x, verbose=0))
        model = lamina.Model(inputs, JaxLayer(lambda inputs: inputs)(inputs))
        with pytest.raises((TypeError, ValueError), match="lambda"):
            model.save(tmp_path / "unknown.keras")

    def test_flax(self):
        linen = pytest.importorskip("flax.linen")

        class Block(linen.Module):
            @linen.compact
            def __call__(self, inputs, training=False):
                h = linen.BatchNorm(use_running_average=not training)(linen.Dense(4)(inputs))
                return linen.Dense(2)(linen.Dropout(0.1, deterministic=not training)(linen.relu(h)))

        block = Block()
        layer = FlaxLayer(block)
        inputs = layers.Input((3,))
        model = lamina.Model(inputs, layer(inputs))
        assert model.output_shape == (None, 2)
        assert {v.name for v in layer.non_trainable_weights} >= {
            "batch_stats_BatchNorm_0_mean",
            "batch_stats_BatchNorm_0_var",
        }
        model.compile(lamina.optimizers.Adam(0.05), "mse")
        history = model.fit(x, y, batch_size=8, epochs=20, verbose=0).history["loss"]
        assert history[-1] < 0.7 * history[0]
        variables = {"params": layer.params, **layer.state}
        values = __import__("jax").tree_util.tree_map(lambda v: v.value, variables)
        np.testing.assert_allclose(model.predict(x, verbose=0), block.apply(values, x), rtol=1e-5, atol=1e-5)
        other = FlaxLayer(block, variables=values)
        np.testing.assert_allclose(other(x), block.apply(values, x), rtol=1e-5, atol=1e-5)

    def test_flax_by_a_method(self):
        linen = pytest.importorskip("flax.linen")

        class Half(linen.Module):
            def halved(self, inputs):
                return inputs / 2

        np.testing.assert_allclose(FlaxLayer(Half(), method="halved")(x), x / 2)
        np.testing.assert_allclose(FlaxLayer(Half(), method=lambda module, inputs: inputs * 3)(x), x * 3, rtol=1e-6)
