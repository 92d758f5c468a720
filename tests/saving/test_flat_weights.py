"""Weights in `.npz` and `.safetensors` files, and those of PyTorch by a mapping of names."""

import io
import json
import struct
import zipfile

import numpy as np
import pytest

from lamina import layers, models
from lamina.saving import ModelFileError


@pytest.fixture(params=[".npz", ".safetensors"])
def ending(request):
    if request.param == ".safetensors":
        pytest.importorskip("safetensors")
    return request.param


def network(units=4):
    x = layers.Input((6, 2))
    h = layers.LSTM(3)(layers.BatchNormalization()(layers.Conv1D(2, 3)(x)))
    return models.Model(x, layers.Dense(units)(layers.Dropout(0.1)(h)))


def test_there_and_back(tmp_path, ending):
    model, other = network(), network()
    path = tmp_path / f"net{ending}"
    model.save_weights(path)
    other.load_weights(path)
    assert len(model.weights) == len(other.weights)
    for one, two in zip(model.get_weights(), other.get_weights()):
        np.testing.assert_array_equal(one, two)


def test_what_others_read(tmp_path, ending):
    model = network()
    path = tmp_path / f"net{ending}"
    model.save_weights(path)
    if ending == ".npz":
        with np.load(path) as file:
            table = dict(file)
    else:
        from safetensors.numpy import load_file

        table = load_file(path)
    np.testing.assert_array_equal(table["layers/dense/vars/0"], model.layers[-1].kernel.numpy())
    assert sum(array.size for name, array in table.items()) >= model.count_params()


def test_half_precision(tmp_path, ending):
    def make():
        return models.Sequential([layers.Input((3,)), layers.Dense(2, dtype="bfloat16")])

    model, other = make(), make()
    model.save_weights(tmp_path / f"net{ending}")
    other.load_weights(tmp_path / f"net{ending}")
    np.testing.assert_array_equal(*(np.asarray(m.weights[0].numpy(), "float32") for m in (model, other)))


def test_another_shape_is_an_error_that_names_the_place(tmp_path, ending):
    network(4).save_weights(tmp_path / f"net{ending}")
    model = network(5)
    before = model.get_weights()
    with pytest.raises(ModelFileError, match="layers/dense"):
        model.load_weights(tmp_path / f"net{ending}")
    with pytest.warns(UserWarning, match="Left out.*layers/dense"):
        model.load_weights(tmp_path / f"net{ending}", skip_mismatch=True)
    np.testing.assert_array_equal(model.get_weights()[-1], before[-1])


def test_damaged_files(tmp_path, ending):
    path = tmp_path / f"net{ending}"
    model = network()
    model.save_weights(path)
    content = path.read_bytes()
    for bad in (b"", b"text", content[:20], content[: len(content) // 2]):
        path.write_bytes(bad)
        with pytest.raises(ModelFileError) as caught:
            model.load_weights(path)
        assert caught.value.file == str(path)


def npz(path, header=None, content=b"", array=None):
    buffer = io.BytesIO()
    if array is not None:
        np.lib.format.write_array(buffer, array, allow_pickle=True)
    else:
        text = repr(header).encode() + b"\n"
        buffer.write(b"\x93NUMPY\1\0" + struct.pack("<H", len(text)) + text + content)
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("layers/dense/vars/0.npy", buffer.getvalue())
    return path


@pytest.mark.parametrize(
    "make",
    [
        {"array": np.array([print], dtype=object)},
        {"header": {"descr": "<f4", "fortran_order": False, "shape": (10**7, 10**7)}},
        {"header": {"descr": "|O", "fortran_order": False, "shape": (1,)}, "content": bytes(8)},
        {"header": {"descr": [("a", "<f4")], "fortran_order": False, "shape": (1,)}, "content": bytes(4)},
        {"header": "__import__('os').system('x')"},
    ],
)
def test_hostile_arrays(tmp_path, make):
    with pytest.raises(ModelFileError, match=r"layers/dense/vars/0\.npy"):
        network().load_weights(npz(tmp_path / "bad.npz", **make))


def test_a_header_of_safetensors_that_claims_much(tmp_path):
    pytest.importorskip("safetensors")
    header = json.dumps({"a": {"dtype": "F32", "shape": [10**9], "data_offsets": [0, 4 * 10**9]}}).encode()
    (tmp_path / "bad.safetensors").write_bytes(struct.pack("<Q", len(header)) + header)
    with pytest.raises(ModelFileError, match="damaged"):
        network().load_weights(tmp_path / "bad.safetensors")


# --- PyTorch ----------------------------------------------------------------------------------------------------------


def state_dict(rng):
    return {
        "conv.weight": rng.random((4, 2, 3), "float32"),
        "conv.bias": rng.random(4, "float32"),
        "fc.weight": rng.random((5, 4), "float32"),
        "fc.bias": rng.random(5, "float32"),
        "steps": np.array(3),
    }


NAMES = {"conv": "conv", "dense": "fc"}


def mapping(path):
    layer, weight = path.split("/")
    return f"{NAMES[layer]}.{'weight' if weight == 'kernel' else 'bias'}"


def convolution():
    return models.Sequential(
        [
            layers.Input((7, 2)),
            layers.Conv1D(4, 3, name="conv"),
            layers.GlobalAveragePooling1D(),
            layers.Dense(5, name="dense"),
        ]
    )


def test_weights_of_pytorch(tmp_path, ending):
    rng = np.random.default_rng(0)
    state = state_dict(rng)
    path = tmp_path / f"torch{ending}"
    if ending == ".npz":
        np.savez(path, **state)
    else:
        from safetensors.numpy import save_file

        save_file(state, path)
    model = convolution()
    model.load_weights(path, mapping=mapping)
    x = rng.random((3, 7, 2), "float32")
    windows = np.stack([x[:, i : i + 3] for i in range(5)], 1)  # (batch, place, kernel, channel)
    hidden = (np.einsum("bpkc,ock->bpo", windows, state["conv.weight"]) + state["conv.bias"]).mean(1)
    np.testing.assert_allclose(model(x), hidden @ state["fc.weight"].T + state["fc.bias"], rtol=1e-4, atol=1e-5)


def test_mappings_that_are_wrong(tmp_path):
    state = state_dict(np.random.default_rng(0))
    np.savez(tmp_path / "t.npz", **state)
    model = convolution()
    before = model.get_weights()
    with pytest.raises(ValueError, match=r"mapping names no tensor for \['conv/bias'"):
        model.load_weights(tmp_path / "t.npz", mapping={"conv/kernel": "conv.weight"})
    with pytest.raises(ModelFileError, match="'nothing': missing; 'conv/kernel'"):
        model.load_weights(tmp_path / "t.npz", mapping=lambda p: "nothing")
    with pytest.raises(ModelFileError, match=r"gives the shape \(5,\); 'conv/kernel' has \(3, 2, 4\)"):
        model.load_weights(tmp_path / "t.npz", mapping=lambda p: "fc.bias")
    with pytest.raises(ValueError, match="mapping= works for"):
        model.save_weights(tmp_path / "w.weights.h5")
        model.load_weights(tmp_path / "w.weights.h5", mapping={})
    for one, two in zip(model.get_weights(), before):
        np.testing.assert_array_equal(one, two)


def test_the_sum_of_several(tmp_path):
    rng = np.random.default_rng(0)
    state = {"w": rng.random((4, 3), "float32"), "b1": rng.random(4, "float32"), "b2": rng.random(4, "float32")}
    np.savez(tmp_path / "t.npz", **state)
    model = models.Sequential([layers.Input((3,)), layers.Dense(4, name="d")])
    model.load_weights(tmp_path / "t.npz", mapping={"d/kernel": "w", "d/bias": ["b1", "b2"]})
    np.testing.assert_array_equal(model.get_weights()[1], state["b1"] + state["b2"])
