"""Data from anywhere: the same numbers give the same fit, evaluate and predict."""

import numpy as np
import pytest

import lamina
from lamina import layers
from lamina.training._data import _rows

RNG = np.random.default_rng(0)
X = RNG.normal(size=(70, 3)).astype("float32")
Y = (X @ np.array([[1.0], [-2.0], [0.5]], "float32") + 0.1).astype("float32")


def made():
    lamina.utils.set_random_seed(1)
    model = lamina.Sequential([lamina.Input((3,)), layers.Dense(4, activation="tanh"), layers.Dense(1)])
    model.compile(lamina.optimizers.SGD(0.1), "mse")
    return model


def results(x, y=None, **options):
    model = made()
    options = dict(shuffle=False, verbose=0, epochs=2) | options
    losses = model.fit(x, y, **options).history["loss"]
    options.pop("epochs"), options.pop("shuffle")
    return losses, model.evaluate(x, y, **options), model.predict(x, **options)


@pytest.fixture(scope="module")
def wanted():
    return results(X, Y, batch_size=16)


def check(found, wanted):
    np.testing.assert_allclose(found[0], wanted[0], rtol=1e-5)
    np.testing.assert_allclose(found[1], wanted[1], rtol=1e-5)
    np.testing.assert_allclose(found[2], wanted[2], rtol=1e-4, atol=1e-6)


def test_pandas(wanted):
    pandas = pytest.importorskip("pandas")
    frame = pandas.DataFrame(X, columns=list("abc")).assign(y=Y[:, 0])
    check(results(frame[list("abc")], frame["y"], batch_size=16), wanted)


def test_polars(wanted):
    polars = pytest.importorskip("polars")
    frame = polars.DataFrame({c: X[:, i] for i, c in enumerate("abc")})
    check(results(frame, polars.Series("y", Y[:, 0]), batch_size=16), wanted)


def test_pyarrow(wanted):
    pyarrow = pytest.importorskip("pyarrow")
    table = pyarrow.table({**{c: X[:, i] for i, c in enumerate("abc")}, "y": Y[:, 0]})
    check(results(table.select(list("abc")), table["y"], batch_size=16), wanted)
    check(results(table.select(list("abc")), pyarrow.array(Y[:, 0]), batch_size=16), wanted)


def test_torch_tensors_and_data_loader(wanted):
    torch = pytest.importorskip("torch")
    x, y = torch.from_numpy(X), torch.from_numpy(Y)
    check(results(x, y, batch_size=16), wanted)
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(x, y), batch_size=16)
    check(results(loader), wanted)


def test_torch_tensors_of_dtypes_that_numpy_lacks():
    torch = pytest.importorskip("torch")
    model = lamina.Sequential([lamina.Input((3,)), layers.Dense(1)])
    rows = torch.tensor(np.round(X * 4) / 4).to(torch.bfloat16)
    expected = model.predict(rows.float().numpy(), verbose=0)
    np.testing.assert_allclose(model.predict(rows, verbose=0), expected, rtol=2e-2, atol=2e-2)
    loader = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(rows), batch_size=16)
    np.testing.assert_allclose(model.predict(loader, verbose=0), expected, rtol=2e-2, atol=2e-2)


def test_a_list_of_torch_tensors_is_several_inputs():
    torch = pytest.importorskip("torch")
    a, b = lamina.Input((3,)), lamina.Input((1,))
    model = lamina.Model([a, b], layers.Dense(1)(layers.Concatenate()([a, b])))
    tensors = [torch.from_numpy(X), torch.from_numpy(Y)]
    np.testing.assert_allclose(model.predict(tensors, verbose=0), model.predict([X, Y], verbose=0), rtol=1e-6)


@pytest.mark.peer
def test_tf_data(wanted):
    tensorflow = pytest.importorskip("tensorflow")
    check(results(tensorflow.data.Dataset.from_tensor_slices((X, Y)).batch(16)), wanted)
    check(results(tensorflow.constant(X), tensorflow.constant(Y), batch_size=16), wanted)


def test_hugging_face_datasets(wanted):
    datasets = pytest.importorskip("datasets")
    if datasets.__file__ is None:
        pytest.skip("the package is not installed: this is the folder tests/datasets")
    table = datasets.Dataset.from_dict({"x": X.tolist(), "y": Y[:, 0].tolist()})
    check(results(table["x"], table["y"], batch_size=16), wanted)
    check(results(table.with_format("numpy")["x"], table.with_format("numpy")["y"], batch_size=16), wanted)
    branch = lamina.Input((3,), name="x")
    model = lamina.Model({"x": branch}, layers.Dense(1)(branch))
    assert model.predict(table.select_columns(["x"]), verbose=0).shape == (70, 1)


@pytest.mark.parametrize("mode", ["r", "r+"])
def test_memmap(wanted, tmp_path, mode):
    np.save(tmp_path / "x.npy", X)
    check(results(np.load(tmp_path / "x.npy", mmap_mode=mode), Y, batch_size=16), wanted)


def test_h5py(wanted, tmp_path, monkeypatch):
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "data.h5", "w") as file:
        file["x"], file["y"] = X.astype("float64"), Y
        check(results(file["x"], file["y"], batch_size=16), wanted)
        monkeypatch.setattr(_rows, "WHOLE", 0)  # as if it were too large to read at once
        monkeypatch.setattr(_rows.FileRows, "__array__", None)
        check(results(file["x"], file["y"], batch_size=16), wanted)
        shuffled = made().fit(file["x"], file["y"], batch_size=16, epochs=3, validation_split=0.2, verbose=0)
        in_memory = made().fit(X, Y, batch_size=16, epochs=3, validation_split=0.2, verbose=0)
    for key, values in in_memory.history.items():
        np.testing.assert_allclose(shuffled.history[key], values, rtol=1e-5)


def test_rows_of_a_file_come_in_the_order_asked_for(tmp_path):
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "data.h5", "w") as file:
        file["x"] = X
        rows = _rows.FileRows(file["x"])
        for places in ([5, 3, 3, 60], [7, 8, 9], [2], []):
            np.testing.assert_array_equal(rows[np.array(places, int)], X[np.array(places, int)])
        np.testing.assert_array_equal(rows[10:20][np.array([0, 9, 4])], X[[10, 19, 14]])
        assert len(rows[65:100]) == 5 and rows[10:20].shape == (10, 3)
        with pytest.raises(IndexError, match="steps of 1"):
            rows[::2]
