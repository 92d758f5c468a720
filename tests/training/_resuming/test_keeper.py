"""Trainings that break off and are gone on with, against ones in one piece: weights, history and callbacks to the bit."""

import os
import random

import numpy as np
import pytest

import lamina
from lamina import callbacks, layers, optimizers
from lamina.saving import ModelFileError


class Broken(Exception):
    pass


class BreakOff(callbacks.Callback):
    """Raises after a batch, or at the end of an epoch (batch None), before the state is kept."""

    def __init__(self, epoch, batch):
        super().__init__()
        self.place = (epoch, batch)
        if batch is not None:
            self.on_train_batch_end = self._batch

    def on_epoch_begin(self, epoch, logs=None):
        self.epoch = epoch

    def _batch(self, batch, logs=None):
        if (self.epoch, batch) == self.place:
            raise Broken

    def on_epoch_end(self, epoch, logs=None):
        if (epoch, None) == self.place:
            raise Broken


def rows():
    rng = np.random.default_rng(0)
    x = rng.random((50, 3), "float32")
    return x, x.sum(1, keepdims=True)


def make(optimizer=None, **kwargs):
    model = lamina.Sequential(
        [lamina.Input((3,)), layers.Dense(6, "tanh"), layers.BatchNormalization(), layers.Dropout(0.3), layers.Dense(1)]
    )
    model.compile(optimizer or optimizers.Adam(0.02), "mse", metrics=["mae"], **kwargs)
    return model


def arrays(model, **kwargs):
    x, y = rows()
    watching = [callbacks.EarlyStopping(patience=1, restore_best_weights=True), callbacks.ReduceLROnPlateau(patience=1)]
    return {"x": x, "y": y, "batch_size": 8, "validation_split": 0.2, "callbacks": watching}


def some_steps(model):
    x, y = rows()
    return {"x": x, "y": y, "batch_size": 8, "steps_per_epoch": 4}


def data_set(model):
    x, y = rows()
    data = lamina.data.Dataset.from_tensor_slices((x, y)).shuffle(50).cache().shuffle(9).batch(8)
    return {"x": data, "validation_data": data}


def repeating(model):
    data = lamina.data.Dataset.from_tensor_slices(rows()).shuffle(20).repeat().batch(8)
    return {"x": data, "steps_per_epoch": 5}


class Rows(lamina.utils.PyDataset):
    order = None

    def __len__(self):
        return 6

    def __getitem__(self, index):
        x, y = rows()
        order = np.arange(50) if self.order is None else self.order
        places = order[index * 8 : index * 8 + 8]
        return x[places], y[places]

    def on_epoch_end(self):
        self.order = np.random.permutation(50)


def py_data_set(model):
    return {"x": Rows(), "shuffle": True}


def accumulating():
    rate = optimizers.schedules.CosineDecay(0.05, 20)
    return make(optimizers.Adam(rate, gradient_accumulation_steps=3, use_ema=True))


MAKE = {some_steps: accumulating}


def train(data, folder, broken=None, seed=4, more=(), epochs=5, **options):
    lamina.utils.set_random_seed(seed)
    model = MAKE.get(data, make)()
    arguments = data(model)
    breaking = [BreakOff(*broken)] if broken else []
    keeping = [callbacks.BackupAndRestore(folder, delete_checkpoint=False, **{"save_freq": 3, **options})]
    given = [*arguments.pop("callbacks", []), *more, *keeping, *breaking]
    history = model.fit(**arguments, epochs=epochs, verbose=0, callbacks=given)
    return model, history


def assert_same(one, other):
    for a, b in zip(one[0].get_weights(), other[0].get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)
    assert one[1].history == other[1].history
    assert one[1].epoch == other[1].epoch


@pytest.mark.parametrize("data", [arrays, some_steps, data_set, repeating, py_data_set])
@pytest.mark.parametrize("place", [(0, 3), (1, 0), (2, None)])
def test_it_ends_as_in_one_piece(data, place, tmp_path):
    whole = train(data, str(tmp_path / "whole"))
    with pytest.raises(Broken):
        train(data, str(tmp_path / "states"), broken=place)
    # Other seeds: all that is random comes out of the state. A data set that is told of its epochs must begin as it did.
    again = train(data, str(tmp_path / "states"), seed=4 if data is py_data_set else 77)
    assert_same(again, whole)


def test_resume_keeps_the_last_state(tmp_path):
    folder = tmp_path / "states"
    x, y = rows()
    first = make()
    history = first.fit(x, y, epochs=2, verbose=0, resume=folder)
    assert sorted(os.listdir(folder)) == ["state-2", "state-4"]
    again = make()
    found = again.fit(x, y, epochs=2, verbose=0, resume=str(folder))
    assert found.history == history.history
    np.testing.assert_array_equal(first.get_weights()[0], again.get_weights()[0])
    assert len(make().fit(x, y, epochs=3, verbose=0, resume=folder).epoch) == 3


def test_a_backup_is_deleted_at_the_end(tmp_path):
    x, y = rows()
    make().fit(x, y, epochs=2, verbose=0, callbacks=[callbacks.BackupAndRestore(tmp_path / "states")])
    assert not (tmp_path / "states").exists()


@pytest.mark.parametrize("resume", [True, 3, ""])
def test_resume_must_be_a_folder(resume):
    with pytest.raises(TypeError, match="resume"):
        make().fit(*rows(), verbose=0, resume=resume)


def test_one_training_has_one_folder(tmp_path):
    with pytest.raises(ValueError, match="one training"):
        make().fit(*rows(), verbose=0, resume=tmp_path, callbacks=callbacks.BackupAndRestore(tmp_path))


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"batch_size": 16}, "batch_size: 8 in the state, 16 now"),
        ({"x": np.ones((40, 3)), "y": np.ones((40, 1))}, "samples: 50 in the state, 40 now"),
        ({"shuffle": False}, "shuffle"),
        ({"steps_per_epoch": 3}, "steps_per_epoch"),
        ({"validation_data": rows()}, "validation data"),
    ],
)
def test_other_data_is_an_error_that_names_the_difference(change, name, tmp_path):
    x, y = rows()
    arguments = {"x": x, "y": y, "batch_size": 8, "verbose": 0, "resume": tmp_path}
    make().fit(**arguments)
    with pytest.raises(ValueError, match=name):
        make().fit(**{**arguments, **change})


def test_another_model_is_an_error_that_names_the_difference(tmp_path):
    x, y = rows()
    make().fit(x, y, verbose=0, resume=tmp_path)
    with pytest.raises(ValueError, match="optimizer: 'Adam' in the state, 'SGD' now"):
        make("sgd").fit(x, y, verbose=0, resume=tmp_path)
    other = lamina.Sequential([lamina.Input((3,)), layers.Dense(1)])
    other.compile(optimizers.Adam(0.02), "mse", metrics=["mae"])
    with pytest.raises(ValueError, match="layers: .* in the state, .* now"):
        other.fit(x, y, verbose=0, resume=tmp_path)


def test_damaged_states(tmp_path):
    x, y = rows()
    whole = make().fit(x, y, epochs=3, verbose=0, resume=tmp_path).history
    names = sorted(os.listdir(tmp_path))
    (tmp_path / names[-1]).write_bytes(b"PK")
    with pytest.warns(UserWarning, match="state before"):
        assert make().fit(x, y, epochs=3, verbose=0, resume=tmp_path).history == whole
    for path in tmp_path.iterdir():
        path.write_bytes(path.read_bytes()[:-30])
    with pytest.warns(UserWarning, match="state before"), pytest.raises(ModelFileError, match="no whole"):
        make().fit(x, y, epochs=3, verbose=0, resume=tmp_path)


def test_a_generator_is_read_again_with_one_warning(tmp_path):
    def batches():
        x, y = rows()
        while True:
            for i in range(6):
                yield x[8 * i : 8 * i + 8], y[8 * i : 8 * i + 8]

    def generator(model):
        return {"x": batches(), "steps_per_epoch": 4}

    whole = train(generator, str(tmp_path / "whole"))
    with pytest.raises(Broken):
        train(generator, str(tmp_path / "states"), broken=(2, 3))
    with pytest.warns(UserWarning, match="only be read from its beginning") as found:
        again = train(generator, str(tmp_path / "states"))
    assert len(found) == 1
    assert_same(again, whole)


def test_a_data_set_may_keep_its_own_state(tmp_path):
    class Keeping(Rows):
        def get_state(self):
            return {"order": self.order}

        def set_state(self, state):
            self.order = state["order"]

    def keeping(model):
        return {"x": Keeping()}

    whole = train(keeping, str(tmp_path / "whole"))
    with pytest.raises(Broken):
        train(keeping, str(tmp_path / "states"), broken=(3, 1))
    assert_same(train(keeping, str(tmp_path / "states"), seed=5), whole)


def test_callbacks_go_on(tmp_path):
    def checkpoint(name):
        return callbacks.ModelCheckpoint(tmp_path / name, "loss", save_best_only=True)

    def log(name):
        return callbacks.CSVLogger(tmp_path / name)

    one, other = checkpoint("a.keras"), checkpoint("b.keras")
    train(arrays, str(tmp_path / "whole"), more=[one, log("a.csv")])
    broken = log("b.csv")
    with pytest.raises(Broken):
        train(arrays, str(tmp_path / "states"), (1, None), more=[checkpoint("b.keras"), broken])
    broken.on_train_end()  # closes the file, as the end of a process does
    train(arrays, str(tmp_path / "states"), more=[other, log("b.csv")])
    assert one.best == other.best
    assert (tmp_path / "a.csv").read_text() == (tmp_path / "b.csv").read_text()


def test_a_callback_that_is_gone_is_told(tmp_path):
    x, y = rows()
    make().fit(x, y, verbose=0, resume=tmp_path, callbacks=[callbacks.EarlyStopping("loss")])
    with pytest.warns(UserWarning, match="no callback EarlyStopping"):
        make().fit(x, y, verbose=0, resume=tmp_path)


def test_a_state_that_is_no_data_names_the_callback(tmp_path):
    class Odd(callbacks.Callback):
        def get_state(self):
            return {"x": object()}

    with pytest.raises(TypeError, match="Odd.get_state: expected numbers"):
        make().fit(*rows(), verbose=0, resume=tmp_path, callbacks=[Odd()])


def test_stopped_within_an_epoch_it_stays_stopped(tmp_path):
    class Stop(callbacks.Callback):
        def on_train_batch_end(self, batch, logs=None):
            self.model.stop_training = batch == 2

    def train_to_the_stop(folder, broken=None):
        return train(arrays, str(folder), broken, more=[Stop()], save_freq=1)

    whole = train_to_the_stop(tmp_path / "whole")
    with pytest.raises(Broken):
        train_to_the_stop(tmp_path / "states", (0, None))
    assert "state-3" in os.listdir(tmp_path / "states")
    assert_same(train_to_the_stop(tmp_path / "states"), whole)


def test_variables_that_a_step_makes_get_their_values(tmp_path):
    class Late(lamina.Model):
        """Its weights are made, and its second optimizer is built, in the first step."""

        def __init__(self):
            super().__init__()
            self.dense = layers.Dense(1)
            self.drop = layers.Dropout(0.5)
            self.other = optimizers.Adam(0.1)

        def train_step(self, data):
            x, y = data
            with lamina.GradientTape() as tape:
                loss = lamina.ops.mean((self.dense(self.drop(x, training=True)) - y) ** 2)
            variables = self.dense.trainable_variables
            self.other.apply(tape.gradient(loss, variables), variables)
            return {"loss": loss}

    def late(folder, broken=None, seed=1):
        lamina.utils.set_random_seed(seed)
        model = Late()
        model.compile("sgd")
        x, y = rows()
        given = [
            callbacks.BackupAndRestore(folder, 2, delete_checkpoint=False),
            *([BreakOff(*broken)] if broken else []),
        ]
        return model, model.fit(x, y, batch_size=8, epochs=3, verbose=0, callbacks=given)

    whole = late(str(tmp_path / "whole"))
    with pytest.raises(Broken):
        late(str(tmp_path / "states"), (1, 4))
    assert_same(late(str(tmp_path / "states"), seed=2), whole)


def test_seconds(tmp_path, monkeypatch):
    clock = iter(range(10_000))
    monkeypatch.setattr("lamina.training._resuming._keeper.time.monotonic", lambda: next(clock))
    with pytest.raises(Broken):
        train(arrays, str(tmp_path / "states"), (0, 4), save_freq="epoch", save_seconds=2)
    assert len(os.listdir(tmp_path / "states")) == 2


def test_python_and_numpy_draw_on(tmp_path):
    class Draw(callbacks.Callback):
        def __init__(self):
            super().__init__()
            self.drawn = []

        def on_epoch_end(self, epoch, logs=None):
            self.drawn.append((random.random(), np.random.rand(), float(lamina.random.uniform(()))))

        def get_state(self):
            return {"drawn": self.drawn}

        def set_state(self, state):
            self.drawn = state["drawn"]

    whole, again = Draw(), Draw()
    train(some_steps, str(tmp_path / "whole"), more=[whole])
    with pytest.raises(Broken):
        train(some_steps, str(tmp_path / "states"), (2, 1), more=[Draw()])
    train(some_steps, str(tmp_path / "states"), more=[again], seed=9)
    assert again.drawn == whole.drawn


def test_mixed_precision_keeps_the_loss_scale(tmp_path):
    def scaled(folder, broken=None):
        lamina.utils.set_random_seed(1)
        model = make(optimizers.LossScaleOptimizer(optimizers.SGD(0.05), initial_scale=4.0, dynamic_growth_steps=5))
        x, y = rows()
        given = [
            callbacks.BackupAndRestore(folder, 2, delete_checkpoint=False),
            *([BreakOff(*broken)] if broken else []),
        ]
        return model, model.fit(x, y, batch_size=8, epochs=3, verbose=0, callbacks=given)

    whole = scaled(str(tmp_path / "whole"))
    with pytest.raises(Broken):
        scaled(str(tmp_path / "states"), (1, 4))
    again = scaled(str(tmp_path / "states"))
    assert_same(again, whole)
    assert float(again[0].optimizer.dynamic_scale) == float(whole[0].optimizer.dynamic_scale) > 4.0
