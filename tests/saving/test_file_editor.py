"""KerasFileEditor: what is in a file of weights, and changes of it."""

import numpy as np
import pytest

from lamina import layers, saving
from lamina.layers import Input
from lamina.models import Sequential


def make(last="out", units=2):
    inside = Sequential([Input((4,)), layers.Dense(4)])
    return Sequential([Input((3,)), layers.Dense(4, name="in"), inside, layers.ReLU(), layers.Dense(units, name=last)])


@pytest.fixture
def model():
    return make()


@pytest.fixture(params=["w.weights.h5", "m.keras"])
def editor(request, model, tmp_path):
    path = tmp_path / request.param
    model.save(path) if path.suffix == ".keras" else model.save_weights(path)
    return saving.KerasFileEditor(path)


def test_what_is_in_it(editor, model, capsys):
    assert (editor.config is None) == editor.filepath.endswith(".h5")
    np.testing.assert_array_equal(editor.weights_dict["layers"]["dense"]["0"], model.layers[0].kernel.numpy())
    editor.summary()
    lines = capsys.readouterr().out.splitlines()
    assert "layers/dense/0: (3, 4) float32" in lines and "layers/sequential/layers/dense/1: (4,) float32" in lines
    assert len(lines) == 6


def test_compare(editor, model, capsys):
    assert editor.compare(model) == {"status": "success", "error_count": 0, "match_count": 6}
    capsys.readouterr()
    other = Sequential([Input((3,)), layers.Dense(5), layers.PReLU()])
    result = editor.compare(other)
    assert result["status"] == "error" and result["match_count"] == 0
    lines = capsys.readouterr().out.splitlines()
    assert len(lines) == result["error_count"] and "layers/p_re_lu is not in the file." in lines
    assert "layers/dense/0 has shape (3, 4) in the file, (3, 5) in the model." in lines


def test_an_object_that_is_missing_is_one_difference(editor, model):
    editor.rename_object("layers/dense_1", "head")
    assert editor.compare(model) == {"status": "error", "error_count": 2, "match_count": 4}
    editor.rename_object("head", "dense_1")
    editor.delete_weight("layers/dense_1", "1")
    assert editor.compare(model) == {"status": "error", "error_count": 1, "match_count": 5}


def test_what_is_saved_again_is_read(editor, model, tmp_path):
    editor.save(tmp_path / "again.weights.h5")
    fresh = make()
    fresh.load_weights(tmp_path / "again.weights.h5")
    for a, b in zip(fresh.get_weights(), model.get_weights(), strict=True):
        np.testing.assert_array_equal(a, b)


def test_changes(editor, tmp_path):
    editor.rename_object("layers/dense_1", "head")
    editor.add_weights("head", {"1": np.array([7.0, 8.0], "float32")})
    editor.delete_object("layers/sequential")
    editor.add_object("layers/dense_1", {"0": np.ones((4, 4)), "1": np.zeros(4), "2": np.ones(1)})
    editor.delete_weight("dense_1", "2")
    editor.resave_weights(tmp_path / "new.weights.h5")
    again = saving.KerasFileEditor(tmp_path / "new.weights.h5").weights_dict
    assert list(again["layers"]) == ["dense", "dense_1", "head"] and list(again["layers"]["dense_1"]) == ["0", "1"]
    np.testing.assert_array_equal(again["layers"]["head"]["1"], [7, 8])


def test_what_cannot_be_done(editor, tmp_path):
    with pytest.raises(ValueError, match=r"'dense' occurs more than once; give its path"):
        editor.rename_object("dense", "x")
    with pytest.raises(ValueError, match=r"'layers/nowhere' is not there; summary\(\) lists"):
        editor.delete_object("layers/nowhere")
    with pytest.raises(ValueError, match=r"there is no 'parts' in"):
        editor.add_object("parts/dense", {})
    with pytest.raises(ValueError, match=r"has no weight '9'; there are \['0', '1'\]"):
        editor.delete_weight("dense_1", "9")
    with pytest.raises(ValueError, match="weights must be a dict"):
        editor.add_weights("dense_1", [1])
    with pytest.raises(ValueError, match="new_name must be a name, not a path"):
        editor.rename_object("dense_1", "a/b")
    with pytest.raises(ValueError, match=r"must end in .weights.h5"):
        editor.save(tmp_path / "x.h5")
    with pytest.raises(ValueError, match=r"must end in .keras or .weights.h5; got"):
        saving.KerasFileEditor(tmp_path / "x.txt")


def test_a_file_that_is_none(tmp_path):
    (tmp_path / "x.weights.h5").write_bytes(b"nothing")
    with pytest.raises(saving.ModelFileError, match="not an HDF5 file"):
        saving.KerasFileEditor(tmp_path / "x.weights.h5")
