"""Images as files, as Pillow's objects and as arrays."""

import io

import numpy as np
import pytest

from lamina import config, utils
from lamina.data import _images
from lamina.preprocessing import image as old

Image = pytest.importorskip("PIL.Image")
RNG = np.random.default_rng(0)
PIXELS = RNG.integers(0, 256, (6, 8, 3), dtype="uint8")


@pytest.fixture
def path(tmp_path):
    Image.fromarray(PIXELS).save(tmp_path / "a.png")
    return tmp_path / "a.png"


def test_load_in_every_mode(path):
    for source in (path, str(path), str(path).encode(), io.BytesIO(path.read_bytes())):
        np.testing.assert_array_equal(np.asarray(utils.load_img(source)), PIXELS)
    assert utils.load_img(path, color_mode="grayscale").mode == "L"
    assert np.asarray(utils.load_img(path, color_mode="rgba")).shape == (6, 8, 4)


def test_load_in_another_size(path):
    for name, method in (("nearest", 0), ("bilinear", 2), ("bicubic", 3), ("lanczos", 1), ("box", 4), ("hamming", 5)):
        found = utils.load_img(path, target_size=(3, 5), interpolation=name)
        np.testing.assert_array_equal(np.asarray(found), np.asarray(Image.fromarray(PIXELS).resize((5, 3), method)))
    square = utils.load_img(path, target_size=(3, 3), keep_aspect_ratio=True)
    np.testing.assert_array_equal(np.asarray(square), np.asarray(Image.fromarray(PIXELS[:, 1:7]).resize((3, 3), 0)))


def test_load_what_cannot_be_read(path, tmp_path):
    with pytest.raises(FileNotFoundError):
        utils.load_img(tmp_path / "none.png")
    for n, content in enumerate((b"no image", path.read_bytes()[:60])):
        (tmp_path / f"{n}.png").write_bytes(content)
        with pytest.raises(OSError, match=rf"load_img: .*{n}\.png cannot be read as an image"):
            utils.load_img(tmp_path / f"{n}.png")
    with pytest.raises(TypeError, match="path must be a path or io.BytesIO; got int"):
        utils.load_img(5)
    with pytest.raises(ValueError, match="color_mode must be one of 'grayscale', 'rgb', 'rgba'; got 'bgr'"):
        utils.load_img(path, color_mode="bgr")
    with pytest.raises(ValueError, match="interpolation must be one of"):
        utils.load_img(path, target_size=(2, 2), interpolation="cubic")


def test_without_pillow_the_extra_is_named(path, monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    with pytest.raises(ImportError, match=r"load_img needs PIL: pip install 'lamina\[image\]'"):
        utils.load_img(path)


def test_to_array_and_back():
    image = Image.fromarray(PIXELS)
    found = utils.img_to_array(image)
    assert found.dtype == "float32" and utils.img_to_array(image, "channels_first", "uint8").shape == (3, 6, 8)
    np.testing.assert_array_equal(found, PIXELS)
    assert utils.img_to_array(image.convert("L")).shape == (6, 8, 1)
    assert utils.img_to_array(np.zeros((2, 3)), "channels_first").shape == (1, 2, 3)
    np.testing.assert_array_equal(np.asarray(utils.array_to_img(found, scale=False)), PIXELS)
    first = utils.array_to_img(PIXELS.transpose(2, 0, 1), data_format="channels_first", scale=False)
    np.testing.assert_array_equal(np.asarray(first), PIXELS)
    found[0] = 7  # a copy of its own
    with pytest.raises(ValueError, match=r"img_to_array: an image has two or three axes; got shape \(2,\)"):
        utils.img_to_array(np.zeros(2))


def test_values_are_spread_over_all_of_a_byte():
    x = np.array([[[-1.0], [0.0], [3.0]]])
    assert np.asarray(utils.array_to_img(x)).tolist() == [[0, 63, 255]]
    assert np.asarray(utils.array_to_img(np.full((1, 1, 1), 5.0))).tolist() == [[0]]
    assert utils.array_to_img(np.full((1, 1, 1), 300.0), scale=False).mode == "I"
    for bad, message in ((np.zeros((2, 2)), "three axes"), (np.zeros((2, 2, 2)), "1, 3 or 4 channels; got 2")):
        with pytest.raises(ValueError, match=f"array_to_img: x must have {message}"):
            utils.array_to_img(bad)


def test_save(tmp_path):
    utils.save_img(tmp_path / "a.png", PIXELS, scale=False)
    np.testing.assert_array_equal(np.asarray(utils.load_img(tmp_path / "a.png")), PIXELS)
    clear = np.concatenate([PIXELS, PIXELS[..., :1]], -1)
    with pytest.warns(UserWarning, match="JPEG has no transparency"):
        utils.save_img(str(tmp_path / "b.jpg"), clear, scale=False)
    with Image.open(tmp_path / "b.jpg") as written:
        assert written.mode == "RGB"
    buffer = io.BytesIO()
    utils.save_img(buffer, PIXELS, file_format="png", scale=False)
    np.testing.assert_array_equal(np.asarray(Image.open(buffer)), PIXELS)


def test_the_default_layout_is_followed(path):
    config.set_image_data_format("channels_first")
    try:
        assert utils.img_to_array(utils.load_img(path)).shape == (3, 6, 8)
    finally:
        config.set_image_data_format("channels_last")


def test_old_names_and_smart_resize():
    assert old.load_img is utils.load_img and old.img_to_array is utils.img_to_array
    found = old.smart_resize(PIXELS.astype("float32"), (3, 3), interpolation="nearest")
    np.testing.assert_array_equal(found, PIXELS[1::2, 1:7][:, 1::2])
    with pytest.raises(TypeError, match=r"smart_resize: unexpected arguments \['colour'\]"):
        old.smart_resize(PIXELS, (2, 2), colour=1)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "I;16"])
@pytest.mark.parametrize("channels", [0, 1, 3, 4])
def test_decoded_files_of_every_mode(mode, channels, tmp_path):
    made = (
        Image.fromarray(RNG.integers(0, 2**16, (3, 4), dtype="uint16"))
        if mode == "I;16"
        else Image.fromarray(PIXELS).convert(mode)
    )
    path = str(tmp_path / f"a.{'jpg' if mode == 'CMYK' else 'png'}")
    made.save(path)
    found = _images.decoded(path, path, channels, "test")
    assert found.ndim == 3 and found.shape[:2] == made.size[::-1]
    assert found.shape[2] == (channels or {"1": 1, "L": 1, "LA": 2, "RGBA": 4, "I;16": 1}.get(mode, 3))
    assert found.dtype == ("uint16" if mode == "I;16" and not channels else "uint8")


@pytest.mark.peer
def test_like_keras(path, tmp_path):
    import keras

    for how in (
        {}, {"color_mode": "grayscale"}, {"target_size": (4, 4)},
        {"target_size": (3, 7), "interpolation": "bicubic", "keep_aspect_ratio": True},
    ):  # fmt: skip
        ours, theirs = utils.load_img(path, **how), keras.utils.load_img(path, **how)
        np.testing.assert_array_equal(utils.img_to_array(ours), keras.utils.img_to_array(theirs))
    for x in (RNG.normal(size=(4, 5, 3)), RNG.normal(size=(4, 5, 1)), 300 * RNG.random((4, 5, 1))):
        for scale in (True, False):
            x = np.abs(x)
            ours, theirs = (np.asarray(k.array_to_img(x, scale=scale)) for k in (utils, keras.utils))
            assert ours.dtype == theirs.dtype
            np.testing.assert_allclose(ours, theirs, atol=1)  # rounding of the last bit, cut to whole numbers
    for interpolation in ("nearest", "bilinear"):
        x = PIXELS.astype("float32")
        theirs = keras.preprocessing.image.smart_resize(x, (4, 3), interpolation)
        np.testing.assert_allclose(old.smart_resize(x, (4, 3), interpolation), theirs, atol=1e-3)
