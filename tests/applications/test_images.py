"""How images go in, and what the outputs are called."""

import json

import numpy as np
import pytest

from lamina import applications, ops
from lamina.applications import _decode_predictions, imagenet_utils
from lamina.layers import Input, Lambda
from lamina.models import Sequential

x = np.random.default_rng(0).integers(0, 256, (2, 3, 4, 3)).astype("uint8")
MEAN, STD = np.array([0.485, 0.456, 0.406]), np.array([0.229, 0.224, 0.225])
EXPECTED = {
    "caffe": x[..., ::-1] - np.array([103.939, 116.779, 123.68]),
    "tf": x / 127.5 - 1,
    "torch": (x / 255 - MEAN) / STD,
}


@pytest.mark.parametrize("mode", EXPECTED)
def test_modes(mode):
    out = imagenet_utils.preprocess_input(x, mode=mode)
    assert out.dtype == "float32"
    np.testing.assert_allclose(out, EXPECTED[mode], rtol=1e-5, atol=1e-4)
    np.testing.assert_allclose(
        imagenet_utils.preprocess_input(x[0], mode=mode), EXPECTED[mode][0], rtol=1e-5, atol=1e-4
    )
    first = imagenet_utils.preprocess_input(np.moveaxis(x, -1, 1), data_format="channels_first", mode=mode)
    np.testing.assert_allclose(np.moveaxis(first, 1, -1), EXPECTED[mode], rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize("mode", EXPECTED)
def test_modes_inside_a_model(mode):
    model = Sequential([Input((3, 4, 3)), Lambda(lambda x: imagenet_utils.preprocess_input(x, mode=mode))])
    np.testing.assert_allclose(model.predict(x.astype("float32"), verbose=0), EXPECTED[mode], rtol=1e-5, atol=1e-4)
    tensor = imagenet_utils.preprocess_input(ops.convert_to_tensor(x), mode=mode)
    assert ops.is_tensor(tensor)
    np.testing.assert_allclose(tensor, EXPECTED[mode], rtol=1e-5, atol=1e-4)
    assert imagenet_utils.preprocess_input(Input((3, 4, 3)), mode=mode).shape == (None, 3, 4, 3)


def test_an_array_keeps_its_values():
    images = x.astype("float32")
    for mode in EXPECTED:
        imagenet_utils.preprocess_input(images, mode=mode)
    np.testing.assert_array_equal(images, x)


@pytest.mark.parametrize(
    "families, mode",
    [
        ("vgg16 vgg19 resnet resnet50", "caffe"),
        ("resnet_v2 inception_v3 inception_resnet_v2 xception mobilenet mobilenet_v2 nasnet", "tf"),
        ("densenet", "torch"),
    ],
)
def test_each_family_has_its_own(families, mode):
    for family in families.split():
        out = getattr(applications, family).preprocess_input(x)
        np.testing.assert_allclose(out, EXPECTED[mode], rtol=1e-5, atol=1e-4)


@pytest.mark.parametrize("family", ["efficientnet", "efficientnet_v2", "convnext", "mobilenet_v3"])
def test_families_that_prepare_inside(family):
    assert getattr(applications, family).preprocess_input(x) is x


def test_wrong_arguments_of_preprocess_input():
    with pytest.raises(ValueError, match="mode must be one of"):
        imagenet_utils.preprocess_input(x, mode="keras")
    with pytest.raises(ValueError, match="data_format"):
        imagenet_utils.preprocess_input(x, data_format="rows")
    with pytest.raises(ValueError, match=r"an image or a batch of images; got shape \(3, 4\)"):
        imagenet_utils.preprocess_input(np.ones((3, 4)))


@pytest.fixture
def index(tmp_path, monkeypatch):
    """A file of made-up classes in place of ImageNet's."""
    path = tmp_path / "index.json"
    path.write_text(json.dumps({str(i): [f"n{i:08d}", f"class {i}"] for i in range(1000)}))
    asked = []

    def get_file(name, origin, cache_subdir, file_hash):
        asked.append((name, origin, cache_subdir, file_hash))
        return str(path)

    monkeypatch.setattr(_decode_predictions, "get_file", get_file)
    return asked


def test_decode_predictions(index):
    scores = np.zeros((2, 1000), "float32")
    scores[0, [7, 3]] = 0.75, 0.25
    scores[1, 999] = 1
    first, second = applications.vgg16.decode_predictions(ops.convert_to_tensor(scores), top=2)
    assert first == [("n00000007", "class 7", 0.75), ("n00000003", "class 3", 0.25)]
    assert second[0] == ("n00000999", "class 999", 1.0) and len(second) == 2
    assert index[0][0] == "imagenet_class_index.json" and index[0][2] == "models" and len(index[0][3]) == 32


def test_wrong_arguments_of_decode_predictions(index):
    for shape in ((1000,), (2, 10)):
        with pytest.raises(ValueError, match=r"preds must be a batch, \(samples, 1000\)"):
            imagenet_utils.decode_predictions(np.zeros(shape))
    with pytest.raises(ValueError, match="top must be a positive integer; got 0"):
        imagenet_utils.decode_predictions(np.zeros((1, 1000)), top=0)
    assert not index
