import os
import signal
import threading
import time
import warnings

import numpy as np
import pytest

import lamina
from lamina import layers, ops
from lamina._deprecation import forget_warnings


def test_fit_learns_and_returns_history(make, data):
    model = make(optimizer=lamina.optimizers.Adam(0.05), metrics=["mae"])
    history = model.fit(*data, epochs=60, batch_size=16, verbose=0, validation_split=0.2)
    assert set(history.history) == {"loss", "mae", "val_loss", "val_mae"}
    assert history.epoch == list(range(60))
    assert history.history["loss"][-1] < 0.02 * history.history["loss"][0]
    assert all(isinstance(v, float) for v in history.history["loss"])


def test_logs_are_means_over_samples_with_a_partial_last_batch(make, data):
    x, y = data
    model = make(optimizer=lamina.optimizers.SGD(0.0), metrics=["mse"])
    history = model.fit(x, y, batch_size=16, epochs=1, verbose=0).history
    expected = float(np.mean((model.predict(x, verbose=0) - y) ** 2))
    assert history["loss"][0] == pytest.approx(expected, rel=1e-5)
    assert model.evaluate(x, y, batch_size=7, verbose=0) == pytest.approx([expected, expected], rel=1e-5)


def test_compiled_eager_and_custom_steps_give_the_same_weights(make, data):
    class Custom(lamina.Sequential):
        def train_step(self, batch):
            x, y = batch
            with lamina.GradientTape() as tape:
                y_pred = self(x, training=True)
                loss = self.compute_loss(y=y, y_pred=y_pred)
            gradients = tape.gradient(loss, self.trainable_variables)
            self.optimizer.apply(gradients, self.trainable_variables)
            return {"loss": loss}

    results = []
    for cls, eager in ((lamina.Sequential, False), (lamina.Sequential, True), (Custom, False), (Custom, True)):
        lamina.utils.set_random_seed(3)
        model = cls([lamina.Input((3,)), layers.Dense(4, activation="tanh"), layers.Dense(1)])
        model.compile("adam", "mse", run_eagerly=eager)
        model.fit(*data, epochs=3, batch_size=16, verbose=0, shuffle=False)
        results.append(np.concatenate([w.ravel() for w in model.get_weights()]))
    for other in results[1:]:
        np.testing.assert_allclose(other, results[0], rtol=1e-5, atol=1e-6)


def test_same_seed_same_weights_and_another_seed_another_order(make, data):
    runs = []
    for seed in (3, 3, 4):
        model = make()
        lamina.utils.set_random_seed(seed)
        model.fit(*data, epochs=2, verbose=0)
        runs.append(model.get_weights()[0])
    np.testing.assert_array_equal(runs[0], runs[1])
    assert not np.array_equal(runs[0], runs[2])


def test_weights_of_fit_go_on_in_later_calls(make, data):
    once, twice = make(), make()
    once.fit(*data, epochs=4, shuffle=False, verbose=0)
    twice.fit(*data, epochs=2, shuffle=False, verbose=0)
    twice.fit(*data, epochs=4, initial_epoch=2, shuffle=False, verbose=0)
    for a, b in zip(once.get_weights(), twice.get_weights()):
        np.testing.assert_array_equal(a, b)


def test_slots_survive_between_models_sharing_layers(data):
    """Two models over the same layers train in turns: neither loses sight of the weights."""
    x, y = data
    shared = layers.Dense(4, activation="tanh")
    first = lamina.Sequential([lamina.Input((3,)), shared, layers.Dense(1)])
    second = lamina.Sequential([lamina.Input((3,)), shared, layers.Dense(1)])
    for model in (first, second):
        model.compile("sgd", "mse")
    first.fit(x, y, verbose=0)
    second.fit(x, y, verbose=0)
    before = shared.kernel.numpy()
    first.fit(x, y, verbose=0)
    assert not np.array_equal(before, shared.kernel.numpy())
    np.testing.assert_array_equal(first.layers[0].kernel.numpy(), second.layers[0].kernel.numpy())
    hidden = np.tanh(x @ shared.kernel.numpy() + shared.bias.numpy())
    np.testing.assert_allclose(
        second.predict(x, verbose=0), hidden @ second.get_weights()[2] + second.get_weights()[3], rtol=1e-4, atol=1e-5
    )


def test_several_inputs_and_outputs_with_weights(data):
    x, y = data
    a, b = lamina.Input((3,), name="a"), lamina.Input((3,), name="b")
    h = layers.Dense(4)(layers.Concatenate()([a, b]))
    model = lamina.Model([a, b], {"p": layers.Dense(1, name="p")(h), "q": layers.Dense(2, name="q")(h)})
    two = np.concatenate([y, y], 1)
    model.compile("sgd", {"p": "mse", "q": "mae"}, loss_weights={"p": 2.0, "q": 0.5}, metrics={"p": ["mae"]})
    logs = model.evaluate({"a": x, "b": x}, {"p": y, "q": two}, verbose=0, return_dict=True)
    out = model.predict({"a": x, "b": x}, verbose=0)
    mse, mae = np.mean((out["p"] - y) ** 2), np.mean(np.abs(out["q"] - two))
    assert logs["p_loss"] == pytest.approx(mse, rel=1e-5)
    assert logs["q_loss"] == pytest.approx(mae, rel=1e-5)
    assert logs["loss"] == pytest.approx(2 * mse + 0.5 * mae, rel=1e-5)
    assert logs["p_mae"] == pytest.approx(np.mean(np.abs(out["p"] - y)), rel=1e-5)
    assert "loss" in model.fit([x, x], {"p": y, "q": two}, epochs=2, verbose=0).history


def test_regularizers_and_add_loss_are_part_of_the_loss(data):
    x, y = data

    class Extra(layers.Layer):
        def call(self, inputs):
            self.add_loss(ops.mean(inputs) * 3.0)
            return inputs

    model = lamina.Sequential([lamina.Input((3,)), Extra(), layers.Dense(1, kernel_regularizer="l2")])
    model.compile("sgd", "mse", metrics=["mse"])
    logs = model.evaluate(x, y, batch_size=50, verbose=0, return_dict=True)
    kernel = model.get_weights()[0]
    assert logs["loss"] == pytest.approx(logs["mse"] + 0.01 * np.sum(kernel**2) + 3 * x.mean(), rel=1e-5)
    history = model.fit(x, y, batch_size=50, verbose=0).history
    assert history["loss"][0] == pytest.approx(logs["loss"], rel=1e-5)


def test_sample_weight_class_weight_and_weighted_metrics():
    rng = np.random.default_rng(1)
    x, y = rng.random((40, 2)).astype("float32"), rng.integers(0, 2, 40)
    model = lamina.Sequential([lamina.Input((2,)), layers.Dense(1, activation="sigmoid")])
    model.compile(
        lamina.optimizers.SGD(0.0), "binary_crossentropy", metrics=["accuracy"], weighted_metrics=["accuracy"]
    )
    weights = np.where(y == 1, 3.0, 1.0).astype("float32")
    with_class = model.fit(x, y, class_weight={0: 1.0, 1: 3.0}, batch_size=40, verbose=0).history["loss"][0]
    with_sample = model.fit(x, y, sample_weight=weights, batch_size=40, verbose=0).history["loss"][0]
    p = model.predict(x, verbose=0)[:, 0]
    expected = np.mean(weights * -np.where(y == 1, np.log(p), np.log(1 - p)))
    assert with_class == pytest.approx(expected, rel=1e-4)
    assert with_sample == pytest.approx(expected, rel=1e-4)


def test_accuracy_is_chosen_by_shapes():
    rng = np.random.default_rng(1)
    x = rng.random((30, 4)).astype("float32")
    labels = rng.integers(0, 3, 30)
    for loss, y in (("sparse_categorical_crossentropy", labels), ("categorical_crossentropy", np.eye(3)[labels])):
        model = lamina.Sequential([lamina.Input((4,)), layers.Dense(3, activation="softmax")])
        model.compile("sgd", loss, metrics=["acc"])
        _, accuracy = model.evaluate(x, y, verbose=0)
        assert accuracy == pytest.approx(np.mean(model.predict(x, verbose=0).argmax(1) == labels), abs=1e-6)
        assert "val_acc" in model.fit(x, y, validation_split=0.5, verbose=0).history


def test_dropout_and_batch_norm_update_state_in_compiled_steps(data):
    x, y = data
    model = lamina.Sequential([lamina.Input((3,)), layers.BatchNormalization(), layers.Dropout(0.5), layers.Dense(1)])
    model.compile("sgd", "mse")
    mean = model.layers[0].moving_mean.numpy()
    seed = [v.numpy() for v in model.layers[1].variables]
    model.fit(x, y, epochs=1, verbose=0)
    assert not np.array_equal(mean, model.layers[0].moving_mean.numpy())
    assert not all(np.array_equal(a, b.numpy()) for a, b in zip(seed, model.layers[1].variables))
    np.testing.assert_array_equal(model.predict(x, verbose=0), model.predict(x, verbose=0))


def test_frozen_layers_stay_and_thawed_ones_move(make, data):
    model = make(compiled=False)
    model.layers[0].trainable = False
    model.compile("sgd", "mse")
    frozen, free = (l.kernel.numpy() for l in model.layers)
    model.fit(*data, verbose=0)
    np.testing.assert_array_equal(model.layers[0].kernel.numpy(), frozen)
    assert not np.array_equal(model.layers[1].kernel.numpy(), free)
    model.layers[0].trainable = True
    model.compile("sgd", "mse")
    model.fit(*data, verbose=0)
    assert not np.array_equal(model.layers[0].kernel.numpy(), frozen)


@pytest.mark.parametrize("policy", ["float64", "mixed_bfloat16", "mixed_float16"])
def test_dtype_policies_train(policy, data):
    x, y = data
    lamina.utils.set_random_seed(0)
    model = lamina.Sequential([lamina.Input((3,)), layers.Dense(8, dtype=policy), layers.Dense(1, dtype=policy)])
    model.compile(lamina.optimizers.Adam(0.05), "mse")
    loss = model.fit(x, y, epochs=40, verbose=0).history["loss"]
    assert loss[-1] < loss[0] / 5
    assert model.layers[0].kernel.dtype == ("float64" if policy == "float64" else "float32")


def test_generator_dataset_and_arrays_agree(make, data):
    x, y = data

    class Batches(lamina.utils.PyDataset):
        def __init__(self, **kwargs):
            super().__init__(**kwargs)
            self.ends = 0

        def __len__(self):
            return 4

        def __getitem__(self, i):
            return x[i * 16 : i * 16 + 16], y[i * 16 : i * 16 + 16]

        def on_epoch_end(self):
            self.ends += 1

    def forever():
        while True:
            for i in range(4):
                yield x[i * 16 : i * 16 + 16], y[i * 16 : i * 16 + 16]

    weights = []
    datasets = [Batches(), Batches(workers=2)]
    for source, how in (
        (x, {"batch_size": 16}),
        (datasets[0], {}),
        (datasets[1], {}),
        (forever(), {"steps_per_epoch": 4}),
    ):
        model = make()
        target = (y,) if source is x else ()
        model.fit(source, *target, epochs=3, shuffle=False, verbose=0, **how)
        weights.append(model.get_weights()[0])
    for w in weights[1:]:
        np.testing.assert_allclose(w, weights[0], rtol=1e-5, atol=1e-7)
    assert datasets[0].ends == 3
    np.testing.assert_allclose(model.predict(Batches(), verbose=0), model.predict(x, verbose=0), rtol=1e-5)
    assert model.evaluate(Batches(), verbose=0) == pytest.approx(model.evaluate(x, y, verbose=0), rel=1e-5)


def test_generator_that_ends_early_warns_and_keeps_the_model(make, data):
    x, y = data
    model = make()
    with pytest.warns(UserWarning, match="ended after 2 of 5"):
        model.fit(((x, y) for _ in range(2)), steps_per_epoch=5, verbose=0)
    assert np.isfinite(model.predict(x, verbose=0)).all()


def test_train_and_test_on_batch_tell_of_this_batch(make, data):
    x, y = data
    model = make(optimizer=lamina.optimizers.SGD(0.0), metrics=["mae"])
    p = model.predict(x, verbose=0)

    def values(part):
        return [np.mean((p - y)[part] ** 2), np.mean(np.abs(p - y)[part])]

    first, second = slice(0, 10), slice(10, 40)
    model.fit(x, y, verbose=0)
    for part in (first, second):
        for method in (model.test_on_batch, model.train_on_batch):
            assert method(x[part], y[part]) == pytest.approx(values(part), rel=1e-4)
    model.test_on_batch(x[first], y[first])
    running = model.test_on_batch(x[second], y[second], reset_metrics=False, return_dict=True)
    assert [running["loss"], running["mae"]] == pytest.approx(values(slice(0, 40)), rel=1e-4)
    np.testing.assert_array_equal(model.predict_on_batch(x[:5]), model.predict(x[:5], verbose=0))


def test_metrics_hold_what_was_evaluated_last(make, data):
    x, y = data
    model = make(metrics=["mae"])
    model.fit(x, y, verbose=0)
    logs = model.evaluate(x[:10], y[:10], verbose=0, return_dict=True)
    assert {k: float(v) for k, v in model.get_metrics_result().items()} == pytest.approx(logs)


def test_evaluate_inside_training_does_not_disturb_the_training_logs(make, data):
    class Peek(lamina.callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            self.model.evaluate(*data, verbose=0)

    plain = make().fit(*data, shuffle=False, epochs=2, verbose=0).history["loss"]
    watched = make().fit(*data, shuffle=False, epochs=2, verbose=0, callbacks=[Peek()]).history["loss"]
    np.testing.assert_allclose(watched, plain, rtol=1e-6)


def test_interrupt_leaves_the_model_whole(make, data):
    x, y = np.repeat(data[0], 200, 0), np.repeat(data[1], 200, 0)
    model = make()
    model.fit(x, y, batch_size=8, verbose=0)
    old = signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        threading.Timer(0.3, os.kill, (os.getpid(), signal.SIGINT)).start()
        with pytest.raises(KeyboardInterrupt):
            model.fit(x, y, batch_size=1, epochs=10_000, verbose=0)
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
    finally:
        signal.signal(signal.SIGINT, old)
    assert all(np.isfinite(w).all() for w in model.get_weights())
    assert model.optimizer.iterations.numpy() > 0
    model.fit(x, y, batch_size=64, verbose=0)


def test_shorter_epochs_with_steps_per_epoch(make, data):
    model = make()
    model.fit(*data, batch_size=10, steps_per_epoch=2, epochs=3, verbose=0)
    assert int(model.optimizer.iterations.numpy()) == 5  # two, two, and the one batch that is left of the data


def test_validation_frequency_and_data_forms(make, data):
    x, y = data
    history = make().fit(x, y, epochs=4, validation_data=(x, y), validation_freq=2, verbose=0).history
    assert len(history["val_loss"]) == 2
    history = make().fit(x, y, epochs=3, validation_data=(x, y, np.ones(50)), validation_freq=[1, 3], verbose=0).history
    assert len(history["val_loss"]) == 2


def test_frames_are_data_too(make):
    pd = pytest.importorskip("pandas")
    frame = pd.DataFrame({"a": [1.0, 2, 3, 4], "b": [0, 1, 0, 1], "c": [0.5, 0.25, 1, 2], "y": [1, 2, 3, 4]})
    model = make()
    model.fit(frame[["a", "b", "c"]], frame["y"], verbose=0)
    assert model.predict(frame[["a", "b", "c"]], verbose=0).shape == (4, 1)


BAD = {
    "batch_size 0": (dict(batch_size=0), ValueError, "batch_size must be a positive integer; got 0"),
    "batch_size 2.5": (dict(batch_size=2.5), ValueError, "batch_size.*2.5"),
    "epochs": (dict(epochs=-1), ValueError, "epochs.*-1"),
    "split": (dict(validation_split=1.5), ValueError, "validation_split.*1.5"),
    "split empty": (dict(validation_split=0.999), ValueError, "leave none for training"),
    "initial_epoch": (dict(initial_epoch=-2), ValueError, "initial_epoch.*-2"),
    "steps": (dict(steps_per_epoch=0), ValueError, "steps_per_epoch must be a positive"),
    "callback": (dict(callbacks=["x"]), TypeError, "expected lamina.callbacks.Callback objects; got 'x'"),
    "callback class": (dict(callbacks=[lamina.callbacks.EarlyStopping]), TypeError, "make an instance"),
    "class_weight": (dict(class_weight=[1, 2]), ValueError, "class_weight must be a dict"),
    "unknown": (dict(nonsense=1), TypeError, "nonsense"),
}


@pytest.mark.parametrize("case", BAD)
def test_bad_arguments(case, make, data):
    arguments, error, message = BAD[case]
    with pytest.raises(error, match=message):
        make().fit(*data, verbose=0, **arguments)


def test_bad_data(make, data):
    x, y = data
    model = make()
    with pytest.raises(ValueError, match="x: 50, y: 49"):
        model.fit(x, y[:-1], verbose=0)
    with pytest.raises(ValueError, match="empty"):
        model.fit(x[:0], y[:0], verbose=0)
    with pytest.raises(ValueError, match="batch axis"):
        model.fit(np.float32(1), np.float32(1), verbose=0)
    with pytest.raises(ValueError, match="differ in length"):
        model.fit([[1.0, 2.0], [3.0]], [1.0, 2.0], verbose=0)
    with pytest.raises(TypeError, match="dtype object"):
        model.fit(np.array([[1, 2, "red"]] * 4, dtype=object), y[:4], verbose=0)
    with pytest.warns(UserWarning, match="4 of 12"):
        make().fit(np.array([[1, 2, None]] * 4, dtype=object), y[:4], verbose=0)
    with pytest.raises(ValueError, match="3"):
        model.fit(x[:, :2], y, verbose=0)
    with pytest.raises(TypeError, match="expected arrays"):
        model.fit(3, y, verbose=0)


def test_nan_in_the_data_gives_one_warning_that_names_the_array(make, data):
    x, y = data
    x = x.copy()
    x[3, 1] = np.nan
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        make().fit(x, y, verbose=0)
    messages = [str(w.message) for w in caught if issubclass(w.category, UserWarning)]
    assert len(messages) == 1 and "x (1 of 150)" in messages[0]


def test_predictions_that_nan_in_the_data_reaches_are_told_of(make, data):
    x = data[0].copy()
    model = make()
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        model.predict(x, verbose=0)
    x[3, 1] = np.nan
    with pytest.warns(UserWarning, match=r"^predict: .*x \(1 of 150\); the predictions"):
        assert np.isnan(model.predict(x, verbose=0)).any(axis=1).nonzero()[0].tolist() == [3]
    with pytest.warns(UserWarning, match=r"^predict_on_batch: .*x \(1 of 150\); the predictions"):
        model.predict_on_batch(x)


def test_gaps_that_a_model_fills_are_predicted_in_silence():
    x = lamina.Input((3,))
    filled = lamina.Model(x, ops.sum(ops.where(ops.isnan(x), 0.0, x), axis=1))
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert filled.predict(np.array([[1, np.nan, 2]]), verbose=0).tolist() == [3]


def test_labels_out_of_range_are_refused():
    model = lamina.Sequential([lamina.Input((2,)), layers.Dense(3, activation="softmax")])
    model.compile("sgd", "sparse_categorical_crossentropy")
    with pytest.raises(ValueError, match=r"labels from 1 to 3.*3 units.*Labels start at 0"):
        model.fit(np.ones((3, 2)), np.array([1, 2, 3]), verbose=0)


def test_fit_before_compile_says_what_to_do(make, data):
    with pytest.raises(ValueError, match=r"model\.compile\(optimizer"):
        make(compiled=False).fit(*data)


def test_verbose_output(make, data, capsys):
    make().fit(*data, epochs=2, verbose=2)
    lines = capsys.readouterr().out.splitlines()
    assert lines[0] == "Epoch 1/2" and "loss: " in lines[1] and len(lines) == 4
    make().fit(*data, epochs=1, verbose=0)
    assert capsys.readouterr().out == ""


@pytest.mark.native_only("counts plans; other engines have their own test")
def test_a_step_of_a_tiny_net_is_one_plan_reused(make, data):
    model = make()
    model.fit(*data, batch_size=25, epochs=2, verbose=0)
    step = model._steps["train"][1]
    model.fit(*data, batch_size=25, epochs=2, verbose=0)
    assert model._steps["train"][1] is step
    assert len(step._on_places.plans) == 1


def test_time_is_not_lost_to_threads(make, data):
    """A generator is read in the calling thread: nothing of it is consumed beyond what is used."""
    taken = []

    def source():
        for i in range(100):
            taken.append(i)
            yield data

    make().fit(source(), steps_per_epoch=3, epochs=2, verbose=0)
    time.sleep(0.05)
    assert len(taken) == 6


def test_unknown_names_are_refused_by_compile_at_once(make):
    with pytest.raises(ValueError, match="Unknown loss 'msee'"):
        make(loss="msee")
    with pytest.raises(ValueError, match="Did you mean 'Accuracy'"):
        make(metrics=["accurracy"])


def test_strings_without_a_layer_that_reads_them_are_refused(make, data):
    with pytest.raises(TypeError, match="x holds strings.*StringLookup"):
        make().predict(np.array([["a", "b", "c"]]), verbose=0)


def test_binary_labels_must_lie_between_zero_and_one(data):
    model = lamina.Sequential([lamina.Input((3,)), layers.Dense(1, activation="sigmoid")])
    model.compile("sgd", "binary_crossentropy")
    with pytest.raises(ValueError, match=r"from -1 to 1.*hinge"):
        model.fit(data[0], np.where(data[1] > 0, 1, -1), verbose=0)


@pytest.mark.native_only("a program on a device cannot raise")
def test_embedding_index_out_of_range_in_a_later_batch():
    model = lamina.Sequential(
        [lamina.Input((2,), dtype="int32"), layers.Embedding(10, 3), layers.Flatten(), layers.Dense(1)]
    )
    model.compile("sgd", "mse")
    batches = [
        (np.array([[1, 2]]), np.ones((1, 1))),
        (np.array([[1, 99]]), np.ones((1, 1))),
    ]
    with pytest.raises(ValueError, match="x holds the index 99 .* vectors for 0 to 9"):
        model.fit(iter(batches), steps_per_epoch=2, verbose=0)


@pytest.mark.parametrize("method", ["fit", "evaluate", "predict"])
def test_layers_made_in_call_are_refused(data, method):
    class Making(lamina.Model):
        def __init__(self):
            super().__init__()
            self.head = layers.Dense(1)

        def call(self, x):
            return self.head(layers.Dense(4)(x))

    model = Making()
    model.compile("sgd", "mse")
    with pytest.raises(ValueError, match=r"new variables.*dense.*kernel.*in __init__"):
        getattr(model, method)(*(data[:1] if method == "predict" else data), verbose=0)


def test_a_step_with_its_own_optimizers_metrics_and_generators(data):
    """Whatever a custom step touches becomes part of its state, announced or not."""

    class Two(lamina.Model):
        def __init__(self):
            super().__init__()
            self.a, self.b = layers.Dense(1), layers.Dense(1)
            self.seen = lamina.metrics.Mean(name="seen")
            self.noise = lamina.random.SeedGenerator(1)

        def compile(self, first, second):
            super().compile()
            self.first, self.second = first, second

        def train_step(self, batch):
            x, y = batch
            x = x + 0.01 * lamina.random.normal(x.shape, seed=self.noise)
            for layer, optimizer in ((self.a, self.first), (self.b, self.second)):
                with lamina.GradientTape() as tape:
                    loss = ops.mean(ops.square(layer(x) - y))
                gradients = tape.gradient(loss, layer.trainable_variables)
                optimizer.apply_gradients(zip(gradients, layer.trainable_variables))
            self.seen.update_state(loss)
            return {"seen": self.seen.result()}

    def run(eager):
        lamina.utils.set_random_seed(1)
        model = Two()
        model.compile(lamina.optimizers.Adam(0.1), lamina.optimizers.SGD(0.1))
        model.run_eagerly = eager
        history = model.fit(*data, epochs=3, batch_size=10, shuffle=False, verbose=0).history["seen"]
        assert int(model.noise.state.numpy()[1]) >= 15 and int(model.second.iterations.numpy()) == 15
        model.second.learning_rate = 0.0
        before = model.b.kernel.numpy()
        model.fit(*data, verbose=0)
        np.testing.assert_array_equal(model.b.kernel.numpy(), before)
        return history

    assert run(False)[-1] < run(False)[0]
    np.testing.assert_allclose(run(False), run(True), rtol=1e-4)


def test_noise_of_the_global_generator_differs_from_step_to_step(data):
    class Noise(layers.Layer):
        def call(self, inputs):
            return inputs * 0 + lamina.random.normal((1,))

    model = lamina.Sequential([lamina.Input((3,)), Noise()])
    out = model.predict(data[0], batch_size=10, verbose=0)
    assert len(np.unique(out)) == 5


def test_a_loss_that_closes_over_a_symbolic_tensor_is_told_what_to_do():
    inputs = lamina.Input((3,))
    model = lamina.Model(inputs, lamina.layers.Dense(2)(inputs))

    class Weighted:
        def __init__(self):
            self.parts = {"map": lamina.Input((2,))}

        def __call__(self, y, p):
            return ops.mean(self.parts["map"] * ops.square(y - p), axis=-1)

    model.compile("sgd", Weighted())
    with pytest.raises(TypeError, match=r"uses a symbolic tensor of a model.* override compute_loss"):
        model.train_on_batch(np.ones((4, 3)), np.ones((4, 2)))


def test_a_function_as_metric_gets_targets_and_outputs_of_one_rank():
    model = lamina.Sequential([lamina.Input((3,)), lamina.layers.Dense(1)])
    model.compile("sgd", "mse", metrics=[lambda y, p: ops.mean(ops.square(y - p))])
    x, y = np.random.default_rng(0).random((6, 3)).astype("float32"), np.arange(6.0, dtype="float32")
    want = np.mean((y - model.predict(x, verbose=0)[:, 0]) ** 2)
    np.testing.assert_allclose(model.evaluate(x, y, verbose=0), [want, want], rtol=1e-5)


def test_a_batch_size_for_batches_is_noted(make):
    forget_warnings()
    with pytest.warns(UserWarning, match="batch_size has no effect"):
        make().fit(iter([(np.ones((4, 3)), np.ones((4, 1)))]), batch_size=2, verbose=0)


@pytest.mark.parametrize("low, high, is_taken", [(-0.05, 1.05, True), (-1, 1, False), (0, 255, False), (0, 2, False)])
def test_labels_of_binary_crossentropy_may_be_noisy(low, high, is_taken):
    model = lamina.Sequential([lamina.Input((2,)), layers.Dense(1, activation="sigmoid")])
    model.compile("sgd", "binary_crossentropy")
    x, y = np.zeros((2, 2)), np.array([[low], [high]], "float32")
    if is_taken:
        assert model.train_on_batch(x, y) == pytest.approx(np.log(2), rel=1e-5)
    else:
        with pytest.raises(ValueError, match="takes 0 ... 1"):
            model.train_on_batch(x, y)


@pytest.mark.parametrize("method, wrong, meant", [
    ("fit", "batchsize", "batch_size"), ("fit", "epoch", "epochs"), ("evaluate", "batchsize", "batch_size"),
    ("predict", "verbos", "verbose"),
])  # fmt: skip
def test_an_argument_that_does_not_exist_names_the_one_that_was_meant(make, data, method, wrong, meant):
    x, y = data
    with pytest.raises(TypeError, match=f"{method}: unknown argument '{wrong}'. Did you mean '{meant}'"):
        getattr(make(), method)(*((x,) if method == "predict" else (x, y)), **{wrong: 3})
