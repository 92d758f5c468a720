"""A model on any engine is exported; on others than the native one by a process of its own."""

import runpy

import numpy as np
import pytest

import lamina
from lamina import layers, models
from lamina.export import ExportError
from lamina.export._elsewhere import export_elsewhere


def test_a_model_of_any_engine(tmp_path):
    model = models.Sequential([layers.Input((4,)), layers.Dense(3, activation="tanh")])
    assert model.export(tmp_path / "net", format="numpy") == [str(tmp_path / "net.py"), str(tmp_path / "net.npz")]
    x = np.random.default_rng(0).normal(size=(2, 4)).astype("float32")
    got = runpy.run_path(str(tmp_path / "net.py"))["predict"](x)
    np.testing.assert_allclose(got, model.predict(x, verbose=0), rtol=1e-5, atol=1e-6)


def test_the_process_of_its_own(tmp_path):
    model = models.Sequential([layers.Input((4,)), layers.Dense(3)])
    path = str(tmp_path / "net.py")
    assert export_elsewhere(model, path, "numpy", {"check": False}) == [path, str(tmp_path / "net.npz")]
    with pytest.raises(ExportError, match="opset"):
        export_elsewhere(model, path, "numpy", {"opset": 3})

    @lamina.saving.register_keras_serializable("elsewhere")
    class Own(layers.Layer):
        def call(self, x):
            return x

    with pytest.raises(ExportError, match="Own"):
        export_elsewhere(models.Sequential([layers.Input((4,)), Own()]), path, "numpy", {})
