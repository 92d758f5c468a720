"""When something is said, how often, and that nothing is changed by it."""

import warnings

import numpy as np
import pytest

import lamina
from lamina import config, diagnosis, layers
from lamina.config import _diagnosis as setting

X = np.random.default_rng(0).normal(size=(64, 4)).astype("float32")
LABELS = (X[:, 0] > 0).astype("int32")


def faulty_by_structure():
    return lamina.Sequential(
        [lamina.Input((4,)), layers.Dense(8, activation="relu"), layers.Dense(1, activation="softmax", name="end")]
    )


def healthy():
    return lamina.Sequential(
        [lamina.Input((4,)), layers.Dense(8, activation="relu"), layers.Dense(1, activation="sigmoid")]
    )


def said(function, *args, **kwargs):
    """The findings that a call warns of."""
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        function(*args, **kwargs)
    assert all(w.filename == __file__ for w in caught), [(w.filename, w.lineno, str(w.message)) for w in caught]
    return [w.message.finding for w in caught]


def compiled(model, **options):
    model.compile(**{"optimizer": "adam", "loss": "binary_crossentropy", **options})
    return model


def test_a_built_network_is_judged_when_it_is_compiled_and_not_again():
    model = faulty_by_structure()
    (finding,) = said(compiled, model)
    assert (finding.rule, finding.layer) == ("softmax-single-unit", f"{model.name}/end")
    assert not said(model.fit, X, LABELS, verbose=0)


def test_one_that_is_built_by_the_data_is_judged_with_the_first_batch():
    model = lamina.Sequential([layers.Dense(8, activation="relu"), layers.Dense(1, activation="softmax")])
    assert not said(compiled, model)
    assert [f.rule for f in said(model.fit, X, LABELS, verbose=0)] == ["softmax-single-unit"]


def test_the_data_is_judged_once_for_each_compile():
    model = compiled(healthy())
    assert [f.rule for f in said(model.fit, 100 * X, LABELS, epochs=2, verbose=0)] == ["unnormalised-input"]
    assert not said(model.fit, 100 * X, LABELS, verbose=0)
    compiled(model)
    assert [f.rule for f in said(model.fit, 100 * X, LABELS, verbose=0)] == ["unnormalised-input"]


@pytest.mark.parametrize("where", ["x", "y"])
def test_one_row_of_many_that_is_not_finite_is_told_with_its_place(where):
    x = np.random.default_rng(0).normal(size=(30_000, 40)).astype("float32")
    y = (np.arange(30_000, dtype="float32") % 2)[:, None]
    (x if where == "x" else y)[12_347, -1] = np.nan
    model = compiled(lamina.Sequential([lamina.Input((40,)), layers.Dense(1, activation="sigmoid")]))
    (finding,) = said(model.fit, x, y, batch_size=4096, verbose=0)
    assert finding.rule == "non-finite-data" and finding.message.startswith(f"{where} has 1 of ")
    assert finding.evidence["first"] == [12_347, 39 if where == "x" else 0]


def test_a_subclassed_model_is_judged_by_its_values():
    class Net(lamina.Model):
        def __init__(self):
            super().__init__()
            self.hidden, self.end = layers.Dense(8, activation="relu"), layers.Dense(1, activation="tanh")

        def call(self, x):
            return self.end(self.hidden(x))

    model = compiled(Net())
    (finding,) = lamina.diagnose(model, X, LABELS)
    assert (finding.rule, finding.layer) == ("output-activation-for-crossentropy", model.end.path)


def test_errors_in_place_of_warnings():
    model = compiled(healthy())
    with pytest.raises(diagnosis.DiagnosisError, match="unnormalised-input") as raised:
        model.fit(100 * X, LABELS, verbose=0, diagnose="error")
    assert raised.value.finding.severity == "warning"
    with pytest.raises(ValueError, match="fit: diagnose must be one of 'warn', 'error', 'off'; got 'loud'"):
        model.fit(X, LABELS, diagnose="loud")


@pytest.fixture
def restored():
    before = dict(setting._set)
    yield
    setting._set.clear()
    setting._set.update(before)


def test_settings_for_the_whole_program(restored):
    config.set_diagnosis("off")
    assert config.diagnosis() == "off"
    assert not said(compiled, faulty_by_structure())
    config.set_diagnosis("error")
    with pytest.raises(diagnosis.DiagnosisError):
        compiled(faulty_by_structure())
    config.set_diagnosis("warn", ignore=["softmax-single-unit"])
    assert not said(compiled, faulty_by_structure())
    with pytest.raises(ValueError, match="set_diagnosis: mode must be one of"):
        config.set_diagnosis("quiet")


def test_the_environment_sets_what_nobody_has_set(restored, monkeypatch):
    setting._set.clear()
    monkeypatch.setenv("LAMINA_DIAGNOSIS", "error")
    monkeypatch.setenv("LAMINA_DIAGNOSIS_IGNORE", "dropout-rate, softmax-hidden")
    assert config.diagnosis() == "error"
    assert setting.ignored_rules() == {"dropout-rate", "softmax-hidden"}


def test_a_filter_of_python_leaves_a_rule_out():
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        warnings.filterwarnings("ignore", "softmax-single-unit")
        compiled(faulty_by_structure())
    assert not caught


def test_no_batch_of_a_generator_is_lost():
    used = []

    def batches():
        for start in range(0, 64, 16):
            used.append(start)
            yield X[start : start + 16], LABELS[start : start + 16]

    model = compiled(healthy(), metrics=[])
    seen = lamina.callbacks.LambdaCallback(on_train_batch_end=lambda batch, logs: used.append("step"))
    model.fit(batches(), verbose=0, callbacks=[seen])
    assert used.count("step") == 4 and [u for u in used if u != "step"] == [0, 16, 32, 48]


def test_training_is_the_same_with_and_without():
    def weights(mode):
        lamina.utils.set_random_seed(3)
        chain = (layers.Dense(8), layers.BatchNormalization(), layers.ReLU(), layers.Dropout(0.3))
        model = lamina.Sequential([lamina.Input((4,)), *chain, layers.Dense(1, activation="sigmoid")])
        compiled(model, metrics=["accuracy"])
        history = model.fit(X, LABELS, epochs=2, verbose=0, diagnose=mode)
        return [*model.get_weights(), *history.history.values()]

    for one, other in zip(weights("warn"), weights("off")):
        np.testing.assert_array_equal(one, other)


def test_data_that_is_not_finite_is_a_finding_once_and_then_a_plain_warning():
    x = X.copy()
    x[50, 1] = np.inf
    model = compiled(healthy())
    assert [f.rule for f in said(model.fit, x, LABELS, verbose=0)] == ["non-finite-data"]  # and not what follows
    with pytest.warns(UserWarning, match=r"NaN or infinite values in x \(1 of 256\)"):
        model.fit(x, LABELS, verbose=0)
    with pytest.warns(UserWarning, match=r"NaN or infinite values in x \(1 of 256\)"):
        compiled(healthy()).fit(x, LABELS, verbose=0, diagnose="off")


def test_a_network_that_fills_gaps_is_given_one():
    x = np.tile(X, (10, 1))
    x[437, 1] = np.nan  # one row of 640
    fill = layers.Lambda(lambda t: lamina.ops.where(lamina.ops.isnan(t), 0.0, t))
    model = lamina.Sequential([lamina.Input((4,)), fill, *healthy().layers])
    assert not lamina.diagnose(compiled(model), x, np.tile(LABELS, 10))


def test_what_follows_from_a_loss_that_does_not_fit_is_not_said():
    model = lamina.Sequential(
        [lamina.Input((4,)), layers.Dense(8, activation="relu"), layers.Dense(3, activation="relu")]
    )
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        compiled(model, loss="sparse_categorical_crossentropy").fit(X, LABELS, epochs=3, verbose=0)
    assert [w.message.finding.rule for w in caught] == ["output-activation-for-crossentropy"]


def test_training_goes_on_where_a_rule_fails(monkeypatch):
    monkeypatch.setattr("lamina.training._diagnosing._at.judge", lambda *a: 1 / 0)
    model = compiled(healthy())
    assert len(model.fit(X, LABELS, verbose=0).epoch) == 1
