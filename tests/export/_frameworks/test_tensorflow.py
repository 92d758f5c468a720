"""SavedModels, where TensorFlow is installed; else the error that says what there is instead."""

import importlib.util

import numpy as np
import pytest

from lamina import layers, models

pytestmark = pytest.mark.native_only("the program is the native engine's")


@pytest.fixture
def model():
    x = layers.Input((None, 3), name="x")
    return models.Model(x, layers.Dense(2, name="answer")(layers.GRU(4)(x)))


def test_without_tensorflow_the_error_says_what_there_is(model, tmp_path, monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *_: None if name == "tensorflow" else find(name))
    with pytest.raises(ImportError, match="pip install tensorflow.*'onnx', 'numpy'"):
        model.export(tmp_path / "net")
    assert not list(tmp_path.iterdir())


def test_a_saved_model_gives_what_predict_gives(model, tmp_path):
    tf = pytest.importorskip("tensorflow")
    pytest.importorskip("jax")
    for _ in range(2):  # the second takes the place of the first
        assert model.export(tmp_path / "net") == [str(tmp_path / "net")]
    serve = tf.saved_model.load(tmp_path / "net").signatures["serving_default"]
    for shape in ((1, 2, 3), (4, 7, 3)):
        data = np.random.default_rng(0).normal(size=shape).astype("float32")
        got = serve(x=tf.constant(data))["answer"].numpy()
        np.testing.assert_allclose(got, model.predict(data, verbose=0), rtol=1e-5, atol=1e-5)
    (tmp_path / "other").mkdir()
    with pytest.raises(FileExistsError, match="no SavedModel"):
        model.export(tmp_path / "other")
