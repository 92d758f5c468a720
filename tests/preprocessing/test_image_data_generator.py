"""`ImageDataGenerator` and its iterators."""

import os

import numpy as np
import pytest

import lamina
from lamina import layers
from lamina.preprocessing.image import DirectoryIterator, ImageDataGenerator, Iterator, NumpyArrayIterator

RNG = np.random.default_rng(0)
X = RNG.uniform(0, 255, (10, 8, 8, 3)).astype("float32")
Y = np.arange(10)
EVERYTHING = dict(
    rotation_range=30, width_shift_range=0.2, height_shift_range=2.0, shear_range=10, zoom_range=0.3,
    channel_shift_range=20.0, horizontal_flip=True, vertical_flip=True, brightness_range=(0.7, 1.3), rescale=1 / 255,
    fill_mode="reflect",
)  # fmt: skip


def frame(**columns):
    pandas = pytest.importorskip("pandas")
    return pandas.DataFrame(columns)


@pytest.fixture
def folder(tmp_path):
    Image = pytest.importorskip("PIL.Image")
    for name, count in (("a", 4), ("b", 2)):
        (tmp_path / name).mkdir()
        for i in range(count):
            pixels = np.full((6, 6, 3), 10 * i + 100 * (name == "b"), "uint8")
            Image.fromarray(pixels).save(tmp_path / name / f"{i}.png")
    return tmp_path


# --- arrays -----------------------------------------------------------------------------------------------------------


def test_flow_without_changes():
    it = ImageDataGenerator().flow(X, Y, batch_size=4, shuffle=False)
    assert isinstance(it, NumpyArrayIterator) and isinstance(it, Iterator) and len(it) == 3
    for _ in range(2):  # for ever
        found = [next(it) for _ in range(3)]
        np.testing.assert_array_equal(np.concatenate([x for x, _ in found]), X)
        assert np.concatenate([y for _, y in found]).tolist() == Y.tolist()
    np.testing.assert_array_equal(it[2][0], X[8:])
    with pytest.raises(IndexError, match="there are 3 batches; got index 3"):
        it[3]
    it.next()
    it.reset()
    np.testing.assert_array_equal(it.next()[0], X[:4])


def test_flow_shuffles_every_epoch():
    np.random.seed(0)
    it = ImageDataGenerator().flow(X, Y, batch_size=5)
    epochs = [np.concatenate([next(it)[1] for _ in range(2)]).tolist() for _ in range(3)]
    assert all(sorted(e) == Y.tolist() for e in epochs) and epochs[0] != epochs[1] != epochs[2]


def test_what_comes_along():
    weights = np.arange(10) / 10
    it = ImageDataGenerator().flow((X, [Y * 2]), Y, batch_size=10, shuffle=False, sample_weight=weights)
    (images, doubled), y, w = next(it)
    assert doubled.tolist() == (Y * 2).tolist() and y.tolist() == Y.tolist() and w.tolist() == weights.tolist()
    assert images.shape == X.shape
    assert next(ImageDataGenerator().flow(X, batch_size=3)).shape == (3, 8, 8, 3)


def test_one_seed_changes_images_and_masks_alike():
    masks = (X[..., :1] > 100).astype("float32")
    how = dict(horizontal_flip=True, vertical_flip=True, rotation_range=90, fill_mode="constant")
    pairs = zip(
        ImageDataGenerator(**how).flow((X[..., :1] > 100) * 2.0, batch_size=4, seed=5),
        ImageDataGenerator(**how).flow(masks, batch_size=4, seed=5),
    )
    for _, (a, b) in zip(range(6), pairs):
        np.testing.assert_allclose(a, 2 * b, atol=1e-5)


def test_subsets():
    generator = ImageDataGenerator(validation_split=0.3)
    y = np.tile([0, 1], 5)
    parts = {s: generator.flow(X, y, batch_size=10, shuffle=False, subset=s) for s in ("training", "validation")}
    np.testing.assert_array_equal(next(parts["validation"])[0], X[:3])
    np.testing.assert_array_equal(next(parts["training"])[0], X[3:])
    with pytest.raises(ValueError, match="training and validation hold different classes"):
        generator.flow(X, Y, subset="training")
    assert generator.flow(X, Y, subset="training", ignore_class_split=True).n == 7
    with pytest.raises(ValueError, match="flow: there is no image for validation"):
        ImageDataGenerator().flow(X, None, subset="validation")


def test_fit_trains_on_it():
    lamina.utils.set_random_seed(0)
    model = lamina.Sequential([lamina.Input((8, 8, 3)), layers.Flatten(), layers.Dense(1)])
    model.compile(lamina.optimizers.Adam(0.01), "mse")
    it = ImageDataGenerator(rescale=1 / 255, horizontal_flip=True).flow(X, X.mean((1, 2, 3)) / 255, batch_size=5)
    history = model.fit(it, epochs=60, verbose=0).history["loss"]
    assert history[-1] < history[0] / 5
    assert model.predict(it, verbose=0).shape == (10, 1)


def test_batches_written_to_look_at(tmp_path):
    pytest.importorskip("PIL")
    it = ImageDataGenerator().flow(
        X, batch_size=3, save_to_dir=tmp_path, save_prefix="im", save_format="jpeg", shuffle=False
    )
    next(it)
    names = sorted(os.listdir(tmp_path))
    assert len(names) == 3 and [n.split("_")[:2] for n in names] == [["im", str(i)] for i in range(3)]
    assert all(n.endswith(".jpeg") for n in names)


def test_arrays_that_do_not_fit():
    generator = ImageDataGenerator()
    for how, message in (
        (dict(x=X, y=Y[:5]), "x and y must be of one length; got 10 and 5"),
        (dict(x=X, y=Y, sample_weight=Y[:5]), "x and sample_weight must be of one length"),
        (dict(x=(X, Y[:5])), r"x and x\[1\]\[0\] must be of one length"),
        (dict(x=X[0]), "images must be an array of four axes"),
        (dict(x=X[:0]), "there is no image; x has shape"),
        (dict(x=X, batch_size=0), "batch_size must be a positive integer"),
        (dict(x=X, subset="test"), "subset must be one of 'training', 'validation'; got 'test'"),
    ):
        with pytest.raises(ValueError, match=message):
            generator.flow(**how)
    with pytest.warns(UserWarning, match="have 2 channels"):
        generator.flow(X[..., :2])


# --- standardising ----------------------------------------------------------------------------------------------------


def test_samplewise():
    generator = ImageDataGenerator(samplewise_center=True, samplewise_std_normalization=True)
    x = next(generator.flow(X, batch_size=4))
    np.testing.assert_allclose(x.mean((1, 2, 3)), 0, atol=1e-5)
    np.testing.assert_allclose(x.std((1, 2, 3)), 1, atol=1e-4)


def test_featurewise():
    generator = ImageDataGenerator(featurewise_center=True, featurewise_std_normalization=True, rescale=1 / 255)
    generator.fit(X)
    x = next(generator.flow(X, batch_size=10))
    np.testing.assert_allclose(x.mean((0, 1, 2)), 0, atol=1e-4)
    np.testing.assert_allclose(x.std((0, 1, 2)), 1, atol=1e-3)
    assert generator.mean.shape == (1, 1, 3)


def test_whitening_makes_pixels_uncorrelated():
    generator = ImageDataGenerator(featurewise_center=True, zca_whitening=True)
    x = RNG.normal(size=(300, 3, 3, 1)) @ np.ones((1, 1)) + RNG.normal(size=(300, 1, 1, 1))
    generator.fit(x)
    flat = next(generator.flow(x, batch_size=300)).reshape(300, -1)
    np.testing.assert_allclose(flat.T @ flat / 300, np.eye(9), atol=1e-3)


def test_what_was_not_fitted_is_said():
    generator = ImageDataGenerator(featurewise_center=True)
    with pytest.warns(UserWarning, match="featurewise_center needs the data: call fit"):
        next(generator.flow(X))


def test_one_option_takes_another():
    for option, other in (
        ("zca_whitening", "featurewise_center"), ("featurewise_std_normalization", "featurewise_center"),
        ("samplewise_std_normalization", "samplewise_center"),
    ):  # fmt: skip
        with pytest.warns(UserWarning, match=f"{option} switches {other} on"):
            assert getattr(ImageDataGenerator(**{option: True}), other)
    with pytest.warns(UserWarning, match="zca_whitening switches featurewise_std_normalization off"):
        ImageDataGenerator(featurewise_center=True, zca_whitening=True, featurewise_std_normalization=True)


def test_a_function_of_ones_own():
    generator = ImageDataGenerator(preprocessing_function=lambda x: x * 0 + 7)
    assert np.all(next(generator.flow(X)) == 7)


@pytest.mark.parametrize(
    "how, message",
    [
        (dict(validation_split=1.5), "validation_split must lie between 0 and 1; got 1.5"),
        (dict(zoom_range=(1, 2, 3)), "zoom_range must be a number or two"),
        (dict(brightness_range=0.5), "brightness_range must be two numbers; got 0.5"),
        (dict(fill_mode="zero"), "fill_mode must be one of"),
        (dict(data_format="last"), "data_format"),
    ],
)
def test_bad_options(how, message):
    with pytest.raises(ValueError, match=message):
        ImageDataGenerator(**how)
    with pytest.raises(ValueError, match=r"ImageDataGenerator.fit: images must be an array of four axes"):
        ImageDataGenerator().fit(X[0])


# --- changing ---------------------------------------------------------------------------------------------------------


def test_transforms_by_hand():
    generator = ImageDataGenerator()
    np.testing.assert_array_equal(generator.apply_transform(X[0], {"flip_horizontal": True}), X[0][:, ::-1])
    np.testing.assert_array_equal(generator.apply_transform(X[0], {"flip_vertical": True}), X[0][::-1])
    first = ImageDataGenerator(data_format="channels_first")
    np.testing.assert_array_equal(first.apply_transform(X[0], {"flip_vertical": True}), X[0][:, ::-1])
    a, b = (ImageDataGenerator(rotation_range=40).random_transform(X[0], seed=2) for _ in range(2))
    np.testing.assert_array_equal(a, b)
    with pytest.raises(ValueError, match=r"random_transform: x must be one image of three axes; got shape \(8, 8\)"):
        ImageDataGenerator(horizontal_flip=True).random_transform(X[0, :, :, 0])


def test_draws_lie_in_their_ranges():
    pixels = ImageDataGenerator(width_shift_range=[-3, 1], height_shift_range=3)
    found = [pixels.get_random_transform((8, 8, 3)) for _ in range(100)]
    assert {abs(f["ty"]) for f in found} == {1, 3} and {abs(f["tx"]) for f in found} == {0, 1, 2}
    part = ImageDataGenerator(width_shift_range=0.5, zoom_range=[0.5, 2], brightness_range=[0.2, 0.4])
    found = [part.get_random_transform((8, 6, 3)) for _ in range(100)]
    assert 2 < max(abs(f["ty"]) for f in found) <= 3 and all(0.5 <= f["zx"] <= 2 for f in found)
    assert all(0.2 <= f["brightness"] <= 0.4 and not f["flip_horizontal"] for f in found)


# --- files ------------------------------------------------------------------------------------------------------------


def test_flow_from_directory(folder, capsys):
    generator = ImageDataGenerator(validation_split=0.5)
    it = generator.flow_from_directory(folder, target_size=(4, 5), batch_size=6, shuffle=False)
    assert isinstance(it, DirectoryIterator) and capsys.readouterr().out == "Found 6 images belonging to 2 classes.\n"
    x, y = next(it)
    assert x.shape == (6, 4, 5, 3) and it.image_shape == (4, 5, 3) and it.class_indices == {"a": 0, "b": 1}
    assert x[:, 0, 0, 0].tolist() == [0, 10, 20, 30, 100, 110] and y.argmax(1).tolist() == [0, 0, 0, 0, 1, 1]
    assert it.classes.tolist() == [0, 0, 0, 0, 1, 1] == it.labels.tolist() and it.samples == it.n == 6
    assert it.filenames == [os.path.join(*p) for p in (("a", f"{i}.png") for i in range(4))] + [
        os.path.join("b", f"{i}.png") for i in range(2)
    ]
    for subset, want in (("validation", [0, 10, 100]), ("training", [20, 30, 110])):
        part = generator.flow_from_directory(folder, target_size=(4, 4), shuffle=False, subset=subset)
        assert next(part)[0][:, 0, 0, 0].tolist() == want


def test_kinds_of_targets(folder):
    def targets(**how):
        return next(ImageDataGenerator().flow_from_directory(folder, (4, 4), shuffle=False, **how))

    assert targets(class_mode="binary")[1].tolist() == [0.0] * 4 + [1.0] * 2
    assert targets(class_mode="sparse", classes=["b", "a"])[1].tolist() == [0.0] * 2 + [1.0] * 4
    x, y = targets(class_mode="input", color_mode="grayscale")
    assert x.shape == (6, 4, 4, 1)
    np.testing.assert_array_equal(x, y)
    assert targets(class_mode=None, color_mode="rgba").shape == (6, 4, 4, 4)


def test_folders_that_do_not_fit(folder):
    generator = ImageDataGenerator()
    with pytest.raises(NotADirectoryError, match="there is no directory '.*none'"):
        generator.flow_from_directory(folder / "none")
    with pytest.raises(ValueError, match=r"found no image in the folders \[\] of '.*a'"):
        generator.flow_from_directory(folder / "a")
    with pytest.raises(ValueError, match="class_mode must be one of"):
        generator.flow_from_directory(folder, class_mode="raw")
    with pytest.raises(ValueError, match="color_mode must be one of"):
        generator.flow_from_directory(folder, color_mode="bgr")
    (folder / "b" / "1.png").write_bytes(b"broken")
    with pytest.raises(OSError, match=r"b.1\.png cannot be read as an image"):
        next(generator.flow_from_directory(folder, (4, 4), shuffle=False))


def test_flow_from_dataframe(folder):
    names = ["a/0.png", "b/0.png", "a/1.png", "nothing.png"]
    listed = frame(filename=names, **{"class": ["x", "y", "x", "y"]}, w=[1.0, 2.0, 3.0, 4.0])
    with pytest.warns(UserWarning, match=r"1 paths in column 'filename' are no images, 'nothing\.png' for one"):
        it = ImageDataGenerator().flow_from_dataframe(
            listed, folder, weight_col="w", target_size=(4, 4), class_mode="binary", shuffle=False
        )
    x, y, w = next(it)
    assert x[:, 0, 0, 0].tolist() == [0, 100, 10] and y.tolist() == [0, 1, 0] and w.tolist() == [1, 2, 3]
    assert it.class_indices == {"x": 0, "y": 1} and it.filenames == names[:3]
    some = ImageDataGenerator().flow_from_dataframe(
        listed[:3], folder, classes=["x"], target_size=(4, 4), shuffle=False
    )
    assert next(some)[1].tolist() == [[1.0], [1.0]]


def test_targets_of_a_frame(folder):
    def targets(class_mode, y_col, cells, **how):
        listed = frame(filename=["a/0.png", "b/0.png"], **cells)
        generator = ImageDataGenerator(validation_split=0.5)
        return next(
            generator.flow_from_dataframe(
                listed, str(folder), y_col=y_col, class_mode=class_mode, shuffle=False, target_size=(4, 4), **how
            )
        )[1]

    assert targets("raw", "v", dict(v=[0.5, 2.0])).tolist() == [0.5, 2.0]
    assert targets("raw", ["v", "u"], dict(v=[0.5, 2.0], u=[1, 2])).tolist() == [[0.5, 1.0], [2.0, 2.0]]
    assert [t.tolist() for t in targets("multi_output", ["v", "u"], dict(v=[1, 2], u=[3, 4]))] == [[1, 2], [3, 4]]
    assert targets("categorical", "v", dict(v=[["p", "q"], ["q"]])).tolist() == [[1.0, 1.0], [0.0, 1.0]]
    assert targets("sparse", "v", dict(v=["p", "q"]), subset="validation").tolist() == [0.0]


def test_frames_that_do_not_fit(folder):
    def flow(cells, **how):
        return ImageDataGenerator().flow_from_dataframe(frame(filename=["a/0.png", "b/0.png"], **cells), folder, **how)

    with pytest.raises(TypeError, match="class_mode='binary' needs classes as str in column y_col='v'; got 1"):
        flow(dict(v=[1, 2]), y_col="v", class_mode="binary")
    with pytest.raises(ValueError, match='class_mode="binary" needs two classes; got 1'):
        flow(dict(v=["p", "p"]), y_col="v", class_mode="binary")
    with pytest.raises(TypeError, match="column weight_col='v' must hold numbers"):
        flow(dict(v=["p", "q"]), y_col="v", weight_col="v")
    with pytest.raises(TypeError, match=r"all values of column x_col='n' must be paths"):
        flow(dict(n=[1, 2]), x_col="n", class_mode=None)
    with pytest.raises(ValueError, match="no image is left of the 2 in column 'v'"), pytest.warns(UserWarning):
        flow(dict(v=["p", "q"]), x_col="v", class_mode=None)
    with pytest.raises(TypeError, match=r"unexpected arguments \['colour'\]"):
        flow({}, colour=1)
    with pytest.warns(UserWarning, match="classes= is without effect for class_mode=None"):
        flow({}, class_mode=None, classes=["p"])


# --- Keras ------------------------------------------------------------------------------------------------------------


@pytest.mark.peer
@pytest.mark.parametrize("data_format", ["channels_last", "channels_first"])
def test_like_keras_with_the_same_seed(data_format):
    from keras.src.legacy.preprocessing import image as theirs

    x = X if data_format == "channels_last" else X.transpose(0, 3, 1, 2)
    how = {**EVERYTHING, "data_format": data_format}
    if data_format == "channels_first":
        how.pop("brightness_range")  # Keras's takes channels last only
    ours, keras = ImageDataGenerator(**how), theirs.ImageDataGenerator(**how)
    for a, b, _ in zip(ours.flow(x, Y, 4, seed=7), keras.flow(x, Y, 4, seed=7), range(7)):
        np.testing.assert_array_equal(a[1], b[1])
        np.testing.assert_allclose(a[0], b[0], atol=0.02)  # brightness rounds to whole numbers of 255
    for generator in (ours, keras):
        generator.featurewise_center = True
        generator.fit(x, augment=True, rounds=2, seed=3)
    np.testing.assert_allclose(ours.mean, keras.mean, atol=1e-4)


@pytest.mark.peer
@pytest.mark.parametrize(
    "how", [dict(featurewise_center=True, zca_whitening=True), dict(samplewise_std_normalization=True)]
)
def test_standardised_like_keras(how):
    from keras.src.legacy.preprocessing import image as theirs

    small = X[:, :3, :3]
    found = []
    for module in (ImageDataGenerator, theirs.ImageDataGenerator):
        generator = module(**how)
        generator.fit(small)
        found.append(next(generator.flow(small, batch_size=10, seed=1)))
    np.testing.assert_allclose(found[0], found[1], atol=2e-2 if "zca_whitening" in how else 1e-5)


@pytest.mark.peer
def test_files_like_keras(folder):
    from keras.src.legacy.preprocessing import image as theirs

    for how in (
        dict(class_mode="sparse"), dict(subset="training"), dict(color_mode="grayscale", keep_aspect_ratio=True),
    ):  # fmt: skip
        its = [
            m.ImageDataGenerator(rotation_range=20, validation_split=0.3).flow_from_directory(
                str(folder), target_size=(5, 4), batch_size=2, seed=4, **how
            )
            for m in (lamina.preprocessing.image, theirs)
        ]
        for _ in range(4):
            for a, b in zip(*(next(it) for it in its)):
                np.testing.assert_allclose(a, b, atol=1e-3)
    listed = frame(filename=["a/0.png", "b/0.png", "a/1.png"], **{"class": ["x", "y", "x"]})
    its = [
        m.ImageDataGenerator().flow_from_dataframe(listed, str(folder), target_size=(4, 4), seed=1)
        for m in (lamina.preprocessing.image, theirs)
    ]
    for a, b in zip(*(next(it) for it in its)):
        np.testing.assert_allclose(a, b)
