"""Images in folders by class."""

import importlib.util
import time

import numpy as np
import pytest

import lamina
from lamina import layers, ops
from lamina.utils import image_dataset_from_directory

Image = pytest.importorskip("PIL.Image")
RNG = np.random.default_rng(0)
HOW = dict(image_size=(6, 8), shuffle=False, verbose=False)


@pytest.fixture
def folder(tmp_path):
    """Three cats and two dogs, all of other colours, modes and sizes; and what is no image."""
    for name, count in (("cats", 3), ("dogs", 2)):
        (tmp_path / name / "deep").mkdir(parents=True)
        for i in range(count):
            image = Image.fromarray(np.full((6, 8, 3), 100 * (name == "dogs") + i, "uint8"))
            image = image.convert(("RGB", "L", "RGBA")[i])
            image.save(tmp_path / name / ("deep" if i == 1 else "") / f"{i}.png")
        (tmp_path / name / "notes.txt").write_text("no image")
    (tmp_path / ".hidden").mkdir()
    return tmp_path


def pairs(dataset):
    return [(float(x.mean()), np.asarray(y).tolist()) for x, y in dataset.unbatch()]


def test_what_it_gives(folder, capsys):
    data = image_dataset_from_directory(folder, **{**HOW, "verbose": True}, batch_size=2)
    assert capsys.readouterr().out == "Found 5 files belonging to 2 classes.\n"
    assert data.class_names == ["cats", "dogs"] and len(data) == 3 and len(data.file_paths) == 5
    assert [p.rsplit("/", 1)[1] for p in data.file_paths] == ["0.png", "2.png", "1.png", "0.png", "1.png"]
    assert pairs(data) == [(0, 0), (2, 0), (1, 0), (100, 1), (101, 1)]
    x, y = next(iter(data))
    assert x.shape == (2, 6, 8, 3) and x.dtype == "float32" and y.dtype == "int32"
    spec = data.element_spec
    assert (spec[0].shape, spec[0].dtype, spec[1].shape) == ((None, 6, 8, 3), "float32", (None,))


def test_kinds_of_labels(folder):
    def labels(**how):
        data = image_dataset_from_directory(folder, **HOW, **how)
        return next(iter(data))[1]

    assert labels(label_mode="binary").tolist() == [[0.0]] * 3 + [[1.0]] * 2
    assert labels(label_mode="categorical").tolist() == [[1.0, 0.0]] * 3 + [[0.0, 1.0]] * 2
    assert labels(labels=[4, 0, 4, 1, 0]).tolist() == [4, 0, 4, 1, 0]
    assert labels(class_names=["dogs", "cats"]).tolist() == [0, 0, 1, 1, 1]
    for how in ({"labels": None}, {"label_mode": None}):
        data = image_dataset_from_directory(folder, **HOW, **how)
        assert next(iter(data)).shape == (5, 6, 8, 3) and data.class_names is None


def test_kinds_of_images(folder):
    def first(**how):
        return next(iter(image_dataset_from_directory(folder, labels=None, shuffle=False, verbose=False, **how)))

    assert first(color_mode="grayscale", image_size=4).shape == (5, 4, 4, 1)
    assert first(color_mode="rgba", image_size=(4, 4), data_format="channels_first").shape == (5, 4, 4, 4)
    assert first(batch_size=None, image_size=(4, 4)).shape == (4, 4, 3)


@pytest.mark.parametrize("interpolation", ["bilinear", "nearest", "bicubic", "lanczos3"])
def test_resized_as_by_ops(tmp_path, interpolation):
    pixels = RNG.integers(0, 256, (9, 13, 3), dtype="uint8")
    (tmp_path / "a").mkdir()
    Image.fromarray(pixels).save(tmp_path / "a" / "0.png")

    def read(**how):
        data = image_dataset_from_directory(
            tmp_path, None, image_size=(5, 4), interpolation=interpolation, verbose=False, **how
        )
        return next(iter(data))[0]

    x = pixels.astype("float32")
    for how in ({}, {"crop_to_aspect_ratio": True}):
        want = ops.image.resize(x, (5, 4), interpolation=interpolation, data_format="channels_last", **how)
        np.testing.assert_allclose(read(**how), ops.convert_to_numpy(want), atol=1e-2)
    padded = read(pad_to_aspect_ratio=True)
    inner = ops.image.resize(x, (2, 4), interpolation=interpolation, data_format="channels_last")
    np.testing.assert_allclose(padded[1:3], ops.convert_to_numpy(inner), atol=1e-2)
    assert not np.any(padded[0]) and not np.any(padded[3:])


def test_shuffled_by_the_seed(folder):
    def made(seed=3):
        return image_dataset_from_directory(folder, image_size=(6, 8), seed=seed, verbose=False)

    data = made()
    first, second = pairs(data), pairs(data)
    assert sorted(first) == sorted(second) == [(0, 0), (1, 0), (2, 0), (100, 1), (101, 1)]
    assert [pairs(made()) for _ in range(2)] == [first, first]
    want = image_dataset_from_directory(folder, **HOW).file_paths
    np.random.RandomState(3).shuffle(want)
    assert data.file_paths == want


def test_split_in_two(folder):
    how = dict(image_size=(6, 8), validation_split=0.4, seed=1)
    train = image_dataset_from_directory(folder, subset="training", **how)
    valid = image_dataset_from_directory(folder, subset="validation", **how)
    assert len(train.file_paths) == 3 and len(valid.file_paths) == 2
    assert set(train.file_paths).isdisjoint(valid.file_paths)
    both = image_dataset_from_directory(folder, subset="both", **how)
    assert [d.file_paths for d in both] == [train.file_paths, valid.file_paths]
    assert pairs(both[1]) == pairs(both[1])


def test_a_model_learns_from_it(folder):
    data = image_dataset_from_directory(folder, image_size=(6, 8), seed=0, verbose=False, label_mode="binary")
    model = lamina.Sequential(
        [lamina.Input((6, 8, 3)), layers.Rescaling(1 / 255), layers.Flatten(), layers.Dense(1, activation="sigmoid")]
    )
    model.compile(lamina.optimizers.Adam(0.05), "binary_crossentropy", metrics=["accuracy"])
    model.fit(data, epochs=30, verbose=0)
    assert model.evaluate(data, verbose=0, return_dict=True)["accuracy"] == 1.0


# --- bad input --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("content", [b"no image at all", None], ids=["nonsense", "cut off"])
def test_a_broken_image_in_an_epoch_is_named(folder, content):
    path = folder / "dogs" / "0.png"
    path.write_bytes(path.read_bytes()[:50] if content is None else content)
    data = image_dataset_from_directory(folder, **HOW, batch_size=1)
    seen = []
    with pytest.raises(OSError, match=r"dogs.0\.png cannot be read as an image"):
        for x, _ in data:
            seen.append(float(x.mean()))
    assert seen == [0, 2, 1]


def test_a_broken_image_ends_training_with_its_name(folder):
    (folder / "cats" / "2.png").write_bytes(b"no image")
    data = image_dataset_from_directory(folder, image_size=(6, 8), batch_size=1, verbose=False, labels=None)
    model = lamina.Sequential([lamina.Input((6, 8, 3)), layers.Flatten(), layers.Dense(1)])
    model.compile("sgd", "mse")
    with pytest.raises(OSError, match=r"cats.2\.png cannot be read as an image"):
        model.fit(data.map(lambda x: (x, np.zeros((len(x), 1)))), epochs=1, verbose=0)


def test_an_empty_file_is_found_before(folder):
    (folder / "dogs" / "9.jpg").write_bytes(b"")
    with pytest.raises(ValueError, match=r"9\.jpg is empty"):
        image_dataset_from_directory(folder, **HOW)


@pytest.mark.parametrize(
    "how, message",
    [
        (dict(labels="guessed"), 'labels must be "inferred"'),
        (dict(labels=[0, 1]), "labels must be one for each file; got 2, for 5 files"),
        (dict(labels=[0.5] * 5), "labels must be integers"),
        (dict(labels=[3, 5, 5, 5, 5], label_mode="categorical"), "labels must be 0 ... 1; got 3, 5"),
        (dict(labels=[0] * 5, class_names=["a"]), "class_names can be given with"),
        (dict(labels=None, class_names=["a"]), "class_names name classes; with labels=None there are none"),
        (dict(class_names=["cats", "birds"]), r"class_names must be names of folders .*\['cats', 'dogs'\].*\['birds'\]"),
        (dict(labels=[0, 1, 2, 2, 2], label_mode="binary"), "needs two classes; got"),
        (dict(label_mode="one"), "label_mode must be one of"),
        (dict(color_mode="bgr"), "color_mode must be one of"),
        (dict(interpolation="cubic"), "interpolation must be one of"),
        (dict(image_size=(1, 2, 3)), "image_size must be"),
        (dict(image_size=0), "image_size must be a positive integer"),
        (dict(batch_size=0), "batch_size must be a positive integer"),
        (dict(format="torch"), "format must be one of 'tf', 'grain'"),
        (dict(crop_to_aspect_ratio=True, pad_to_aspect_ratio=True), "only one of"),
        (dict(validation_split=2.0, subset="both"), "validation_split must lie between 0 and 1; got 2.0"),
        (dict(validation_split=0.2), "validation_split and subset go together"),
        (dict(subset="both"), "validation_split and subset go together"),
        (dict(subset="test", validation_split=0.2), "subset must be one of"),
        (dict(validation_split=0.2, subset="both", shuffle=True), "needs a seed"),
        (dict(validation_split=0.1, subset="validation", seed=1), "found no validation images in"),
    ],
)  # fmt: skip
def test_bad_arguments(folder, how, message):
    with pytest.raises(ValueError, match=f"image_dataset_from_directory: .*{message}"):
        image_dataset_from_directory(folder, **{**HOW, **how})


def test_folders_without_images_or_classes(folder, tmp_path):
    (tmp_path / "cats" / "none").mkdir()
    with pytest.raises(ValueError, match=r"found no images in '.*none'\. They must end in \.bmp, \.gif"):
        image_dataset_from_directory(tmp_path / "cats" / "none", None, verbose=False)
    with pytest.raises(NotADirectoryError, match="there is no directory '.*nowhere'"):
        image_dataset_from_directory(tmp_path / "nowhere")
    with pytest.warns(UserWarning, match=r"there is only one class, \['deep'\]"):
        image_dataset_from_directory(tmp_path / "cats", class_names=["deep"], verbose=False)


@pytest.mark.skipif(importlib.util.find_spec("grain") is not None, reason="grain is installed")
def test_grain_is_named_where_it_is_missing(folder):
    with pytest.raises(ImportError, match=r"needs grain: pip install 'lamina\[grain\]'"):
        image_dataset_from_directory(folder, **HOW, format="grain")


def test_in_the_format_of_grain(folder):
    grain = pytest.importorskip("grain")
    data = image_dataset_from_directory(folder, **HOW, batch_size=2, format="grain")
    assert isinstance(data, grain.IterDataset) and data.class_names == ["cats", "dogs"]
    found = list(data)
    assert [np.asarray(y).tolist() for _, y in found] == [[0, 0], [0, 1], [1]] and found[0][0].shape == (2, 6, 8, 3)


def test_threads_decode_ahead_of_the_step(folder):
    """While a step is at work, the images of the next batches are read."""
    for i in range(40):
        Image.fromarray(RNG.integers(0, 256, (40, 40, 3), dtype="uint8")).save(folder / "dogs" / f"x{i}.png")
    data = iter(image_dataset_from_directory(folder, None, image_size=(40, 40), batch_size=4, verbose=False))
    next(data)
    time.sleep(0.5)
    start = time.perf_counter()
    next(data), next(data)
    assert time.perf_counter() - start < 0.1
