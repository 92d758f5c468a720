import inspect

import numpy as np
import pytest

import lamina
from lamina._deprecation import forget_warnings
from lamina.training._checks import class_weights_to_sample_weights
from lamina.training.callbacks._logs import Logs

X = np.random.default_rng(0).random((32, 3)).astype("float32")
Y = X.sum(axis=1, keepdims=True)


@pytest.fixture(autouse=True)
def afresh():
    forget_warnings()
    yield
    forget_warnings()


@pytest.fixture
def model():
    lamina.utils.set_random_seed(0)
    model = lamina.Sequential([lamina.Input((3,)), lamina.layers.Dense(1)])
    model.compile("sgd", "mse")
    return model


def batches():
    while True:
        yield X[:8], Y[:8]


def noted(call, *expected):
    """The result of `call`, which must give exactly these notes, and none when it is called again."""
    with pytest.warns(DeprecationWarning) as notes:
        result = call()
        call()
    texts = [str(n.message) for n in notes]
    assert len(texts) == len(expected) and all(e in t for e, t in zip(expected, texts)), texts
    assert all(n.filename == __file__ for n in notes)
    return result


def test_fit_generator(model):
    seen = []
    count = lamina.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: seen.append(batch))
    history = noted(
        lambda: model.fit_generator(
            batches(), samples_per_epoch=30, nb_epoch=2, nb_val_samples=16, validation_data=batches(), verbose=0,
            callbacks=[count], nb_worker=1, max_q_size=3,
        ),
        "fit_generator is a method", "nb_epoch", "samples_per_epoch", "nb_val_samples",
    )  # fmt: skip
    assert seen == [0, 1, 2, 3] * 4
    assert len(history.history["val_loss"]) == 2
    with pytest.raises(TypeError, match="unexpected arguments"):
        model.fit_generator(batches(), nonsense=1)


def test_evaluate_and_predict_generator(model):
    expected = model.evaluate(X[:8], Y[:8], verbose=0)
    assert noted(lambda: model.evaluate_generator(batches(), steps=2), "evaluate_generator is") == pytest.approx(
        expected
    )
    assert noted(lambda: model.evaluate_generator(batches(), val_samples=16), "val_samples") == pytest.approx(expected)
    found = noted(
        lambda: model.predict_generator(((x,) for x, _ in batches()), val_samples=20), "predict_gen", "val_samples"
    )
    assert found.shape == (24, 1)


def test_predict_classes(model):
    found = noted(lambda: model.predict_classes(X), "predict_classes is")
    np.testing.assert_array_equal(found, (model.predict(X, verbose=0) > 0.5).astype("int32"))
    wide = lamina.Sequential([lamina.Input((3,)), lamina.layers.Dense(4)])
    np.testing.assert_array_equal(wide.predict_classes(X), wide.predict(X, verbose=0).argmax(-1))
    np.testing.assert_array_equal(
        noted(lambda: model.predict_proba(X), "predict_proba is"), model.predict(X, verbose=0)
    )


def test_frozen_since_compile_is_trained_as_in_keras_2(model):
    model.trainable = False
    before = model.get_weights()[0].copy()
    with pytest.warns(DeprecationWarning, match="frozen after compile") as notes:
        model.fit(X, Y, epochs=2, verbose=0)
    assert len(notes) == 1 and (model.get_weights()[0] != before).any()
    model.compile("sgd", "mse")
    before = model.get_weights()[0].copy()
    with pytest.warns(UserWarning, match="no trainable weights"):
        model.fit(X, Y, verbose=0)
    np.testing.assert_array_equal(model.get_weights()[0], before)


def test_logs_by_old_names():
    logs = Logs(accuracy=0.5, val_accuracy=0.25, loss=1.0)
    with pytest.warns(DeprecationWarning, match="since Keras 2.3"):
        assert logs.get("acc") == 0.5
    assert (logs["val_acc"], logs.get("loss"), logs.get("nothing", 3), logs.get("nothing")) == (0.25, 1.0, 3, None)
    assert Logs(sparse_categorical_accuracy=1.0)["acc"] == 1.0
    with pytest.raises(KeyError, match="the history holds"):
        Logs(a_accuracy=1.0, b_accuracy=2.0)["acc"]
    with pytest.raises(KeyError, match="the history holds"):
        Logs(accuracy=1.0)["val_acc"]


@pytest.mark.parametrize("method", ["fit", "evaluate", "predict", "compile"])
def test_old_arguments_do_not_show_in_signatures(method):
    parameters = inspect.signature(getattr(lamina.Model, method)).parameters.values()
    assert not [p.name for p in parameters if p.kind in (p.VAR_KEYWORD, p.VAR_POSITIONAL)]
    assert not {"nb_epoch", "workers", "sample_weight_mode"} & {p.name for p in parameters}


def test_old_arguments_are_understood_with_one_note_each():
    model, x = model_of_one(), np.ones((4, 2), "float32")
    with pytest.warns(DeprecationWarning, match="compile.sample_weight_mode=. has no effect"):
        model.compile("sgd", "mse", sample_weight_mode="temporal")
    with pytest.warns(DeprecationWarning) as notes:
        history = model.fit(x, np.ones((4, 1)), nb_epoch=3, workers=2, verbose=0).history
    assert len(history["loss"]) == 3
    assert [str(n.message).partition("=")[0] for n in notes] == ["fit(nb_epoch", "fit(workers"]
    with pytest.raises(TypeError, match="nb_epochs"):
        model.fit(x, np.ones((4, 1)), nb_epochs=3)


def model_of_one():
    model = lamina.Sequential([lamina.Input((2,)), lamina.layers.Dense(1)])
    model.compile("sgd", "mse")
    return model


def test_reset_states_reaches_stateful_layers():
    inputs = lamina.Input(batch_shape=(2, 3, 1))
    inner = lamina.Sequential([lamina.Input(batch_shape=(2, 3, 1)), lamina.layers.GRU(2, stateful=True)])
    model = lamina.Model(inputs, lamina.layers.Dense(1)(inner(inputs)))
    x = np.ones((2, 3, 1), "float32")
    first, second = (model.predict(x, batch_size=2, verbose=0) for _ in range(2))
    assert not np.allclose(first, second)
    model.reset_states()
    np.testing.assert_allclose(model.predict(x, batch_size=2, verbose=0), first, rtol=1e-6)


@pytest.mark.parametrize("name", ["balanced", "auto"])
@pytest.mark.parametrize("one_hot", [False, True])
def test_balanced_class_weights(name, one_hot):
    labels = np.array([0, 0, 0, 1, 2, 2])
    y = np.eye(3)[labels] if one_hot else labels
    counts = np.bincount(labels)
    want = (len(labels) / (3 * counts))[labels]
    np.testing.assert_allclose(class_weights_to_sample_weights(y, name, None), want, rtol=1e-6)
    np.testing.assert_allclose(class_weights_to_sample_weights(y, name, np.arange(6)), want * np.arange(6), rtol=1e-6)


def test_class_weights_that_cannot_be():
    y = np.array([0, 1])
    with pytest.raises(ValueError, match=r"one for each of \['a', 'b'\]. Give sample_weight="):
        class_weights_to_sample_weights({"a": y, "b": y}, {"a": {0: 1.0}, "b": {0: 2.0}}, None)
    with pytest.raises(ValueError, match="Give sample_weight, nested like y"):
        class_weights_to_sample_weights([y, y], {0: 1.0}, None)
    with pytest.raises(ValueError, match="or 'balanced'; got 'balancd'"):
        class_weights_to_sample_weights(y, "balancd", None)
