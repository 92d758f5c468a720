"""Training on JAX: how often programs are made, where data lies, precision, memory."""

import re
import threading

import jax
import numpy as np
import pytest

import lamina
from lamina import layers, ops
from lamina.engines.jax import _compile
from lamina.training import _run

rng = np.random.default_rng(0)
X, Y = rng.normal(size=(70, 6)).astype("float32"), rng.normal(size=(70, 2)).astype("float32")


def make(*between, **options):
    lamina.utils.set_random_seed(1)
    model = lamina.Sequential([lamina.Input((6,)), layers.Dense(8, activation="tanh"), *between, layers.Dense(2)])
    model.compile(options.pop("optimizer", "adam"), "mse", metrics=["mae"], **options)
    return model


def programs(model, kind="train"):
    entries = model._steps[kind][1]._on_places._entries.values()
    return len(entries), sum(e._loop._cache_size() + e._collect._cache_size() for e in entries)


def test_one_program_for_all_batches_chunks_and_epochs():
    model = make()
    model.fit(X, Y, batch_size=16, epochs=4, verbose=0)  # 4 batches and 6 samples
    assert programs(model) == (1, 1)
    model.fit(X, Y, batch_size=16, epochs=2, verbose=0, callbacks=[lamina.callbacks.LambdaCallback(on_batch_end=print)])
    assert programs(model) == (1, 1)  # batch by batch too
    model.evaluate(X, Y, batch_size=16, verbose=0)
    assert programs(model, "test") == (1, 1)
    model.predict(X, batch_size=16, verbose=0)
    assert programs(model, "predict") == (1, 1)


def test_data_of_any_length_is_predicted_by_two_programs():
    model = make()
    long = rng.normal(size=(300, 6)).astype("float32")
    for samples in (300, 70, 16, 17, 31, 256, 257, 299):
        found = model.predict(long[:samples], batch_size=16, verbose=0)
        np.testing.assert_allclose(found, model(long[:samples]), rtol=1e-5, atol=1e-6)
    assert programs(model, "predict") == (2, 2)  # one of a batch, one of many
    assert sorted(called_sizes(model)) == [16, 256]


def called_sizes(model):
    """The sizes of batches that predicting compiled calls for: one, and several joined to one."""
    entries = [e for on_batch, _ in model._steps["predict"][1]._programs.values() for e in on_batch._entries.items()]
    return [key[-1][0][0] for key, entry in entries if entry._call._cache_size()]


def test_batches_joined_give_what_each_gives():
    table, image = lamina.Input((6,), name="table"), lamina.Input((4, 4, 2), name="image")
    seen = layers.Flatten()(layers.Conv2D(3, 3, activation="relu")(image))
    both = layers.Dense(8, activation="tanh")(layers.Concatenate()([table, seen]))
    model = lamina.Model({"table": table, "image": image}, {"a": layers.Dense(2)(both), "b": layers.Dense(1)(both)})
    x = {
        "table": rng.normal(size=(325, 6)).astype("float32"),
        "image": rng.normal(size=(325, 4, 4, 2)).astype("float32"),
    }
    for samples, steps in ((325, None), (250, None), (325, 18), (325, 25)):
        part = {key: a[: min(samples, 8 * (steps or 99))] for key, a in x.items()}
        found = model.predict({key: a[:samples] for key, a in x.items()}, batch_size=8, steps=steps, verbose=0)
        wanted = model.predict_on_batch(part)
        for key in "ab":
            np.testing.assert_allclose(found[key], wanted[key], rtol=1e-5, atol=1e-6)
    assert 128 in called_sizes(model)


def test_chunks_of_another_length_change_no_bit(monkeypatch):
    model, x = make(), rng.normal(size=(500, 6)).astype("float32")
    found = []
    for seconds in (1e9, 1e-9, 0.1):
        monkeypatch.setattr(_run, "CHUNK_S", seconds)
        found.append(model.predict(x, batch_size=8, verbose=0))
    assert np.array_equal(found[0], found[1]) and np.array_equal(found[0], found[2])


def test_what_draws_numbers_is_predicted_batch_by_batch():
    x = lamina.Input((6,))
    model = lamina.Model(x, layers.Dropout(0.5, seed=3)(x, training=True))
    ones = np.ones((160, 6), "float32")
    found = model.predict(ones, batch_size=8, verbose=0)
    assert called_sizes(model) == []
    again = lamina.Model(x, layers.Dropout(0.5, seed=3)(x, training=True))
    assert np.array_equal(found, np.concatenate([again.predict_on_batch(ones[:8]) for _ in range(20)]))


def test_as_many_batches_are_joined_as_is_worth_it(monkeypatch):
    x = rng.normal(size=(170, 6)).astype("float32")
    for allowed, sizes in ((3, [8, 24]), (1, []), (99, [8, 128])):
        model = make()
        monkeypatch.setattr(_compile.CompiledFunction, "times", lambda self, *args, n=allowed: n)
        found = model.predict(x, batch_size=8, verbose=0)
        assert sorted(called_sizes(model)) == sizes
        np.testing.assert_allclose(found, model(x), rtol=1e-5, atol=1e-6)


def test_programs_that_cannot_fill_up_a_batch_predict_the_last_alone():
    model = make(layers.Lambda(lambda x: x + ops.mean(x, axis=0)))
    found = model.predict(X, batch_size=16, verbose=0)
    each = [model(X[i : i + 16]) for i in range(0, 70, 16)]
    np.testing.assert_allclose(found, np.concatenate(each), rtol=1e-5, atol=1e-6)


def test_batch_statistics_take_a_second_program():
    model = make(layers.BatchNormalization())
    model.fit(X, Y, batch_size=16, epochs=3, verbose=0)
    assert programs(model) == (2, 2)


def test_callbacks_of_batches_see_every_batch():
    seen = []

    class Watch(lamina.callbacks.Callback):
        def on_train_batch_end(self, batch, logs):
            seen.append((batch, logs["loss"]))

    one, other = make(), make()
    one.fit(X, Y, batch_size=16, verbose=0, shuffle=False, callbacks=[Watch()])
    assert [n for n, _ in seen] == [0, 1, 2, 3, 4]
    history = other.fit(X, Y, batch_size=16, verbose=0, shuffle=False)
    assert seen[-1][1] == pytest.approx(history.history["loss"][0], rel=1e-6)


def test_arrays_on_disk_and_generators_give_what_arrays_give(tmp_path):
    mapped = np.memmap(tmp_path / "x", "float32", "w+", shape=X.shape)
    mapped[:] = X
    wanted = make()
    wanted.fit(X[:64], Y[:64], batch_size=16, epochs=2, shuffle=False, verbose=0)

    class Data(lamina.utils.PyDataset):
        def __len__(self):
            return 4

        def __getitem__(self, i):
            return X[16 * i : 16 * i + 16], Y[16 * i : 16 * i + 16]

    for x, y, options in (
        (mapped[:64], Y[:64], {"batch_size": 16}),
        (Data(), None, {}),
        (((X[i : i + 16], Y[i : i + 16]) for _ in range(2) for i in range(0, 64, 16)), None, {"steps_per_epoch": 4}),
    ):
        model = make()
        model.fit(x, y, epochs=2, shuffle=False, verbose=0, **options)
        for a, b in zip(model.get_weights(), wanted.get_weights()):
            np.testing.assert_allclose(a, b, rtol=1e-5, atol=1e-6)


def test_values_kept_before_training_stay_and_copies_after_it():
    model = make()
    kernel = model.layers[0].kernel
    before = kernel.value
    model.fit(X, Y, verbose=0)
    after = ops.copy(kernel.value)
    model.fit(X, Y, verbose=0)
    assert np.isfinite(np.asarray(before)).all() and np.isfinite(np.asarray(after)).all()
    assert not np.array_equal(before, after)


def test_variables_that_share_a_tensor():
    model = make()
    first, last = model.layers[0], layers.Dense(8)
    last.build((None, 6))
    last.kernel.assign(first.kernel.value)
    both = lamina.Sequential([lamina.Input((6,)), layers.Dense(8)])
    both.layers[0].kernel.assign(first.kernel.value)
    both.compile("sgd", "mse")
    model.fit(X, Y, verbose=0)
    both.fit(X, np.zeros((70, 8)), verbose=0)
    assert np.isfinite(last.kernel.numpy()).all()


@pytest.mark.parametrize("policy", ["mixed_bfloat16", "mixed_float16"])
def test_mixed_precision(policy):
    lamina.config.set_dtype_policy(policy)
    try:
        model = make(optimizer=lamina.optimizers.Adam(0.01))
    finally:
        lamina.config.set_dtype_policy("float32")
    history = model.fit(X, Y, batch_size=16, epochs=30, verbose=0).history["loss"]
    assert history[-1] < 0.8 * history[0]
    assert {v.dtype for v in model.trainable_variables} == {"float32"}
    assert ops.dtype(model(X)) == policy[len("mixed_") :]
    assert (type(model.optimizer).__name__ == "LossScaleOptimizer") == (policy == "mixed_float16")


def test_a_step_that_overflows_is_left_out_and_the_scale_goes_down():
    lamina.config.set_dtype_policy("mixed_float16")
    try:
        optimizer = lamina.optimizers.LossScaleOptimizer(lamina.optimizers.SGD(0.01), initial_scale=2.0**40)
        model = make(optimizer=optimizer)
    finally:
        lamina.config.set_dtype_policy("float32")
    before = model.get_weights()
    model.train_on_batch(X, Y)
    assert all(np.array_equal(a, b) for a, b in zip(before, model.get_weights()))
    assert float(optimizer.dynamic_scale.numpy()) < 2.0**40


def test_custom_step_with_a_tape():
    class Net(lamina.Model):
        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(2)

        def call(self, x):
            return self.dense(x)

        def train_step(self, data):
            x, y = data
            with lamina.GradientTape() as tape:
                y_pred = self(x, training=True)
                loss = self.compute_loss(x=x, y=y, y_pred=y_pred)
            gradients = tape.gradient(loss, self.trainable_variables)
            self.optimizer.apply_gradients(zip(gradients, self.trainable_variables))
            for metric in self.metrics:
                metric.update_state(loss) if metric.name == "loss" else metric.update_state(y, y_pred)
            return {m.name: m.result() for m in self.metrics}

    lamina.utils.set_random_seed(0)
    model = Net()
    model.compile("adam", "mse", metrics=["mae"])
    history = model.fit(X, Y, epochs=5, shuffle=False, verbose=0).history
    assert history["loss"][-1] < history["loss"][0] and history["mae"][-1] < history["mae"][0]


def test_predicting_gives_nothing_away_and_may_run_in_threads():
    model = make()
    model.fit(X, Y, verbose=0)
    weights = [v.value for v in model.weights]
    wanted, found = model.predict(X, verbose=0), []
    threads = [threading.Thread(target=lambda: found.append(model.predict(X, verbose=0))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    model.evaluate(X, Y, verbose=0)
    assert len(found) == 4 and all(np.array_equal(f, wanted) for f in found)
    assert not any(w.is_deleted() for w in weights)


@pytest.mark.skipif(jax.default_backend() != "cpu", reason="about convolutions on a CPU")
def test_convolutions_on_a_cpu_stay_out_of_loops():
    images = rng.normal(size=(20, 6, 6, 1)).astype("float32")
    model = lamina.Sequential([lamina.Input((6, 6, 1)), layers.Conv2D(2, 3), layers.Flatten(), layers.Dense(1)])
    model.compile("sgd", "mse")
    model.fit(images, np.ones((20, 1)), batch_size=8, epochs=2, verbose=0)
    found = model.predict(images, batch_size=8, verbose=0)
    (entry,) = model._steps["train"][1]._on_places._entries.values()
    assert not entry.loops and entry._row._cache_size() == 1 and entry._loop._cache_size() == 0
    np.testing.assert_allclose(found, model(images), rtol=1e-5, atol=1e-6)
    dense = make()
    dense.fit(X, Y, verbose=0)
    assert all(e.loops for e in dense._steps["train"][1]._on_places._entries.values())


def test_nothing_is_computed_in_64_bit_floats(monkeypatch):
    """They are switched on, but only for those who ask for them: on a GPU they take many times longer."""
    programs_seen = []
    make_jaxpr = jax.make_jaxpr

    def noting(fn, **options):
        def run(*args):
            made = make_jaxpr(fn, **options)(*args)
            programs_seen.append(str(made[0]))
            return made

        return run

    monkeypatch.setattr(jax, "make_jaxpr", noting)
    x = lamina.Input((6, 4))
    y = layers.LayerNormalization()(layers.MultiHeadAttention(2, 4, dropout=0.1)(x, x) + x)
    y = layers.GRU(3, dropout=0.2)(layers.Conv1D(4, 3, activation="gelu")(y))
    model = lamina.Model(
        x, layers.Dense(3, activation="softmax", kernel_regularizer="l2")(layers.BatchNormalization()(y))
    )
    model.compile("adamw", "sparse_categorical_crossentropy", metrics=["accuracy"])
    model.fit(np.ones((10, 6, 4)), np.arange(10) % 3, batch_size=4, verbose=0)
    assert programs_seen
    for program in programs_seen:
        assert not re.search(r"f64\[\d", program)
