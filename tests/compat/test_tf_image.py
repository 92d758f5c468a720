"""`tf.image` and `tf.io` on images, by definitions in NumPy."""

import importlib
import io

import numpy as np
import pytest

from lamina import ops

RNG = np.random.default_rng(0)
FLOATS = RNG.random((5, 4, 3)).astype("float32")
BYTES = RNG.integers(0, 256, (5, 4, 3), dtype="uint8")


@pytest.fixture
def tf(installed):
    return importlib.import_module("tensorflow")


def array(x):
    return ops.convert_to_numpy(x)


def content(pixels, file_format="png", **options):
    image = pytest.importorskip("PIL.Image")
    buffer = io.BytesIO()
    image.fromarray(pixels).save(buffer, format=file_format, **options)
    return buffer.getvalue()


def test_decoding(tf, tmp_path):
    (tmp_path / "a.png").write_bytes(content(BYTES))
    read = tf.io.read_file(str(tmp_path / "a.png"))
    for decode in (tf.image.decode_png, tf.image.decode_image, tf.io.decode_jpeg):
        np.testing.assert_array_equal(decode(read), BYTES)
    assert tf.image.decode_png(read, channels=1).shape == (5, 4, 1)
    assert tf.image.decode_png(read, channels=4)[0, 0, 3] == 255
    np.testing.assert_allclose(tf.image.decode_image(read, dtype=tf.float32), BYTES / np.float32(255), rtol=1e-6)
    assert tf.image.decode_png(content(BYTES[:, :, 0])).shape == (5, 4, 1)
    deep = RNG.integers(0, 2**16, (3, 2), dtype="uint16")
    np.testing.assert_array_equal(tf.image.decode_png(content(deep), dtype=tf.uint16)[:, :, 0], deep)
    np.testing.assert_array_equal(tf.image.decode_png(content(deep))[:, :, 0], deep >> 8)


def test_decoding_what_is_no_image(tf):
    whole = content(BYTES)
    for broken in (b"nonsense", whole[:40]):
        with pytest.raises(OSError, match="tf.image.decode_jpeg: the content given cannot be read as an image"):
            tf.image.decode_jpeg(broken)
    with pytest.raises(TypeError, match="expected the content of a file, from tf.io.read_file; got str"):
        tf.image.decode_jpeg("path.jpg")
    with pytest.raises(ValueError, match="channels must be one of 0, 1, 3, 4; got 2"):
        tf.image.decode_jpeg(whole, channels=2)


def test_encoding_and_files(tf, tmp_path):
    pytest.importorskip("PIL.Image")
    np.testing.assert_array_equal(tf.image.decode_png(tf.io.encode_png(BYTES)), BYTES)
    smooth = np.repeat(np.linspace(0, 255, 64).astype("uint8")[:, None, None], 64, 1).repeat(3, 2)
    assert np.abs(tf.image.decode_jpeg(tf.io.encode_jpeg(smooth)).astype(int) - smooth).max() < 4
    path = str(tmp_path / "new" / "b.bin")
    tf.io.write_file(path, "text")
    assert tf.io.read_file(path).numpy() == b"text" and tf.io.matching_files(path).tolist() == [path]
    assert tf.io.decode_raw(np.arange(3, dtype="<i2").tobytes(), tf.int16).tolist() == [0, 1, 2]


def test_dtypes(tf):
    convert = tf.image.convert_image_dtype
    np.testing.assert_allclose(array(convert(BYTES, tf.float32)), BYTES / np.float32(255), rtol=1e-6)
    np.testing.assert_array_equal(array(convert(convert(BYTES, tf.float32), tf.uint8)), BYTES)
    assert array(convert(np.array([0, 255], "uint8"), tf.uint16)).tolist() == [0, 255 * 256]
    np.testing.assert_allclose(
        array(convert(ops.convert_to_tensor(BYTES), tf.float32)), BYTES / np.float32(255), rtol=1e-6
    )


@pytest.mark.parametrize("method", ["bilinear", "nearest", "bicubic", "lanczos3"])
def test_resizing_on_the_host_as_by_ops(tf, method):
    for size in ((3, 7), (11, 2), (5, 4)):
        want = array(ops.image.resize(FLOATS, size, interpolation=method, data_format="channels_last"))
        np.testing.assert_allclose(tf.image.resize(FLOATS, size, method), want, atol=1e-5)
    assert tf.image.resize(BYTES, (2, 2), method).dtype == ("uint8" if method == "nearest" else "float32")
    batch = tf.image.resize(FLOATS[None], (3, 2), method)
    np.testing.assert_allclose(array(batch)[0], tf.image.resize(FLOATS, (3, 2), method), atol=1e-5)


def test_resizing_by_area_and_other_kernels(tf):
    found = tf.image.resize(FLOATS[:4], (2, 2), tf.image.ResizeMethod.AREA)
    np.testing.assert_allclose(found, FLOATS[:4].reshape(2, 2, 2, 2, 3).mean((1, 3)), atol=1e-6)
    flat = np.full((6, 6, 1), 0.5, "float32")
    for method in ("gaussian", "mitchellcubic", "area"):
        np.testing.assert_allclose(tf.image.resize(flat, (4, 9), method), np.full((4, 9, 1), 0.5), atol=1e-6)
    assert tf.image.resize(FLOATS, (10, 10), preserve_aspect_ratio=True).shape == (10, 8, 3)


def test_cutting_and_padding(tf):
    assert array(tf.image.central_crop(np.ones((10, 8, 1)), 0.5)).shape == (6, 4, 1)
    np.testing.assert_array_equal(tf.image.crop_to_bounding_box(FLOATS, 1, 2, 3, 2), FLOATS[1:4, 2:4])
    padded = array(tf.image.pad_to_bounding_box(FLOATS, 1, 2, 7, 8))
    np.testing.assert_array_equal(padded[1:6, 2:6], FLOATS)
    assert padded.shape == (7, 8, 3) and np.count_nonzero(padded) == np.count_nonzero(FLOATS)
    both = array(tf.image.resize_with_crop_or_pad(FLOATS, 3, 6))
    np.testing.assert_array_equal(both[:, 1:5], FLOATS[1:4])
    fitted = tf.image.resize_with_pad(np.ones((4, 2, 1), "float32"), 4, 4)
    assert fitted[:, :, 0].tolist() == [[0, 1, 1, 0]] * 4
    with pytest.raises(
        ValueError, match=r"crop_to_bounding_box: 5 x 2 at \(1, 2\) leaves an image of shape \(5, 4, 3\)"
    ):
        tf.image.crop_to_bounding_box(FLOATS, 1, 2, 5, 2)
    with pytest.raises(ValueError, match=r"pad_to_bounding_box: .* does not fit into 5 x 8"):
        tf.image.pad_to_bounding_box(FLOATS, 1, 2, 5, 8)


def test_turns(tf):
    np.testing.assert_array_equal(array(tf.image.flip_left_right(FLOATS)), FLOATS[:, ::-1])
    np.testing.assert_array_equal(array(tf.image.flip_up_down(FLOATS[None]))[0], FLOATS[::-1])
    np.testing.assert_array_equal(array(tf.image.rot90(FLOATS)), np.rot90(FLOATS))
    np.testing.assert_array_equal(array(tf.image.transpose(FLOATS)), FLOATS.swapaxes(0, 1))


def test_colours(tf):
    image = tf.image
    np.testing.assert_allclose(array(image.adjust_brightness(FLOATS, 0.2)), FLOATS + np.float32(0.2), rtol=1e-6)
    assert array(image.adjust_brightness(np.array([[[0, 200, 255]]], "uint8"), 0.5)).tolist() == [[[127, 255, 255]]]
    mean = FLOATS.mean((0, 1), keepdims=True)
    np.testing.assert_allclose(array(image.adjust_contrast(FLOATS, 2.0)), (FLOATS - mean) * 2 + mean, atol=1e-5)
    grey = FLOATS @ np.array([[0.2989], [0.587], [0.114]], "float32")
    np.testing.assert_allclose(array(image.rgb_to_grayscale(FLOATS)), grey, rtol=1e-5)
    assert array(image.rgb_to_grayscale(BYTES)).dtype == "uint8"
    np.testing.assert_array_equal(array(image.grayscale_to_rgb(grey)), np.repeat(grey, 3, -1))
    np.testing.assert_allclose(array(image.adjust_saturation(FLOATS, 1.0)), FLOATS, atol=1e-6)
    unsaturated = array(image.adjust_saturation(FLOATS, 0.0))
    np.testing.assert_allclose(unsaturated, np.repeat(FLOATS.max(-1, keepdims=True), 3, -1), atol=1e-6)
    import colorsys

    h, s, v = colorsys.rgb_to_hsv(*FLOATS[0, 0].tolist())
    want = colorsys.hsv_to_rgb(h, min(s * 1.5, 1), v)
    np.testing.assert_allclose(array(image.adjust_saturation(FLOATS, 1.5))[0, 0], want, atol=1e-5)
    variation = np.abs(np.diff(FLOATS, axis=0)).sum() + np.abs(np.diff(FLOATS, axis=1)).sum()
    np.testing.assert_allclose(float(image.total_variation(FLOATS)), variation, rtol=1e-5)


def test_draws(tf):
    found = [array(tf.image.random_flip_left_right(FLOATS)) for _ in range(40)]
    flipped = [np.array_equal(f, FLOATS[:, ::-1]) for f in found]
    assert any(flipped) and not all(flipped)
    assert all(f or np.array_equal(x, FLOATS) for f, x in zip(flipped, found))
    deltas = [float(array(tf.image.random_brightness(FLOATS, 0.3))[0, 0, 0] - FLOATS[0, 0, 0]) for _ in range(40)]
    assert max(map(abs, deltas)) <= 0.3001 and min(deltas) < 0 < max(deltas)
    starts = {float(array(tf.image.random_crop(FLOATS, (2, 2, 3)))[0, 0, 0]) for _ in range(40)}
    assert len(starts) > 5 and starts <= set(FLOATS[:4, :3, 0].ravel().tolist())
    with pytest.raises(ValueError, match="random_crop: .* does not fit into"):
        tf.image.random_crop(FLOATS, (6, 2, 3))
    assert array(tf.image.random_contrast(FLOATS, 0.5, 1.5)).shape == FLOATS.shape
    assert array(tf.image.random_saturation(FLOATS, 0.5, 1.5)).shape == FLOATS.shape


def test_draws_in_a_compiled_step_differ(tf):
    class Augmented(tf.keras.layers.Layer):
        def call(self, x):
            return tf.image.random_flip_left_right(x)

    model = tf.keras.Sequential([tf.keras.Input((1, 2, 1)), Augmented()])
    x = np.array([0.0, 1.0], "float32").reshape(1, 1, 2, 1)
    assert {float(model.predict(x, verbose=0)[0, 0, 0, 0]) for _ in range(40)} == {0.0, 1.0}


def test_images_of_a_batch_are_fitted_one_by_one(tf):
    both = np.stack([FLOATS, FLOATS[::-1]])
    found = array(tf.image.resize_with_pad(both, 10, 10))
    assert found.shape == (2, 10, 10, 3)
    for one, image in zip(found, both):
        np.testing.assert_array_equal(one, array(tf.image.resize_with_pad(image, 10, 10)))
