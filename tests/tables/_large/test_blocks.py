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
    pieces = []
    for _ in range(epochs):
        pieces += [batches[i] for i in range(len(batches))]
        batches.on_epoch_end()
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
    assert times.sum() == 300 * steps and times.max() <= 3 and (times >= 2).mean() > 0.95


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


@pytest.mark.parametrize("room", [1024, 1 << 16])
def test_a_batch_follows_from_its_epoch_and_number(made, monkeypatch, room):
    monkeypatch.setattr(_blocks, "_LEAST", 1024)
    monkeypatch.setattr(_blocks, "_MOST", room)
    x, _, steps = drawn(made, 3)
    schedule = replace(made.blocks.schedule(made.settings), batch_size=100)
    for epoch, index in ((2, 5), (0, 0), (1, steps - 1), (1, 3)):
        batches = made.blocks.batches(made.round, schedule, x.shape[1], 1, 0)
        batches[0], batches[7]
        for _ in range(epoch):
            batches.on_epoch_end()
        start = (epoch * steps + index) * 100
        np.testing.assert_array_equal(batches[index][0], x[start : start + 100])


@pytest.mark.parametrize("size", [1, 1500, 3000, 10_000])
def test_batches_of_any_size(made, size):
    schedule = replace(made.blocks.schedule(made.settings), batch_size=size)
    batches = made.blocks.batches(made.round, schedule, made.round.training.network.shape[1], 1, 0)
    for index in (0, len(batches) - 1):
        x, y = batches[index]
        assert len(x) == len(y) == min(size, made.blocks.rows)


def test_the_fingerprint_tells_rows_apart(prepared, messy_file):
    first = prepared(messy_file).blocks.fingerprint()
    assert first == prepared(messy_file).blocks.fingerprint()
    lines = messy_file.read_text(encoding="utf-8").splitlines(keepends=True)
    messy_file.write_text("".join([*lines[:2], *lines[:1:-1]]), encoding="utf-8")
    turned = prepared(messy_file).blocks.fingerprint()
    assert turned != first
