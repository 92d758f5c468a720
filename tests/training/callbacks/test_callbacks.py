import csv
import warnings

import numpy as np
import pytest

import lamina
from lamina import callbacks, layers, ops
from lamina._deprecation import forget_warnings


@pytest.fixture
def data():
    x = np.random.default_rng(0).random((20, 2)).astype("float32")
    return x, x.sum(1, keepdims=True)


@pytest.fixture
def model():
    lamina.utils.set_random_seed(0)
    model = lamina.Sequential([lamina.Input((2,)), layers.Dense(1)])
    model.compile(lamina.optimizers.SGD(0.1), "mse")
    return model


class Scripted(callbacks.Callback):
    """Puts given values into the logs, before the callbacks under test see them."""

    def __init__(self, values, name="val_loss"):
        super().__init__()
        self.values, self.name = values, name

    def on_epoch_end(self, epoch, logs=None):
        logs[self.name] = self.values[epoch]


def test_hooks_are_called_in_order(model, data):
    calls = []
    names = ["train_begin", "epoch_begin", "train_batch_begin", "train_batch_end", "test_begin", "test_batch_end",
             "test_end", "epoch_end", "train_end"]  # fmt: skip
    note = lambda n: lambda *a: calls.append(n)  # noqa: E731
    model.fit(*data, batch_size=20, validation_data=data, verbose=0,
              callbacks=[callbacks.LambdaCallback(**{f"on_{n}": note(n) for n in names})])  # fmt: skip
    assert calls == names


def test_old_batch_hooks_are_called(model, data):
    class Old(callbacks.Callback):
        seen = 0

        def on_batch_end(self, batch, logs=None):
            self.seen += 1

    old = Old()
    model.fit(*data, batch_size=10, verbose=0, callbacks=[old])
    assert old.seen == 2


@pytest.mark.parametrize("when", ["on_train_begin", "on_epoch_begin"])
def test_a_hook_that_a_callback_gives_itself_while_training_is_called(model, data, when):
    seen = []

    class Late(callbacks.Callback):
        def begin(self, *args):
            self.on_batch_end = lambda batch, logs=None: seen.append(batch)

    late = Late()
    setattr(late, when, late.begin)
    model.fit(*data, batch_size=10, verbose=0, callbacks=[late])
    assert seen == [0, 1]


def test_a_callback_made_for_keras_is_told_how_it_becomes_one_of_ours(model, data):
    base = type("Callback", (), {"__module__": "keras.src.callbacks.callback"})
    theirs = type("MlflowCallback", (base,), {"__module__": "mlflow.keras.callback"})()
    with pytest.raises(
        TypeError, match=r"got <mlflow.*made for Keras; lamina.compat.install\(\) before it is imported"
    ):
        model.fit(*data, callbacks=[theirs])
    with pytest.raises(TypeError, match="got 3\\.$"):
        model.fit(*data, callbacks=[3])


def test_lambda_callback_refuses_unknown_hooks():
    with pytest.raises(TypeError, match="on_epoch_ende"):
        callbacks.LambdaCallback(on_epoch_ende=print)


@pytest.mark.parametrize(
    "values, patience, epochs", [([5, 4, 4, 4, 1], 2, 4), ([5, 6, 4, 3, 2], 2, 5), ([5, 6, 7], 1, 2)]
)
def test_early_stopping(model, data, values, patience, epochs):
    stop = callbacks.EarlyStopping(patience=patience)
    history = model.fit(*data, epochs=len(values), verbose=0, callbacks=[Scripted(values), stop])
    assert len(history.epoch) == epochs


def test_early_stopping_restores_the_best_weights(model, data):
    kept = []
    keep = callbacks.LambdaCallback(on_epoch_end=lambda e, logs: kept.append(model.get_weights()))
    stop = callbacks.EarlyStopping(patience=2, restore_best_weights=True)
    model.fit(*data, epochs=6, verbose=0, callbacks=[Scripted([3, 1, 2, 2, 2, 2]), keep, stop])
    np.testing.assert_array_equal(model.get_weights()[0], kept[1][0])
    assert stop.best_epoch == 1


def test_a_missing_monitor_warns_with_the_names_there_are(model, data):
    with pytest.warns(UserWarning, match="'val_loss' to watch; available are loss"):
        model.fit(*data, verbose=0, callbacks=[callbacks.EarlyStopping("val_loss")])


@pytest.mark.parametrize("kind", [callbacks.EarlyStopping, callbacks.ReduceLROnPlateau])
def test_a_monitor_of_no_metric_is_refused_unless_the_mode_is_said(model, data, kind):
    with pytest.raises(ValueError, match="'val_los' is no log or metric of the model; there are"):
        model.fit(*data, verbose=0, callbacks=[kind("val_los")])
    forget_warnings()
    with pytest.warns(UserWarning, match="'val_los' to watch"):
        model.fit(*data, verbose=0, callbacks=[kind("val_los", mode="min")])


def test_a_monitor_compares_by_an_op_and_takes_single_numbers():
    assert callbacks.EarlyStopping("val_accuracy").monitor_op is lamina.ops.greater
    watch = callbacks.ReduceLROnPlateau("val_mae")
    assert watch.monitor_op is lamina.ops.less
    assert watch.value_in({"val_mae": np.array([0.5])}) == 0.5
    with pytest.raises(ValueError, match="must be one number"):
        watch.value_in({"val_mae": np.array([0.5, 1.0])})
    with pytest.warns(UserWarning, match="mode 'least' is unknown"):
        assert callbacks.EarlyStopping("loss", mode="least").mode == "auto"


def test_the_best_only_is_saved_only_where_there_is_a_value(model, data, tmp_path):
    save = callbacks.ModelCheckpoint(tmp_path / "m.keras", monitor="no such", save_best_only=True, mode="min")
    forget_warnings()
    with pytest.warns(UserWarning, match="no 'no such' to watch"):
        model.fit(*data, verbose=0, callbacks=[save])
    assert (tmp_path / "m.keras").exists()


def test_csv_holds_columns_for_validations_to_come(model, data, tmp_path):
    log = callbacks.CSVLogger(tmp_path / "log.csv")
    history = model.fit(*data, epochs=3, validation_data=data, validation_freq=2, verbose=0, callbacks=[log]).history
    head, *rows = (tmp_path / "log.csv").read_text().splitlines()
    assert head == "epoch,loss,val_loss"
    assert [row.split(",")[2] for row in rows] == ["NA", str(history["val_loss"][0]), "NA"]


@pytest.mark.parametrize(
    "name, larger",
    [("val_accuracy", True), ("val_loss", False), ("auc", True), ("false_positives", False), ("mae", False)],
)
def test_mode_auto_goes_by_the_name(name, larger):
    watch = callbacks.EarlyStopping(name)
    assert watch.is_better(2.0, 1.0) is larger


def test_checkpoint_keeps_the_best_and_leaves_no_scraps(model, data, tmp_path):
    path = tmp_path / "best.keras"
    save = callbacks.ModelCheckpoint(path, save_best_only=True)
    kept = []
    keep = callbacks.LambdaCallback(on_epoch_end=lambda e, logs: kept.append(model.get_weights()))
    model.fit(*data, epochs=3, verbose=0, callbacks=[Scripted([3, 1, 2]), keep, save])
    np.testing.assert_array_equal(lamina.models.load_model(path).get_weights()[0], kept[1][0])
    assert [p.name for p in tmp_path.iterdir()] == ["best.keras"]


def test_checkpoint_names_and_frequency(model, data, tmp_path):
    save = callbacks.ModelCheckpoint(tmp_path / "{epoch:02d}-{loss:.1f}.weights.h5", save_weights_only=True)
    model.fit(*data, epochs=2, verbose=0, callbacks=[save])
    assert sorted(p.name[:2] for p in tmp_path.iterdir()) == ["01", "02"]
    save = callbacks.ModelCheckpoint(tmp_path / "b{batch}.weights.h5", save_weights_only=True, save_freq=2)
    model.fit(*data, batch_size=5, verbose=0, callbacks=[save])
    assert (tmp_path / "b2.weights.h5").exists() and (tmp_path / "b4.weights.h5").exists()
    with pytest.raises(ValueError, match="must end in .keras"):
        callbacks.ModelCheckpoint("model.txt")
    with pytest.raises(ValueError, match="names 'acc'"):
        model.fit(*data, verbose=0, callbacks=[callbacks.ModelCheckpoint(str(tmp_path / "{acc}.keras"))])


def test_reduce_lr_on_plateau(model, data):
    reduce = callbacks.ReduceLROnPlateau(factor=0.5, patience=1, min_lr=0.03)
    history = model.fit(*data, epochs=5, verbose=0, callbacks=[Scripted([1, 1, 1, 1, 1]), reduce]).history
    np.testing.assert_allclose(history["learning_rate"], [0.1, 0.1, 0.05, 0.03, 0.03], rtol=1e-6)


@pytest.mark.parametrize("schedule", [lambda epoch: 0.1 / (epoch + 1), lambda epoch, rate: 0.1 / (epoch + 1)])
def test_learning_rate_scheduler(model, data, schedule):
    history = model.fit(*data, epochs=3, verbose=0, callbacks=[callbacks.LearningRateScheduler(schedule)]).history
    np.testing.assert_allclose(history["learning_rate"], [0.1, 0.05, 0.1 / 3], rtol=1e-6)


@pytest.mark.parametrize(
    ("rate", "words"),
    [(None, "got None. Does the function end with return"), ("0.1", "got '0.1'"), ([0.1], r"got \[0.1\]"),
     (True, "got True"), (-0.1, "got -0.1"), (float("nan"), "got nan")],
)  # fmt: skip
def test_learning_rate_scheduler_takes_numbers_only(model, data, rate, words):
    with pytest.raises(ValueError, match=f"LearningRateScheduler: .*{words}"):
        model.fit(*data, verbose=0, callbacks=[callbacks.LearningRateScheduler(lambda epoch: rate)])


@pytest.mark.parametrize("rate", [np.float64(0.25), np.array(0.25), 1, ops.convert_to_tensor(0.25)])
def test_learning_rate_scheduler_takes_any_number(model, data, rate):
    model.fit(*data, verbose=0, callbacks=[callbacks.LearningRateScheduler(lambda epoch: rate)])
    assert float(model.optimizer.learning_rate) == float(rate)


@pytest.mark.parametrize("arguments", [{"factor": 1.0}, {"factor": -0.5}, {"min_lr": -0.1}], ids=str)
def test_reduce_lr_on_plateau_keeps_to_its_ranges(arguments):
    with pytest.raises(ValueError, match=f"ReduceLROnPlateau: {next(iter(arguments))} must be"):
        callbacks.ReduceLROnPlateau(**arguments)


def test_learning_rate_change_reaches_the_compiled_step(model, data):
    model.fit(*data, verbose=0)
    before = model.get_weights()[0]
    model.optimizer.learning_rate = 0.0
    model.fit(*data, verbose=0)
    np.testing.assert_array_equal(model.get_weights()[0], before)


def test_csv_logger(model, data, tmp_path):
    path = tmp_path / "log.csv"
    history = model.fit(*data, epochs=2, verbose=0, callbacks=[callbacks.CSVLogger(path)]).history
    model.fit(*data, epochs=1, verbose=0, callbacks=[callbacks.CSVLogger(path, append=True)])
    with path.open() as file:
        rows = list(csv.DictReader(file))
    assert [r["epoch"] for r in rows] == ["0", "1", "0"]
    assert float(rows[1]["loss"]) == pytest.approx(history["loss"][1])


def test_terminate_on_nan(data, capsys):
    model = lamina.Sequential([lamina.Input((2,)), layers.Dense(1)])
    model.compile(lamina.optimizers.SGD(1e30), "mse")
    with np.errstate(all="ignore"):
        history = model.fit(*data, batch_size=5, epochs=5, verbose=0, callbacks=[callbacks.TerminateOnNaN()])
    assert len(history.epoch) == 1
    assert "terminating training" in capsys.readouterr().out


@pytest.mark.parametrize("make", [
    callbacks.History, callbacks.EarlyStopping, callbacks.ReduceLROnPlateau, lambda: callbacks.ModelCheckpoint("x.keras"),
])  # fmt: skip
def test_state_round_trips(make, model, data):
    import json

    callback = make()
    callback.set_model(model)
    if isinstance(callback, callbacks.History):
        callback.on_epoch_end(0, {"loss": 1.0})
    else:
        callback.best = 2.0
    state = json.loads(json.dumps(callback.get_state()))
    other = make()
    other.set_state(state)
    assert other.get_state() == callback.get_state()


def test_history_understands_old_spellings(model, data):
    history = callbacks.History()
    history.set_model(model)
    history.on_epoch_end(0, {"accuracy": 0.5, "val_accuracy": 0.25})
    forget_warnings()
    with pytest.warns(DeprecationWarning, match="called 'accuracy'"):
        assert history.history["acc"] == [0.5]
    assert history.history["val_acc"] == [0.25]  # one note is enough
    with pytest.raises(KeyError, match="the history holds"):
        history.history["nothing"]
    with pytest.raises(KeyError, match="the history holds"):
        history.history["val_mean_absolute_error"]


@pytest.mark.parametrize("long, short", [("mean_absolute_error", "mae"), ("mean_squared_error", "mse")])
def test_history_knows_the_long_names_of_old(model, long, short):
    history = callbacks.History()
    history.set_model(model)
    history.on_epoch_end(0, {short: 3.0, f"val_{short}": 4.0})
    forget_warnings()
    with pytest.warns(DeprecationWarning, match=f"called 'val_{short}'"):
        assert history.history[f"val_{long}"] == [4.0]
    assert history.history.get(long) == [3.0]


@pytest.mark.parametrize("ending", ["h5", "hdf5", "keras"])
def test_checkpoints_under_names_of_old(data, tmp_path, ending):
    x, y = data
    model = lamina.Sequential([lamina.Input((2,)), layers.Dense(1, activation="sigmoid")])
    model.compile("sgd", "binary_crossentropy", metrics=["accuracy"])
    path = tmp_path / f"{{epoch:02d}}-{{val_acc:.2f}}-{{acc:.2f}}.{ending}"
    keep = callbacks.ModelCheckpoint(path, monitor="val_acc")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        logs = model.fit(x, y > 1, validation_data=(x, y > 1), callbacks=[keep], verbose=0).history
    name = f"01-{logs['val_accuracy'][0]:.2f}-{logs['accuracy'][0]:.2f}.{ending}"
    assert [p.name for p in tmp_path.iterdir()] == [name]
    again = lamina.models.load_model(tmp_path / name)
    np.testing.assert_array_equal(again.predict(x, verbose=0), model.predict(x, verbose=0))
    with pytest.raises(ValueError, match="names 'val_auc'; there are"):
        callbacks.ModelCheckpoint(f"{{val_auc}}.{ending}")._path(0, logs, None)
