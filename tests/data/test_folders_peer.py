"""The readers beside Keras's own, which read without TensorFlow where Grain is installed."""

import numpy as np
import pytest

from lamina import utils

pytestmark = pytest.mark.peer
RNG = np.random.default_rng(0)


@pytest.fixture
def keras():
    pytest.importorskip("grain")
    return pytest.importorskip("keras")


@pytest.fixture
def folder(tmp_path):
    Image = pytest.importorskip("PIL.Image")
    for kind in ("a", "b"):
        (tmp_path / kind).mkdir()
        for i in range(7):
            pixels = RNG.integers(0, 256, (20 + i, 30 - i, 3), dtype="uint8")
            Image.fromarray(pixels).save(tmp_path / kind / f"{i}.png")
            (tmp_path / kind / f"{i}.txt").write_text(f"{kind} {i} text")
    return tmp_path


def parts(batch):
    if isinstance(batch, tuple) and isinstance(batch[0], str):  # how Keras batches texts without labels
        batch = np.asarray(batch)
    return tuple(np.asarray(p) for p in batch) if isinstance(batch, tuple) else (np.asarray(batch),)


def check(ours, theirs, compares_order):
    assert ours.class_names == theirs.class_names
    if hasattr(theirs, "file_paths"):
        assert ours.file_paths == theirs.file_paths
    if not compares_order:
        return
    for a, b in zip(ours, theirs, strict=True):
        for x, y in zip(parts(a), parts(b), strict=True):
            if x.dtype.kind == "U":
                assert x.tolist() == y.tolist()
            else:
                assert x.dtype == y.dtype
                np.testing.assert_allclose(x, y, atol=2e-3)


@pytest.mark.parametrize(
    "how",
    [
        {}, dict(label_mode="categorical"), dict(label_mode="binary", color_mode="grayscale"),
        dict(interpolation="bicubic", crop_to_aspect_ratio=True), dict(labels=None, interpolation="nearest"),
        dict(labels=list(range(14))), dict(shuffle=True, seed=3),
    ],
)  # fmt: skip
def test_images(how, folder, keras):
    how = dict(image_size=(16, 18), batch_size=4, verbose=False, shuffle=False) | how
    theirs = keras.utils.image_dataset_from_directory(str(folder), format="grain", **how)
    check(utils.image_dataset_from_directory(str(folder), **how), theirs, not how["shuffle"])


def test_images_in_two_parts(folder, keras):
    how = dict(image_size=(8, 8), validation_split=0.3, subset="both", seed=3, verbose=False)
    for ours, theirs in zip(
        utils.image_dataset_from_directory(str(folder), **how),
        keras.utils.image_dataset_from_directory(str(folder), format="grain", **how),
    ):
        check(ours, theirs, False)


@pytest.mark.parametrize("how", [{}, dict(max_length=3), dict(label_mode=None)])
def test_texts(how, folder, keras):
    how = dict(batch_size=4, shuffle=False, verbose=False) | how
    theirs = keras.utils.text_dataset_from_directory(str(folder), format="grain", **how)
    check(utils.text_dataset_from_directory(str(folder), **how), theirs, True)


@pytest.mark.parametrize("targets", [None, np.arange(25)], ids=["windows", "with targets"])
@pytest.mark.parametrize(
    "how",
    [dict(sequence_length=4), dict(sequence_length=3, sampling_rate=2, sequence_stride=3, start_index=2, end_index=20)],
)
def test_series(targets, how, keras):
    x = np.arange(50.0).reshape(25, 2)
    ours = utils.timeseries_dataset_from_array(x, targets, batch_size=5, **how)
    theirs = keras.utils.timeseries_dataset_from_array(x, targets, batch_size=5, format="grain", **how)
    for a, b in zip(ours, theirs, strict=True):
        for p, q in zip(parts(a), parts(b), strict=True):
            np.testing.assert_allclose(p, q)
