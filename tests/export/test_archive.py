"""`ExportArchive`: functions over tracked weights, in any of the formats."""

import runpy

import numpy as np
import pytest

from lamina import layers, models, ops
from lamina.export import ExportArchive, ExportError

pytestmark = pytest.mark.native_only("files are written from the native engine's program")
SPEC = layers.InputSpec(shape=(None, 4), dtype="float32")


@pytest.fixture
def model():
    x = layers.Input((4,))
    h = layers.Dense(3, activation="relu", name="hidden")(x)
    return models.Model(x, layers.Dense(2, name="answer")(h))


def predict(path):
    return runpy.run_path(str(path))["predict"]


def test_each_function_has_a_file(model, tmp_path, capsys):
    archive = ExportArchive("numpy")
    archive.track(model)
    archive.add_endpoint("serve", model.call, [SPEC])
    archive.add_endpoint("hidden", lambda x: model.get_layer("hidden")(x), [SPEC])
    paths = archive.write_out(tmp_path / "net")
    assert [p.rpartition("/")[2] for p in paths] == ["net_serve.py", "net_serve.npz", "net_hidden.py", "net_hidden.npz"]
    assert "net_serve.py" in capsys.readouterr().out
    x = np.random.default_rng(0).normal(size=(5, 4)).astype("float32")
    np.testing.assert_allclose(predict(paths[0])(x), model.predict(x, verbose=0), rtol=1e-5, atol=1e-6)
    kernel, bias = model.get_layer("hidden").get_weights()
    np.testing.assert_allclose(predict(paths[2])(x), np.maximum(x @ kernel + bias, 0), rtol=1e-5, atol=1e-6)
    with np.load(paths[3]) as weights:
        assert set(weights) == {"hidden/kernel", "hidden/bias"}


def test_one_function_takes_the_name_and_several_inputs(tmp_path):
    archive = ExportArchive("numpy", check=True)
    archive.add_endpoint("serve", lambda left, right: {"sum": left + right}, [SPEC, SPEC])
    archive.write_out(tmp_path / "net", verbose=False)
    given = np.ones((2, 4), "float32")
    assert predict(tmp_path / "net.py")(left=given, right=given)["sum"].tolist() == [[2.0] * 4] * 2


def test_a_model_needs_no_signature_and_a_collection_names_variables(model, tmp_path):
    archive = ExportArchive("numpy")
    archive.add_endpoint("serve", model)
    archive.write_out(tmp_path / "a", verbose=False)
    archive = ExportArchive("numpy")
    archive.add_variable_collection("own", model.variables)
    archive.track_and_add_endpoint("serve", model, [SPEC])
    archive.write_out(tmp_path / "b", options={"check": False}, verbose=False)
    with np.load(tmp_path / "a.npz") as a, np.load(tmp_path / "b.npz") as b:
        assert set(a) == set(b) == {v.path for v in model.variables}


def test_mistakes(model, tmp_path):
    with pytest.raises(ValueError, match="format must be one of"):
        ExportArchive("pickle")
    archive = ExportArchive("numpy")
    with pytest.raises(ValueError, match="nothing to write"):
        archive.write_out(tmp_path / "net")
    with pytest.raises(ValueError, match="a model or layer"):
        archive.track(3)
    with pytest.raises(ValueError, match="not been built"):
        archive.track(layers.Dense(2))
    with pytest.raises(ExportError, match="input_signature"):
        archive.add_endpoint("serve", lambda x: x)
    archive.add_endpoint("serve", ops.exp, [SPEC])
    with pytest.raises(ValueError, match="already"):
        archive.add_endpoint("serve", ops.exp, [SPEC])
