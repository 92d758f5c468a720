"""Ctrl-C during a save: the old file or the new one, whole, nothing beside it, and KeyboardInterrupt."""

import os
import random
import time

import numpy as np
import pytest

import lamina
from lamina import layers
from lamina.saving._shards import read_map

pytestmark = [
    pytest.mark.skipif(os.name != "posix", reason="signals to threads are sent on POSIX only"),
    # Where h5py calls back, and between an open() and its block, the interpreter has no better place for the exception.
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
ENDINGS = [".keras", ".weights.h5", ".h5", ".npz", ".safetensors", ".weights.json"]


@pytest.fixture
def model():
    made = lamina.Sequential([lamina.Input((20,)), layers.Dense(400), layers.Dense(9)])
    made.compile("adam", "mse")
    return made


def fill(model, value):
    model.set_weights([np.full_like(w, value) for w in model.get_weights()])


def save(model, path, ending):
    if ending in (".keras", ".h5"):
        model.save(path)
    else:
        model.save_weights(path, **({"max_shard_size": 1e-5} if ending == ".weights.json" else {}))


@pytest.mark.parametrize("ending", ENDINGS)
def test_a_save_is_broken_off_between_two_whole_files(model, pressed, tmp_path, ending):
    if ending == ".safetensors":
        pytest.importorskip("safetensors")
    rng, path = random.Random(0), tmp_path / f"net{ending}"
    reader = lamina.models.clone_model(model)
    fill(model, 0)
    start, broken, held = time.perf_counter(), 0, 0.0
    save(model, path, ending)
    took = time.perf_counter() - start
    for number in range(1, 13):
        fill(model, number)
        broken += pressed(lambda: save(model, path, ending), rng.random() * took, rng.choice((1, 2))) is not None
        reader.load_weights(path)
        (found,) = {float(v) for w in reader.get_weights() for v in np.unique(w)}
        assert found in (held, number)
        held = found
        names = set(os.listdir(tmp_path))
        used = {n for files in read_map(path).values() for n in files} if ending == ".weights.json" else set()
        assert names == {path.name} | used
    assert broken
