"""A model file takes about as much memory as it holds weights, and has no other file opened."""

import contextlib
import json
import time
import zipfile

import h5py
import numpy as np
import pytest

from lamina import layers, models
from lamina.saving import ModelFileError


def changed(path, edit, name="config.json"):
    """The file with its config changed."""
    with zipfile.ZipFile(path) as archive:
        parts = {n: archive.read(n) for n in archive.namelist()}
    config = json.loads(parts[name])
    edit(config)
    parts[name] = json.dumps(config).encode()
    with zipfile.ZipFile(path, "w") as archive:
        for n, content in parts.items():
            archive.writestr(n, content)
    return path


def layer_config(config, number=-1):
    return config["config"]["layers"][number]["config"]


@contextlib.contextmanager
def limited_memory(room=2**30):
    """No more memory than is there now, and room; a try to take it is a MemoryError."""
    resource = pytest.importorskip("resource")
    with open("/proc/self/statm") as file:
        now = int(file.read().split()[0]) * resource.getpagesize()
    before = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (now + room, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_AS, before)


def units(n):
    return lambda config: layer_config(config).update(units=n)


def initializer(config):
    layer_config(config)["bias_initializer"] = {
        "module": "keras.initializers", "class_name": "Constant", "config": {"value": [1.0]}, "registered_name": None,
    }  # fmt: skip
    layer_config(config).update(units=10**10)


@pytest.mark.parametrize("edit", [units(40_000_000), units(10**12), units(10**30), initializer])
def test_absurd_sizes_are_refused_before_anything_is_allocated(tmp_path, edit):
    path = tmp_path / "net.keras"
    models.Sequential([layers.Input((3,)), layers.Dense(2)]).save(path)
    changed(path, edit)
    start = time.monotonic()
    with limited_memory(), pytest.raises(ModelFileError, match="would take .* bytes, where the file holds .* bytes"):
        models.load_model(path)
    assert time.monotonic() - start < 20


def test_many_layers_that_are_too_much_together(tmp_path):
    path = tmp_path / "net.keras"
    models.Sequential([layers.Input((1000,)), *(layers.Dense(2, name=f"d{k}") for k in range(40))]).save(path)

    def wider(config):
        for k in range(1, 41):
            layer_config(config, k)["units"] = 1000
            config["config"]["layers"][k].pop("build_config")

    with pytest.raises(ModelFileError, match="would take 4000000 bytes"):
        models.load_model(changed(path, wider))


def test_a_large_model_is_no_matter(tmp_path):
    path = tmp_path / "net.keras"
    model = models.Sequential([layers.Input((3000,)), layers.Dense(3000), layers.Dense(2, name="head")])
    model.compile("adam", "mse")  # its slots, twice the weights, are not in the file
    model.save(path)
    again = models.load_model(path)
    assert again.count_params() == model.count_params() and again.optimizer.built


def test_sizes_in_an_old_file(tmp_path):
    path = tmp_path / "net.h5"
    models.Sequential([layers.Input((3,)), layers.Dense(2)]).save(path)
    with h5py.File(path, "r+") as file:
        config = json.loads(file.attrs["model_config"])
        layer_config(config)["units"] = 10**11
        file.attrs["model_config"] = json.dumps(config)
    with limited_memory(), pytest.raises(ModelFileError, match="would take"):
        models.load_model(path)


@pytest.mark.parametrize("make", [layers.StringLookup, layers.TextVectorization, layers.IntegerLookup])
@pytest.mark.parametrize("name", ["{}/secret.txt", "../secret.txt", "http://127.0.0.1:9/secret.txt"])
def test_no_other_file_is_opened(tmp_path, monkeypatch, make, name):
    (tmp_path / "secret.txt").write_text("1\n2\n")
    path = tmp_path / "net.keras"
    number = make is layers.IntegerLookup
    layer = make(vocabulary=[1, 2] if number else ["a", "b"])
    dtype = "int64" if number else "string"
    models.Sequential([layers.Input((1,), dtype=dtype), layer]).save(path)
    changed(path, lambda config: layer_config(config).update(vocabulary=name.format(tmp_path)))
    opened = []
    monkeypatch.setattr("lamina.layers.preprocessing._lookup.open", lambda *a, **k: opened.append(a), raising=False)
    with pytest.raises(
        ModelFileError, match=r"names the file .*secret\.txt', and a model file may not have others opened"
    ):
        models.load_model(path)
    assert not opened


def test_a_path_given_by_the_program_is_opened(tmp_path):
    (tmp_path / "words.txt").write_text("a\nb\n")
    layer = layers.StringLookup(vocabulary=str(tmp_path / "words.txt"))
    assert layer.get_vocabulary() == ["[UNK]", "a", "b"]
    model = models.Sequential([layers.Input((1,), dtype="string"), layer])
    model.save(tmp_path / "net.keras")
    (tmp_path / "words.txt").unlink()
    again = models.load_model(tmp_path / "net.keras")
    np.testing.assert_array_equal(again(np.array([["b"], ["?"]])), [[2], [0]])


def test_limits_end_with_the_reading(tmp_path):
    path = tmp_path / "net.keras"
    models.Sequential([layers.Input((3,)), layers.Dense(2)]).save(path)
    with pytest.raises(ModelFileError):
        models.load_model(changed(path, units(10**12)))
    big = layers.Dense(4_200_000)  # 67 MB
    big.build((None, 3))
    assert big.kernel.shape == (3, 4_200_000)


def test_any_member_twice(tmp_path):
    path = tmp_path / "net.keras"
    models.Sequential([layers.Input((3,)), layers.Dense(2)]).save(path)
    with zipfile.ZipFile(path, "a") as archive, pytest.warns(UserWarning, match="Duplicate"):
        archive.writestr("metadata.json", "{}")
    with pytest.raises(ModelFileError, match="'metadata.json': there more than once"):
        models.load_model(path)
