"""Batches of a large table are its training rows, encoded as the model takes them, in an order that changes."""

from dataclasses import replace

import numpy as np
import pytest

from lamina.tables._large import _blocks
from lamina.tables._rounds import features_of_inputs, standardised


@pytest.fixture
def made(prepared, messy_file, monkeypatch):
    monkeypatch.setattr(_blocks, "_BLOCK", 256)
    return prepared(messy_file)


def drawn(made, epochs, seed=0, batch=100, members=2):
    """Features and targets of that many epochs."""
    schedule = replace(made.blocks.schedule(made.settings), batch_size=batch)
    width = made.round.training.network.shape[1] + 3
    batches = made.blocks.batches(made.round, schedule, width, members, seed)
    pieces = [batches[i] for _ in range(epochs) for i in range(len(batches))]
    assert all(len(x) == len(y) == batch for x, y in pieces)
    x, y = (np.concatenate(part) for part in zip(*pieces))
    assert x.shape[1] == width and not x[:, -3:].any() and y.shape[1] == members
    np.testing.assert_array_equal(y[:, 0], y[:, 1])
    return x[:, :-3], y[:, 0, 0], len(batches)


def test_rows_are_those_of_training_each_as_often(made):
    rows = np.flatnonzero(made.blocks.division.parts(0, 6000) == 0)
    assert len(rows) == made.blocks.rows
    cache = made.cache
    inputs = {name: values[rows] for name, values in cache.inputs(0, 6000).items()}
    wanted = features_of_inputs(made.round, inputs)
    truth = standardised(made.round.target, cache.truth(0, 6000)[rows])[:, 0].astype("float32")
    x, y, steps = drawn(made, 3)
    assert steps == len(rows) // 100
    places = {row.tobytes(): n for n, row in enumerate(wanted)}
    found = np.array([places[row.tobytes()] for row in x])
    np.testing.assert_array_equal(y, truth[found])
    times = np.bincount(found, minlength=len(rows))
    assert times.sum() == 300 * steps and times.max() <= 4 and (times >= 2).mean() > 0.95


def test_the_order_is_the_seeds_and_changes(made):
    (first, _, steps), (again, *_), (other, *_) = drawn(made, 2), drawn(made, 2), drawn(made, 2, seed=1)
    np.testing.assert_array_equal(first, again)
    assert not np.array_equal(first, other)
    epoch = steps * 100
    assert not np.array_equal(first[:epoch], first[epoch : 2 * epoch])


def test_many_rows_are_a_part_of_them_an_epoch(made, monkeypatch):
    monkeypatch.setattr(_blocks, "_EPOCH", 1000)
    monkeypatch.setattr(_blocks, "_VISITS", 50_000)
    assert made.blocks.epoch_rows == 1000
    assert made.blocks.schedule(made.settings).epochs == 50
    monkeypatch.setattr(_blocks, "_VISITS", 1)
    assert made.blocks.schedule(made.settings).epochs == round(made.blocks.rows / 1000)
