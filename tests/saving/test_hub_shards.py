"""Weights in several files on a hub that runs on this machine."""

import json

import numpy as np
import pytest

from lamina import layers, models, saving
from lamina.saving import ModelFileError

from .weights import same

pytest.importorskip("huggingface_hub")
KILOBYTE = 1 / 2**20  # in gigabytes
MAP, FIRST, SECOND = "model.weights.json", "model_00000.weights.h5", "model_00001.weights.h5"


def network():
    model = models.Sequential([layers.Input((12,)), layers.Dense(20), layers.Dense(20), layers.Dense(2)])
    model.compile("adam", "mse")
    model.fit(np.random.default_rng(0).random((8, 12)), np.ones((8, 2)), verbose=0)
    return model


@pytest.fixture
def pushed(hub):
    model = network()
    assert saving.push_to_hub(model, "ann/net", max_shard_size=2 * KILOBYTE) == "hf://ann/net"
    return model


def test_there_and_back(hub, pushed):
    files = hub.repos["ann/net"]
    assert {MAP, FIRST, SECOND, "config.json", "metadata.json", "README.md"} < set(files) and len(files) > 6
    assert "model.weights.h5" not in files and "load_weights" in files["README.md"].decode()
    hub.large |= {FIRST, SECOND}
    files["train.py"] = files["other_00000.weights.h5"] = b"import os"
    hub.asked.clear()
    for again in (saving.from_hub("ann/net"), models.load_model("hf://ann/net@v1")):
        same(pushed, again)
        for one, two in zip(pushed.optimizer.variables, again.optimizer.variables, strict=True):
            np.testing.assert_array_equal(one.numpy(), two.numpy())
    fetched = {path.rpartition("/")[2] for path in hub.asked if "/resolve/" in path}
    assert fetched == set(files) - {"README.md", "train.py", "other_00000.weights.h5"}
    for address in ("hf://ann/net", f"hf://ann/net/{MAP}"):
        other = network()
        other.set_weights([w + 1 for w in other.get_weights()])
        other.load_weights(address)
        same(pushed, other)


def test_weights_alone_in_a_folder_of_a_repository(hub, pushed, tmp_path):
    pushed.save_weights(tmp_path / "w.weights.json", max_shard_size=KILOBYTE)
    hub.repos["ann/w"] = {f"nets/{p.name}": p.read_bytes() for p in tmp_path.glob("w*")}
    other = network()
    other.set_weights([w + 1 for w in other.get_weights()])
    other.load_weights("hf://ann/w/nets/w.weights.json")
    same(pushed, other)


def test_what_was_there_before_is_replaced(hub, pushed):
    hub.repos["ann/net"]["mine_00000.weights.h5"] = b"1"
    many = set(hub.repos["ann/net"])
    saving.push_to_hub(pushed, "ann/net", include_optimizer=False, max_shard_size=2 * KILOBYTE)
    few = set(hub.repos["ann/net"])
    assert few < many and {FIRST, MAP, "mine_00000.weights.h5"} <= few
    same(pushed, saving.from_hub("ann/net"))
    saving.push_to_hub(pushed, "ann/net")
    assert set(hub.repos["ann/net"]) == {
        "config.json", "metadata.json", "model.weights.h5", "README.md", "mine_00000.weights.h5",
    }  # fmt: skip
    saving.push_to_hub(pushed, "ann/net", max_shard_size=2 * KILOBYTE)
    assert set(hub.repos["ann/net"]) == many
    same(pushed, saving.from_hub("ann/net"))


def test_a_shard_with_wrong_bytes_is_refused_and_not_kept(hub, pushed):
    content = hub.repos["ann/net"][SECOND]
    hub.wrong[SECOND] = content[:-1] + bytes([content[-1] ^ 1])
    with pytest.raises(ModelFileError, match="not those of the hub") as caught:
        saving.from_hub("ann/net")
    assert (caught.value.file, caught.value.member) == ("hf://ann/net", SECOND)
    hub.wrong.clear()
    same(pushed, saving.from_hub("ann/net"))


def test_a_shard_that_breaks_off_or_is_not_there(hub, pushed, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda seconds: None)  # the package waits between its tries
    hub.cut.add(SECOND)
    with pytest.raises(ModelFileError, match=f"{SECOND}.*broke off on the way"):
        saving.from_hub("ann/net")
    hub.cut.clear()
    same(pushed, saving.from_hub("ann/net"))
    del hub.repos["ann/net"][SECOND]
    with pytest.raises(FileNotFoundError, match=f"{SECOND}.*not there"):
        saving.from_hub("ann/net")


def test_sizes_are_compared_before_a_shard_is_fetched(hub, pushed):
    hub.asked.clear()
    for claims in ({SECOND: 10**12}, {FIRST: 9 * 2**30, SECOND: 9 * 2**30}, {MAP: 10**9}):
        hub.claims = claims
        with pytest.raises(ModelFileError, match="raise max_gigabytes"):
            saving.from_hub("ann/net")
        with pytest.raises(ModelFileError, match="raise max_gigabytes"):
            network().load_weights("hf://ann/net")
    assert not any("_0000" in path for path in hub.asked)


@pytest.mark.parametrize("name", ["../x.weights.h5", "/etc/passwd", "a/b.weights.h5", "train.py", 3])
def test_a_map_names_weights_beside_it_only(hub, pushed, name):
    about = json.loads(hub.repos["ann/net"][MAP])
    about["weight_map"][next(iter(about["weight_map"]))] = [name]
    hub.repos["ann/net"][MAP] = json.dumps(about).encode()
    hub.asked.clear()
    with pytest.raises(ModelFileError, match="hf://ann/net.*beside it"):
        saving.from_hub("ann/net")
    assert not any("_0000" in path for path in hub.asked)


def test_the_gate_of_files_stands_behind_it(hub, pushed):
    config = json.loads(hub.repos["ann/net"]["config.json"])
    config["config"]["layers"][1]["config"]["units"] = 10**9
    hub.repos["ann/net"]["config.json"] = json.dumps(config).encode()
    with pytest.raises(ModelFileError, match="would take .* bytes, where the file holds"):
        saving.from_hub("ann/net")
    with pytest.raises(ValueError, match="max_shard_size must be a positive number"):
        saving.push_to_hub(pushed, "ann/net", max_shard_size=0)


@pytest.mark.peer
def test_keras_reads_the_weights(hub, pushed):
    keras = pytest.importorskip("keras")
    client = __import__("huggingface_hub").HfApi(endpoint=hub.url)
    paths = [client.hf_hub_download("ann/net", name) for name in hub.repos["ann/net"] if "weights" in name]
    theirs = keras.Sequential([keras.Input((12,))] + [keras.layers.Dense(n) for n in (20, 20, 2)])
    theirs.load_weights(next(path for path in paths if path.endswith(MAP)))
    same(pushed, theirs)
