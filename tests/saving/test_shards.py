"""Weights in several files, and the map that says which are where."""

import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from lamina import layers, models
from lamina.saving import ModelFileError

from .weights import same

KILOBYTE = 1 / 2**20  # in gigabytes


def network(width=20):
    x = layers.Input((12,))
    h = layers.Dense(width, name="wide")(x)
    model = models.Model(x, layers.Dense(2, name="head")(layers.BatchNormalization()(h)))
    model.compile("adam", "mse")
    return model


def trained():
    model = network()
    model.fit(np.ones((8, 12)), np.ones((8, 2)), verbose=0)
    return model


@pytest.mark.parametrize("size", [0.3 * KILOBYTE, KILOBYTE, 1])
@pytest.mark.parametrize("name", ["net.weights.json", "net.weights.h5"])
def test_there_and_back(tmp_path, size, name):
    model, other = trained(), network()
    model.save_weights(tmp_path / name, max_shard_size=size)
    files = sorted(p.name for p in tmp_path.iterdir())
    assert files[:2] == ["net.weights.json", "net_00000.weights.h5"]
    assert (len(files) > 3) == (size < 1)
    about = json.loads((tmp_path / "net.weights.json").read_text())
    assert about["metadata"]["total_size"] >= sum(w.nbytes for w in model.get_weights())
    assert set(files[1:]) == {n for f in about["weight_map"].values() for n in ([f] if isinstance(f, str) else f)}
    other.optimizer.build(other.trainable_variables)
    other.load_weights(tmp_path / "net.weights.json")
    same(model, other)
    for one, two in zip(model.optimizer.variables, other.optimizer.variables, strict=True):
        np.testing.assert_array_equal(one.numpy(), two.numpy())


@pytest.mark.peer
@pytest.mark.parametrize("writer", ["ours", "theirs"])
def test_beside_keras(tmp_path, writer):
    keras = pytest.importorskip("keras")

    def theirs():
        x = keras.Input((12,))
        h = keras.layers.Dense(20, name="wide")(x)
        return keras.Model(x, keras.layers.Dense(2, name="head")(keras.layers.BatchNormalization()(h)))

    def ours():
        x = layers.Input((12,))
        h = layers.Dense(20, name="wide")(x)
        return models.Model(x, layers.Dense(2, name="head")(layers.BatchNormalization()(h)))

    first, second = (ours(), theirs()) if writer == "ours" else (theirs(), ours())
    first.set_weights([np.random.default_rng(0).random(w.shape, "float32") for w in first.get_weights()])
    first.save_weights(str(tmp_path / "net.weights.json"), max_shard_size=KILOBYTE)
    second.load_weights(str(tmp_path / "net.weights.json"))
    same(first, second)


@pytest.mark.parametrize(
    "name", ["../net_00000.weights.h5", "/etc/passwd", "a/b.weights.h5", "..\\a.weights.h5", 3, "net.h5"]
)
def test_a_map_names_files_beside_it_only(tmp_path, name):
    model = trained()
    model.save_weights(tmp_path / "net.weights.json", max_shard_size=1)
    about = json.loads((tmp_path / "net.weights.json").read_text())
    about["weight_map"][next(iter(about["weight_map"]))] = [name]
    (tmp_path / "net.weights.json").write_text(json.dumps(about))
    with pytest.raises(ModelFileError, match="beside it"):
        model.load_weights(tmp_path / "net.weights.json")


def test_what_is_wrong_is_told(tmp_path):
    model = trained()
    path = tmp_path / "net.weights.json"
    model.save_weights(path, max_shard_size=KILOBYTE)
    with pytest.raises(ModelFileError, match="layers/dense"):
        network(30).load_weights(path)
    (tmp_path / "net_00001.weights.h5").unlink()
    with pytest.raises(ModelFileError, match="net_00001.weights.h5.*missing"):
        model.load_weights(path)
    for text in ("", "[]", "{}", '{"weight_map": 3}', '{"weight_map": {"a": 3}}', "[" * 10**5):
        path.write_text(text)
        with pytest.raises(ModelFileError, match="weight_map"):
            model.load_weights(path)
    with pytest.raises(ValueError, match="max_shard_size must be a positive number"):
        model.save_weights(path, max_shard_size=0)
    with pytest.raises(ValueError, match="must end in .weights.json"):
        model.save_weights(tmp_path / "net.npz", max_shard_size=1)


def names(folder):
    return sorted(p.name for p in folder.iterdir())


def test_a_save_over_others_takes_other_names_and_deletes_the_old(tmp_path):
    path = tmp_path / "net.weights.json"
    for other in ("net_1_00000.weights.h5", "nets_00000.weights.h5", "net_00000.keras"):
        (tmp_path / other).write_text("of others")
    model = trained()
    for size, mark in ((KILOBYTE, ""), (0.3 * KILOBYTE, "-1"), (1, ""), (1, "-1")):
        model.set_weights([w + 1 for w in model.get_weights()])
        model.save_weights(path, max_shard_size=size)
        (first, *more) = [n for n in names(tmp_path) if n.startswith("net_0") and n.endswith(".h5")]
        assert first == f"net_00000{mark}.weights.h5" and (not more) == (size == 1)
        assert all(n == f"net_{i:05}{mark}.weights.h5" for i, n in enumerate(more, 1))
        other = trained()
        other.load_weights(path)
        same(model, other)
    assert {"net_1_00000.weights.h5", "nets_00000.weights.h5", "net_00000.keras"} <= set(names(tmp_path))


def test_a_map_that_is_damaged_is_replaced(tmp_path):
    path = tmp_path / "net.weights.json"
    path.write_text("{")
    trained().save_weights(path, max_shard_size=1)
    trained().load_weights(path)
    assert names(tmp_path) == ["net.weights.json", "net_00000.weights.h5"]


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are forked to be killed")
def test_a_save_that_is_killed_leaves_the_old_weights_or_the_new(tmp_path):
    program = Path(__file__).with_name("kill_in_saves.py")
    done = subprocess.run([sys.executable, program, tmp_path, "--quick"], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    found = [json.loads(line) for line in done.stdout.splitlines()]
    assert {"write", "fsync", "replace", "unlink", "chmod", ""} == {one["at"] for one in found}
    assert {"old", "new"} == {one["found"] for one in found}
    assert all(one["again"] == "new" and len(one["files"]) == 2 for one in found)
    assert sum(one["at"] == "" for one in found) == 1 and len(found) > 20
