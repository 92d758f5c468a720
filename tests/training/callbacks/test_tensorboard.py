"""TensorBoard: what it wrote, read back from the files of events."""

import importlib.util
import pathlib
import struct
import warnings

import numpy as np
import pytest

from lamina import callbacks, layers
from lamina._deprecation import forget_warnings
from lamina.models import Sequential
from lamina.training.callbacks._tensorboard import as_images

X = np.random.default_rng(0).normal(size=(12, 3)).astype("float32")
Y = X.sum(1, keepdims=True)

needs_it = pytest.mark.skipif(importlib.util.find_spec("tensorboardX") is None, reason="needs the extra tensorboard")


def read(folder):
    """(tag, step) -> value of all events in a folder: a length, its checksum, an event, its checksum, and so on."""
    from tensorboardX.proto import event_pb2

    found = {}
    for path in sorted(pathlib.Path(folder).glob("events*")):
        content = path.read_bytes()
        while content:
            (length,) = struct.unpack("<Q", content[:8])
            event = event_pb2.Event()
            event.ParseFromString(content[12 : 12 + length])
            content = content[16 + length :]
            for value in event.summary.value:
                found[value.tag, event.step] = value
    return found


def make(learning_rate=0.1):
    model = Sequential([layers.Input((3,)), layers.Dense(4, name="hidden"), layers.Dense(1, name="out")])
    model.compile("sgd", "mse", metrics=["mae"])
    model.optimizer.learning_rate = learning_rate
    return model


@needs_it
def test_scalars_of_epochs(tmp_path):
    board = callbacks.TensorBoard(tmp_path / "logs", write_steps_per_second=True)
    history = make().fit(X, Y, epochs=3, validation_data=(X, Y), verbose=0, callbacks=[board]).history
    train, validation = read(tmp_path / "logs" / "train"), read(tmp_path / "logs" / "validation")
    for epoch in range(3):
        assert train["epoch_loss", epoch].simple_value == pytest.approx(history["loss"][epoch])
        assert train["epoch_mae", epoch].simple_value == pytest.approx(history["mae"][epoch])
        assert train["epoch_learning_rate", epoch].simple_value == pytest.approx(0.1)
        assert train["epoch_steps_per_second", epoch].simple_value > 0
        assert validation["epoch_loss", epoch].simple_value == pytest.approx(history["val_loss"][epoch])
    assert validation["evaluation_loss_vs_iterations", 3].simple_value == pytest.approx(history["val_loss"][2])


@needs_it
@pytest.mark.parametrize("update_freq, steps", [("batch", range(1, 7)), (2, (2, 4, 6)), ("epoch", ())])
def test_scalars_of_batches(tmp_path, update_freq, steps):
    board = callbacks.TensorBoard(str(tmp_path), update_freq=update_freq)
    make().fit(X, Y, epochs=2, batch_size=4, verbose=0, callbacks=[board])
    assert [step for tag, step in read(tmp_path / "train") if tag == "batch_loss"] == list(steps)


@needs_it
def test_graph_as_text(tmp_path):
    model = make()
    model.fit(X, Y, verbose=0, callbacks=[callbacks.TensorBoard(tmp_path)])
    written = read(tmp_path / "train")
    assert model.to_json() in written["keras/text_summary", 0].tensor.string_val[0].decode()
    assert "hidden" in written["summary/text_summary", 0].tensor.string_val[0].decode()
    make().fit(X, Y, verbose=0, callbacks=[callbacks.TensorBoard(tmp_path / "without", write_graph=False)])
    assert ("keras/text_summary", 0) not in read(tmp_path / "without" / "train")


@needs_it
def test_histograms_and_images_of_weights(tmp_path):
    model = make()
    board = callbacks.TensorBoard(tmp_path, histogram_freq=2, write_images=True)
    model.fit(X, Y, epochs=3, verbose=0, callbacks=[board])
    written = read(tmp_path / "train")
    assert sorted(step for tag, step in written if tag.endswith("hidden/kernel/histogram")) == [0, 2]
    out, hidden = model.get_layer("out").kernel, model.get_layer("hidden").kernel
    histogram, kernel = written[f"{out.path}/histogram", 2].histo, out.numpy()
    assert histogram.num == 4 and histogram.sum == pytest.approx(kernel.sum(), abs=1e-5)
    assert histogram.min == pytest.approx(kernel.min()) and histogram.max == pytest.approx(kernel.max())
    image = written[f"{hidden.path}/image", 0].image
    assert (image.height, image.width) == (3, 4) and image.encoded_image_string.startswith(b"\x89PNG")


@needs_it
def test_embeddings(tmp_path):
    (tmp_path / "words.txt").write_text("a\nb\nc\nd\ne\n")
    model = Sequential([layers.Input((2,)), layers.Embedding(5, 3, name="words"), layers.Flatten(), layers.Dense(1)])
    model.compile("sgd", "mse")
    board = callbacks.TensorBoard(
        tmp_path, embeddings_freq=1, embeddings_metadata={"words": str(tmp_path / "words.txt")}
    )
    model.fit(np.ones((4, 2)), np.ones((4, 1)), verbose=0, callbacks=[board])
    (vectors,) = (tmp_path / "train").rglob("tensors.tsv")
    assert np.loadtxt(vectors, ndmin=2).shape == (5, 3)
    assert vectors.with_name("metadata.tsv").read_text().split() == ["a", "b", "c", "d", "e"]


@needs_it
def test_evaluation_alone_is_written(tmp_path):
    model = make()
    loss = model.evaluate(X, Y, verbose=0, callbacks=[callbacks.TensorBoard(tmp_path)])[0]
    written = read(tmp_path / "validation")
    assert written["evaluation_loss_vs_iterations", 0].simple_value == pytest.approx(loss)


@needs_it
def test_wrong_arguments(tmp_path):
    with pytest.raises(ValueError, match="update_freq must be 'epoch', 'batch' or a positive int; got 0"):
        callbacks.TensorBoard(tmp_path, update_freq=0)
    with pytest.raises(ValueError, match="histogram_freq must be an integer, zero or above; got -1"):
        callbacks.TensorBoard(tmp_path, histogram_freq=-1)
    forget_warnings()
    with pytest.warns(DeprecationWarning, match="profile_batch has no effect"):
        callbacks.TensorBoard(tmp_path, profile_batch=2)


def test_without_tensorboardx_the_extra_is_named(monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *args: None if name == "tensorboardX" else find(name))
    with pytest.raises(ImportError, match=r"needs tensorboardX: pip install 'lamina\[tensorboard\]'"):
        callbacks.TensorBoard("logs")


def test_weights_as_images():
    assert as_images(np.arange(6.0)).shape == (1, 6, 1, 1)
    wide = as_images(np.arange(6.0).reshape(3, 2))
    np.testing.assert_allclose(wide[0, ..., 0], np.array([[0, 2, 4], [1, 3, 5]]) / 5)
    kernels = np.random.default_rng(0).normal(size=(3, 5, 2, 4))
    images = as_images(kernels)
    assert images.shape == (8, 3, 5, 1) and images.min() == 0 and images.max() == 1
    np.testing.assert_allclose(np.ptp(kernels) * images[6, ..., 0] + kernels.min(), kernels[:, :, 1, 2])
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert as_images(np.full((2, 2), 3.0)).max() == 0
    assert as_images(np.zeros((2, 2, 2, 2, 2))) is None and as_images(np.array(3.0)) is None
