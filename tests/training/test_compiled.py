"""`Compiled`: all that a model is trained with, in one value that `compile` replaces."""

import copy

import numpy as np
import pytest

import lamina
from lamina import layers, optimizers, saving


def test_a_model_has_one_from_the_start(make):
    model = make(compiled=False)
    assert not model.compiled
    assert model.optimizer is None and model.metrics == [] and model.run_eagerly is False
    assert model.get_compile_config() is None
    with pytest.raises(ValueError, match="compile"):
        model.fit(np.ones((2, 3)), np.ones((2, 1)))


def test_compile_leaves_nothing_of_what_was_before(make, data):
    model = make(metrics=["mae"])
    model.fit(*data, verbose=0)
    before = model._compiled
    model.compile("sgd", "mae", run_eagerly=True)
    assert model._compiled is not before
    assert [m.name for m in model.metrics] == ["loss"] and not model._steps
    assert type(model.optimizer) is optimizers.SGD and model.run_eagerly and model.loss == "mae"


def test_optimizer_and_run_eagerly_may_be_set(make, data):
    model = make()
    model.optimizer = mine = optimizers.SGD(0.5)
    model.run_eagerly = True
    model.fit(*data, verbose=0)
    assert model.optimizer is mine
    assert int(mine.iterations) == 2


def test_a_copy_trains_by_itself(make, data):
    model = make(optimizer=optimizers.Adam(0.1))
    model.fit(*data, verbose=0)
    twin = copy.deepcopy(model)
    assert not twin._steps
    before = [w.copy() for w in model.get_weights()]
    twin.fit(*data, verbose=0)
    assert all(np.array_equal(a, b) for a, b in zip(model.get_weights(), before))
    assert int(twin.optimizer.iterations) == 2 * int(model.optimizer.iterations)
    assert not any(np.array_equal(a, b) for a, b in zip(twin.get_weights(), before))


def test_a_step_set_on_the_object_is_used(make, data):
    model, seen = make(), []
    model.train_step = lambda batch: seen.append(len(batch)) or {"mine": lamina.ops.sum(batch[0]) * 0 + 2.0}
    assert model.fit(*data, verbose=0).history == {"mine": [2.0]}
    assert set(seen) == {2}


@saving.register_keras_serializable("test_compiled")
class CompilesOtherwise(lamina.Model):
    def __init__(self, **kwargs):
        super().__init__(**kwargs)
        self.dense = layers.Dense(1)

    def call(self, x):
        return self.dense(x)

    def compile(self, one, other):
        super().compile(one, "mse")
        self.other = other


def test_a_compile_of_ones_own_is_not_called_on_loading(tmp_path):
    model = CompilesOtherwise()
    model.compile("sgd", 3)
    model.build((None, 2))
    model.save(tmp_path / "model.keras")
    with pytest.warns(UserWarning, match=r"CompilesOtherwise has a compile\(\) of its own"):
        again = saving.load_model(tmp_path / "model.keras")
    assert not again.compiled
    x = np.ones((1, 2), "float32")
    np.testing.assert_array_equal(again.predict(x, verbose=0), model.predict(x, verbose=0))
