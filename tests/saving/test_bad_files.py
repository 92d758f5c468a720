"""Files that are damaged, incomplete or hostile: a ModelFileError says which file, which part and why."""

import contextlib
import io
import json
import os
import zipfile

import h5py
import numpy as np
import pytest

from lamina.layers import Dense, Input
from lamina.models import Sequential, load_model
from lamina.saving import ModelFileError
from lamina.saving._weights import read_weights


def net(units=2):
    return Sequential([Input((3,)), Dense(units)])


@pytest.fixture
def good(tmp_path):
    path = tmp_path / "good.keras"
    net().save(path)
    return path


def members(path):
    with zipfile.ZipFile(path) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


def pack(path, parts, compression=zipfile.ZIP_STORED):
    with zipfile.ZipFile(path, "w", compression) as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    return path


def refuses(path, member=None, match=None):
    with pytest.raises(ModelFileError, match=match) as caught:
        load_model(path)
    assert caught.value.file == str(path) and str(path) in str(caught.value)
    if member:
        assert caught.value.member.startswith(member)
    return caught.value


def test_no_file(tmp_path):
    with pytest.raises(ModelFileError, match="no such file"):
        load_model(tmp_path / "none.keras")
    with pytest.raises(FileNotFoundError):
        net().load_weights(tmp_path / "none.weights.h5")
    refuses(tmp_path, match="a folder")


def test_no_zip_and_cut_short(tmp_path, good):
    (tmp_path / "text.keras").write_text("hello")
    refuses(tmp_path / "text.keras", match="not a .keras file")
    (tmp_path / "empty.keras").write_bytes(b"")
    refuses(tmp_path / "empty.keras")
    content = good.read_bytes()
    for share in (0.1, 0.5, 0.9, 0.99):
        (tmp_path / "cut.keras").write_bytes(content[: int(len(content) * share)])
        refuses(tmp_path / "cut.keras")


@pytest.mark.parametrize("name", ["config.json", "model.weights.h5"])
def test_a_member_is_missing(tmp_path, good, name):
    parts = members(good)
    del parts[name]
    refuses(pack(tmp_path / "bad.keras", parts), name, "missing")


@pytest.mark.parametrize(
    "config",
    [
        "",
        "{",
        "[]",
        "3",
        "null",
        '"text"',
        "{}",
        '{"class_name": 3, "config": {}}',
        '{"class_name": "Dense"}',
        "[" * 10**5,
    ],
)
def test_config_that_is_no_model(tmp_path, good, config):
    refuses(pack(tmp_path / "bad.keras", {**members(good), "config.json": config}), "config.json")


def change(path, good, edit):
    parts = members(good)
    config = json.loads(parts["config.json"])
    edit(config)
    return pack(path, {**parts, "config.json": json.dumps(config)})


def test_unknown_and_dangerous_classes(tmp_path, good):
    for module, name in [
        ("os", "system"),
        ("builtins", "eval"),
        ("subprocess", "Popen"),
        ("keras", "Nothing"),
        ("my", "Net"),
    ]:
        bad = change(
            tmp_path / "bad.keras",
            good,
            lambda c, m=module, n=name: c.update(module=m, class_name=n, registered_name=n),
        )
        refuses(bad, "config.json", "Unknown class")


def test_lambdas_are_never_run(tmp_path, good):
    marker = tmp_path / "ran"
    code = {"class_name": "__lambda__", "config": {"value": f"open({str(marker)!r}, 'w')"}}

    def put(config):
        config["config"]["layers"].append(
            {
                "module": "keras.layers",
                "class_name": "Lambda",
                "config": {"name": "l", "function": code},
                "registered_name": None,
            }
        )

    bad = change(tmp_path / "bad.keras", good, put)
    refuses(bad, "config.json", "no code from a file is ever run")
    with pytest.raises(ModelFileError):
        load_model(bad, safe_mode=False)
    assert not marker.exists()


@pytest.mark.parametrize("value", [None, -1, "many", [1], {"a": 1}, 1.5, True])
def test_config_values_of_the_wrong_kind(tmp_path, good, value):
    def put(config):
        config["config"]["layers"][1]["config"]["units"] = value

    refuses(change(tmp_path / "bad.keras", good, put), "config.json")


def h5_bytes(fill):
    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        fill(file)
    return buffer.getvalue()


def bad_weights(tmp_path, good, fill):
    return pack(tmp_path / "bad.keras", {**members(good), "model.weights.h5": h5_bytes(fill)})


def test_weights_of_another_shape_or_number(tmp_path, good):
    parts = members(good)
    net(5).save(tmp_path / "other.keras")
    mixed = {**parts, "model.weights.h5": members(tmp_path / "other.keras")["model.weights.h5"]}
    error = refuses(pack(tmp_path / "bad.keras", mixed), "model.weights.h5/layers/dense", r"\(3, 2\).*\(3, 5\)")
    assert "kernel" in str(error)
    refuses(bad_weights(tmp_path, good, lambda f: f.create_group("layers/dense/vars")), match="2 variables")
    refuses(bad_weights(tmp_path, good, lambda f: None), match="no weights")


def test_h5_that_is_none_or_cut(tmp_path, good):
    parts = members(good)
    weights = parts["model.weights.h5"]
    for content in (b"", b"text", weights[:100], weights[: len(weights) // 2]):
        refuses(pack(tmp_path / "bad.keras", {**parts, "model.weights.h5": content}), "model.weights.h5")


def test_places_in_an_h5_file_that_are_no_numbers_of_c(good):
    content, model = members(good)["model.weights.h5"], net()
    told = 0
    for start in range(0, 1200, 4):
        bad = content[:start] + b"\xf0" + b"\xff" * 7 + content[start + 8 :]
        try:
            read_weights(model, bad, "net.keras")
        except ModelFileError as error:
            told += "too large" in str(error)
    assert told


def test_links_and_outside_storage_are_refused(tmp_path, good):
    secret = tmp_path / "secret.h5"
    with h5py.File(secret, "w") as file:
        file["x"] = np.ones((3, 2), "float32")

    def external(f):
        f["layers/dense/vars/0"] = h5py.ExternalLink(str(secret), "/x")
        f["layers/dense/vars/1"] = np.zeros(2, "float32")

    def soft(f):
        f["elsewhere"] = np.ones((3, 2), "float32")
        f["layers/dense/vars/0"] = h5py.SoftLink("/elsewhere")
        f["layers/dense/vars/1"] = np.zeros(2, "float32")

    def group_link(f):
        f["layers/dense"] = h5py.ExternalLink(str(secret), "/")

    for fill in (external, soft, group_link):
        refuses(bad_weights(tmp_path, good, fill), "model.weights.h5", "link")

    def outside(f):
        (tmp_path / "raw.bin").write_bytes(bytes(24))
        f.create_dataset("layers/dense/vars/0", (3, 2), "float32", external=[(str(tmp_path / "raw.bin"), 0, 24)])
        f["layers/dense/vars/1"] = np.zeros(2, "float32")

    refuses(bad_weights(tmp_path, good, outside), "model.weights.h5", "another file")


def test_arrays_larger_than_the_file(tmp_path):
    from lamina.saving._h5 import Reader, Store

    def huge(f):
        f.create_dataset("vars/0", (10**6, 10**5), "float32", chunks=(1000, 1000))

    with Reader(h5_bytes(huge), "huge") as reader, pytest.raises(ModelFileError, match="more than this file can hold"):
        np.asarray(Store(reader, "")["0"])


def test_zip_bombs(tmp_path, good):
    parts = {**members(good), "config.json": b" " * (64 * 2**20)}
    refuses(pack(tmp_path / "bomb.keras", parts, zipfile.ZIP_DEFLATED), "config.json", "grows from")


def test_a_member_twice(tmp_path, good):
    parts = members(good)
    path = pack(tmp_path / "twice.keras", parts)
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(path, "a") as archive:
        archive.writestr("config.json", parts["config.json"])
    refuses(path, "config.json", "more than once")


def test_random_damage_never_gives_another_error(tmp_path, good):
    content = bytearray(good.read_bytes())
    random = np.random.default_rng(0)
    for _ in range(150):
        damaged = bytearray(content)
        for place in random.integers(0, len(damaged), 8):
            damaged[place] = int(random.integers(0, 256))
        (tmp_path / "d.keras").write_bytes(damaged)
        with contextlib.suppress(ModelFileError):
            load_model(tmp_path / "d.keras")


def test_mismatch_can_be_left_out(tmp_path):
    a = Sequential([Input((3,)), Dense(4), Dense(2)])
    b = Sequential([Input((3,)), Dense(4), Dense(7)])
    a.save_weights(tmp_path / "w.weights.h5")
    with pytest.raises(ModelFileError, match="layers/dense_1"):
        b.load_weights(tmp_path / "w.weights.h5")
    before = b.get_weights()[2]
    with pytest.warns(UserWarning, match="Left out.*layers/dense_1"):
        b.load_weights(tmp_path / "w.weights.h5", skip_mismatch=True)
    assert np.array_equal(b.get_weights()[0], a.get_weights()[0]) and np.array_equal(b.get_weights()[2], before)


def test_bad_old_files(tmp_path):
    with h5py.File(tmp_path / "w.h5", "w") as file:
        file.attrs["layer_names"] = [b"d"]
    with pytest.raises(ModelFileError, match="missing"):
        net().load_weights(tmp_path / "w.h5")
    with pytest.raises(ModelFileError, match="model_config"):
        load_model(tmp_path / "w.h5")
    (tmp_path / "t.h5").write_text("x")
    with pytest.raises(ModelFileError, match="not an HDF5 file"):
        load_model(tmp_path / "t.h5")
    assert os.path.exists(tmp_path / "t.h5")
