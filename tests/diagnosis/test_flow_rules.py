"""Trainings that see but little of their data; and such that are meant to."""

import warnings

import numpy as np
import pytest

import lamina
from lamina import data, layers, utils

X = np.random.default_rng(0).normal(size=(1024, 8)).astype("float32")
Y = X[:, :1] - X[:, 1:2]


def said(x, y=None, loss="mse", **options):
    lamina.utils.set_random_seed(0)
    model = lamina.Sequential([lamina.Input((8,)), layers.Dense(16, activation="relu"), layers.Dense(1)])
    model.compile(lamina.optimizers.Adam(0.001), loss)
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.fit(x, y, verbose=0, diagnose="warn", **{"epochs": 5, **options})
    return [w.message.finding for w in caught if hasattr(w.message, "finding")]


class Batches(utils.PyDataset):
    def __init__(self, batch, count=40):
        super().__init__()
        self.batch, self.count = batch, count

    def __len__(self):
        return self.count

    def __getitem__(self, index):
        return self.batch(index)


class Loader:
    """Is gone through again and again, and has a length, but is no class of ours."""

    def __len__(self):
        return 6

    def __iter__(self):
        return iter([part(0) for _ in range(6)])


def part(index, size=16):
    return X[size * index : size * index + size], Y[size * index : size * index + size]


def forever(batch):
    index = 0
    while True:
        yield batch(index)
        index += 1


@pytest.mark.parametrize("stream", [False, True])
def test_most_of_the_data_is_never_used(stream):
    given = (Batches(part),) if stream else (X, Y)
    (finding,) = said(*given, steps_per_epoch=2)
    count = 40 if stream else 32
    assert (finding.rule, finding.evidence["steps"], finding.evidence["batches"]) == ("data-unseen", 10, count)
    assert f"or {count // 2} epochs" in finding.fix


@pytest.mark.parametrize(
    "options",
    [
        {"steps_per_epoch": 2, "epochs": 16},  # all of it in the end
        {"steps_per_epoch": 2, "epochs": 1},  # a trial
        {"steps_per_epoch": 40, "epochs": 5, "batch_size": 2},  # epochs of another length, of much data
        {"batch_size": 512},
    ],
)
def test_epochs_of_another_length(options):
    assert not said(X, Y, **options)


def test_a_loss_that_is_small_after_a_part_of_the_data_is_right():
    model = lamina.Sequential([lamina.Input((8,)), layers.Dense(1)])
    model.compile(lamina.optimizers.SGD(0.1), "mse")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.fit(X, Y, verbose=0, epochs=5, steps_per_epoch=3, diagnose="warn")
    assert not [w for w in caught if hasattr(w.message, "finding")]


def test_one_batch_instead_of_all():
    (finding,) = said(Batches(lambda index: part(3)))
    assert (finding.rule, finding.severity) == ("same-batches", "error")
    assert finding.evidence == {"batches": 40, "samples": 16}  # told after the first epoch
    (finding,) = said(Loader())
    assert finding.rule == "same-batches"
    assert [f.rule for f in said(forever(lambda index: part(0)), steps_per_epoch=10)] == ["same-batches"]
    large = forever(lambda index: part(0, 300))  # fewer than those it is tested on
    assert [f.rule for f in said(large, steps_per_epoch=10, validation_data=(X[400:], Y[400:]))] == ["same-batches"]


def all_of_it(index):
    return X[:200], Y[:200]


@pytest.mark.parametrize(
    "make",
    [
        lambda: Batches(part),
        lambda: Batches(lambda index: part(min(index, 1))),
        lambda: Batches(lambda index: part(0), count=1),  # all the data there is
        lambda: Batches(lambda index: part(0, 600)),  # as often as it takes
        lambda: forever(all_of_it),
        lambda: data.Dataset.from_tensor_slices(all_of_it(0)).batch(200).repeat(8),  # descent on all, on purpose
    ],
    ids=["all differ", "two", "one", "all", "generator of all", "repeated"],
)
def test_batches_that_are_right(make):
    given = make()
    options = {} if hasattr(given, "__len__") else {"steps_per_epoch": 8}
    assert not said(given, **options)


def test_batches_that_only_fill_a_place():
    def nothing(index):
        return np.zeros((16, 8), "float32"), np.zeros((16, 1), "float32")

    class Physics(lamina.Sequential):
        def train_step(self, given):
            points = lamina.random.uniform((64, 8))
            with lamina.GradientTape() as tape:
                loss = lamina.ops.mean(lamina.ops.square(self(points) - points[:, :1]))
            weights = self.trainable_variables
            self.optimizer.apply_gradients(zip(tape.gradient(loss, weights), weights))
            return {"loss": loss}

    model = Physics([lamina.Input((8,)), layers.Dense(8, activation="tanh"), layers.Dense(1)])
    model.compile("adam", "mse")
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        model.fit(Batches(nothing), verbose=0, epochs=3, diagnose="warn")
    assert "same-batches" not in [w.message.finding.rule for w in caught if hasattr(w.message, "finding")]
