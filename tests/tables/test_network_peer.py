import numpy as np
import pytest

pytest.importorskip("pandas")
keras = pytest.importorskip("keras")
tensorflow = pytest.importorskip("tensorflow")  # Keras looks strings up with it on every backend

from lamina.tables._bins import bins_of  # noqa: E402
from lamina.tables._columns import Column  # noqa: E402
from lamina.tables._network import Head, Shape, build_core, build_model  # noqa: E402
from lamina.tables._target import Target  # noqa: E402


@pytest.mark.peer
def test_keras_opens_the_model_and_gives_the_same(tmp_path):
    if keras.backend.backend() != "tensorflow":
        pytest.skip("strings reach a Keras model on TensorFlow only")
    columns = [
        Column("n", "numeric", has_missing=True, median=2.0, mean=1.0, variance=4.0),
        Column("c", "nominal", levels=["x", "", "y"]),
        Column("size", "ordinal", levels=["low", "mid", "high"], median=2.0, mean=2.0, variance=1.0),
    ]
    shape = Shape((4, 3), members=2, embedding=3, bins=4)
    core = build_core(6, 2, 1, shape, seed=0)
    weights = core.get_weights()
    weights[4:6] = bins_of(np.random.default_rng(0).normal(size=(50, 2)), 4)
    model = build_model([Head(columns, Target("t", "number", mean=10.0, variance=9.0), weights, shape)])
    rows = {
        "n": np.array([[5.0], [np.nan], [1.0]], "float32"),
        "c": np.array([["y"], [""], ["never seen"]]),
        "size": np.array([["high"], [""], ["low"]]),
    }
    model.save(tmp_path / "m.keras")
    loaded = keras.models.load_model(tmp_path / "m.keras")
    outputs = loaded({name: tensorflow.constant(values) for name, values in rows.items()})
    np.testing.assert_allclose(np.asarray(outputs), np.asarray(model(rows)), rtol=1e-5)
