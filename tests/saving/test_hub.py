"""Models on a hub that runs on this machine: there and back, downloads that break, wrong bytes, refusals."""

import importlib.util
import json
import socket

import numpy as np
import pytest

from lamina import layers, models, saving
from lamina.saving import ModelFileError

from .weights import same

hub_package = pytest.importorskip("huggingface_hub")
constants = pytest.importorskip("huggingface_hub.constants")
WEIGHTS = "model.weights.h5"


def network(units=3):
    model = models.Sequential([layers.Input((4,)), layers.Dense(5, "relu"), layers.Dense(units)])
    model.compile("adam", "mse")
    model.fit(np.ones((8, 4)), np.ones((8, units)), verbose=0)
    return model


def test_there_and_back(hub):
    model = network()
    assert saving.push_to_hub(model, "ann/net", private=True) == "hf://ann/net"
    assert set(hub.repos["ann/net"]) == {"config.json", "metadata.json", WEIGHTS, "README.md"}
    assert hub.private["ann/net"] is True and hub.messages == [f"Model {model.name}"]
    assert "hf://ann/net" in hub.repos["ann/net"]["README.md"].decode()
    hub.large.add(WEIGHTS)
    for again in (
        saving.from_hub("ann/net"),
        models.load_model("hf://ann/net"),
        models.load_model("hf://ann/net@v1"),
        saving.from_hub("ann/net", revision="main"),
    ):
        same(model, again)
        for one, two in zip(model.optimizer.variables, again.optimizer.variables, strict=True):
            np.testing.assert_array_equal(one.numpy(), two.numpy())
    assert saving.from_hub("ann/net", compile=False).optimizer is None
    other = network()
    other.load_weights("hf://ann/net")
    same(model, other)


def test_only_what_is_needed_is_fetched(hub):
    saving.push_to_hub(network(), "ann/net")
    hub.repos["ann/net"]["train.py"] = hub.repos["ann/net"]["pytorch_model.bin"] = b"import os"
    hub.asked.clear()
    saving.from_hub("ann/net")
    fetched = {path.rpartition("/")[2] for path in hub.asked if "/resolve/" in path}
    assert fetched == {"config.json", "metadata.json", WEIGHTS}


def test_saving_by_address_keeps_the_card_and_drops_old_assets(hub):
    hub.repos["ann/net"] = {"README.md": b"mine", "assets/old/words.txt": b"a", "data.csv": b"1"}
    model = models.Sequential([layers.Input((1,), dtype="string"), layers.StringLookup(vocabulary=["a", "b"])])
    model.save("hf://ann/net")
    assert hub.repos["ann/net"]["README.md"] == b"mine" and "data.csv" in hub.repos["ann/net"]
    assert "assets/old/words.txt" not in hub.repos["ann/net"]
    again = models.load_model("hf://ann/net")
    assert again.layers[-1].get_vocabulary() == model.layers[-1].get_vocabulary()


def test_files_in_a_repository(hub, tmp_path):
    model = network()
    model.save(tmp_path / "a.keras")
    hub.repos["ann/files"] = {"nets/a.keras": (tmp_path / "a.keras").read_bytes()}
    same(model, models.load_model("hf://ann/files"))
    same(model, models.load_model("hf://ann/files/nets/a.keras"))
    hub.repos["ann/files"]["b.keras"] = b""
    with pytest.raises(ModelFileError, match="several models.*say which"):
        models.load_model("hf://ann/files")
    same(model, saving.from_hub("ann/files", "nets/a.keras"))
    with pytest.raises(ModelFileError, match=r"missing\.keras.*not there"):
        saving.from_hub("ann/files", "missing.keras")
    with pytest.raises(ValueError, match="must end in .keras"):
        saving.from_hub("ann/files", "code.py")


@pytest.mark.parametrize("ending", [".weights.h5", ".safetensors"])
def test_weights_in_a_repository(hub, tmp_path, ending):
    if ending == ".safetensors":
        pytest.importorskip("safetensors")
    model, other = network(), network()
    model.save_weights(tmp_path / f"w{ending}")
    hub.repos["ann/w"] = {f"w{ending}": (tmp_path / f"w{ending}").read_bytes(), "w.npz": b"", "old.h5": b""}
    other.load_weights(f"hf://ann/w/w{ending}")
    same(model, other)
    for name in ("w.npz", "old.h5", "w.pkl"):
        with pytest.raises(ValueError, match="must end in"):
            other.load_weights(f"hf://ann/w/{name}")


# --- what goes wrong on the way ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("large", [False, True])
@pytest.mark.parametrize("name", [WEIGHTS, "config.json"])
def test_wrong_bytes_are_refused_and_not_kept(hub, name, large):
    model = network()
    saving.push_to_hub(model, "ann/net")
    hub.large |= {name} if large else set()
    content = hub.repos["ann/net"][name]
    hub.wrong[name] = content[:-1] + bytes([content[-1] ^ 1])  # as long as the true one
    with pytest.raises(ModelFileError, match="not those of the hub") as caught:
        saving.from_hub("ann/net")
    assert (caught.value.file, caught.value.member) == ("hf://ann/net", name)
    hub.wrong.clear()
    same(model, saving.from_hub("ann/net"))


def test_a_copy_that_was_changed_is_refused(hub, tmp_path):
    model = network()
    saving.push_to_hub(model, "ann/net")
    saving.from_hub("ann/net")
    (kept,) = (p for p in (tmp_path / "cache").rglob(WEIGHTS) if "snapshots" in str(p))
    kept.resolve().write_bytes(b"other")
    with pytest.raises(ModelFileError, match="the 5 bytes that came are not those of the hub"):
        saving.from_hub("ann/net")
    same(model, saving.from_hub("ann/net"))


def test_a_download_that_breaks_off_leaves_nothing(hub, monkeypatch):
    monkeypatch.setattr("time.sleep", lambda seconds: None)  # the package waits between its tries
    model = network()
    saving.push_to_hub(model, "ann/net")
    hub.cut.add(WEIGHTS)
    with pytest.raises(ModelFileError, match=r"model\.weights\.h5.*broke off on the way"):
        saving.from_hub("ann/net")
    hub.cut.clear()
    same(model, saving.from_hub("ann/net"))


def test_sizes_are_compared_before_anything_is_fetched(hub):
    saving.push_to_hub(network(), "ann/net")
    hub.claims[WEIGHTS] = 10**12
    hub.asked.clear()
    with pytest.raises(ModelFileError, match=r"model\.weights\.h5.*raise max_gigabytes"):
        saving.from_hub("ann/net")
    hub.claims = {"config.json": 10**9}
    with pytest.raises(ModelFileError, match=r"config\.json.*1000000000 bytes"):
        saving.from_hub("ann/net")
    assert not any("/resolve/" in path for path in hub.asked)
    with pytest.raises(ValueError, match="max_gigabytes must be a positive number"):
        saving.from_hub("ann/net", max_gigabytes=0)


def test_the_gate_of_files_stands_behind_it(hub):
    saving.push_to_hub(network(), "ann/net")
    config = json.loads(hub.repos["ann/net"]["config.json"])
    config["config"]["layers"][1]["config"]["activation"] = {
        "module": "os", "class_name": "function", "config": "system", "registered_name": "system",
    }  # fmt: skip
    hub.repos["ann/net"]["config.json"] = json.dumps(config).encode()
    for safe_mode in (True, False):
        with pytest.raises(ModelFileError, match="hf://ann/net.*config.json"):
            saving.from_hub("ann/net", safe_mode=safe_mode)


def test_names_that_lead_out(hub):
    saving.push_to_hub(network(), "ann/net")
    hub.repos["ann/net"]["assets/../../x"] = b"1"
    with pytest.raises(ModelFileError, match="leads out"):
        saving.from_hub("ann/net")


# --- what is not there ------------------------------------------------------------------------------------------------


def test_what_is_not_there(hub):
    with pytest.raises(FileNotFoundError, match="hf://ann/none: not found on http.*HF_TOKEN"):
        saving.from_hub("ann/none")
    hub.repos["ann/bert"] = {"config.json": b"{}", "pytorch_model.bin": b"1"}
    with pytest.raises(FileNotFoundError, match="hf://ann/bert@v9: not found"):
        saving.from_hub("ann/bert", revision="v9")
    with pytest.raises(ModelFileError, match="holds no model of Keras.*pytorch_model"):
        saving.from_hub("ann/bert")
    hub.status = 403
    with pytest.raises(ModelFileError, match="refused: .*403"):
        saving.push_to_hub(network(), "ann/net")
    with pytest.raises(ModelFileError, match="refused: .*403"):
        saving.from_hub("ann/bert")
    hub.status = 200  # with nothing in it, as of a page to log in
    with pytest.raises(ModelFileError, match="answers as no hub does"):
        saving.from_hub("ann/bert")
    assert "ann/net" not in hub.repos


@pytest.mark.parametrize("address", ["hf://", "hf://net", "hf:///a/b", "hf://a/b/../c.keras", "hf://a b/c"])
def test_addresses_that_are_none(address):
    with pytest.raises(ValueError, match="expected an address of the form hf://user/name"):
        models.load_model(address)
    with pytest.raises(ValueError, match="hf://user/name"):
        network().save(address)


def test_a_model_without_weights_is_not_pushed(hub):
    with pytest.raises(ValueError, match="has no weights yet"):
        saving.push_to_hub(models.Sequential([layers.Dense(2)]), "ann/net")
    assert hub.asked == []


def test_no_connection(monkeypatch):
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        monkeypatch.setenv("HF_ENDPOINT", f"http://127.0.0.1:{taken.getsockname()[1]}")
        for call in (lambda: saving.from_hub("ann/net"), lambda: saving.push_to_hub(network(), "ann/net")):
            with pytest.raises(ConnectionError, match="The hub at http://127.* cannot be reached"):
                call()


def test_offline_is_said(hub, monkeypatch):
    monkeypatch.setattr(constants, "HF_HUB_OFFLINE", True)
    with pytest.raises(ConnectionError, match="cannot be reached.*HF_HUB_OFFLINE"):
        models.load_model("hf://ann/net")


def test_without_the_extra(monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda n, *a: None if n == "huggingface_hub" else find(n, *a))
    with pytest.raises(ImportError, match=r"load_model: .*pip install 'lamina\[hub\]'|from_hub: .*lamina\[hub\]"):
        models.load_model("hf://ann/net")
    with pytest.raises(ImportError, match=r"lamina\[hub\]"):
        network().save("hf://ann/net")


@pytest.mark.peer
def test_beside_keras(hub, monkeypatch):
    keras = pytest.importorskip("keras")
    from keras.src.saving import saving_lib

    model = keras.Sequential([keras.Input((4,)), keras.layers.Dense(3)])
    with monkeypatch.context() as patch:
        patch.setattr(constants, "ENDPOINT", hub.url)
        patch.setattr(saving_lib, "check_pydot", lambda: False)
        model.save("hf://ann/theirs")
    same(model, models.load_model("hf://ann/theirs"))
    ours = network()
    ours.save("hf://ann/ours")
    snapshot = hub_package.HfApi(endpoint=hub.url).hf_hub_download
    for name in ("config.json", "metadata.json", WEIGHTS):
        folder = snapshot("ann/ours", name).rpartition("/")[0]
    same(ours, saving_lib._load_model_from_dir(folder, None, True, True))
