"""Where weights come from: files of ImageNet, paths, URLs with checksums, and what is said offline."""

import hashlib

import numpy as np
import pytest

from lamina import applications, layers
from lamina.applications import _weights

SHAPE = (32, 32, 3)


def small(**arguments):
    return applications.MobileNetV2(alpha=0.35, include_top=False, input_shape=SHAPE, **arguments)


@pytest.fixture
def saved(tmp_path):
    """A model with weights of its own, and their file."""
    model = small(weights=None)
    model.set_weights([w + 0.5 for w in model.get_weights()])
    model.save_weights(tmp_path / "w.weights.h5")
    return model, tmp_path / "w.weights.h5"


def check_same(a, b):
    for x, y in zip(a.get_weights(), b.get_weights(), strict=True):
        np.testing.assert_array_equal(x, y)


def test_weights_from_a_path(saved):
    check_same(small(weights=saved[1]), saved[0])


@pytest.mark.parametrize("algorithm", ["sha256", "md5"])
def test_weights_from_a_url_with_checksum(saved, algorithm, tmp_path, monkeypatch):
    monkeypatch.setenv("LAMINA_HOME", str(tmp_path / "home"))
    digest = hashlib.new(algorithm, saved[1].read_bytes()).hexdigest()
    check_same(small(weights=f"{saved[1].as_uri()}#{algorithm}={digest}"), saved[0])
    with pytest.raises(ValueError, match="it was not kept"):
        small(weights=f"{saved[1].as_uri()}#{algorithm}={'0' * len(digest)}")


def test_a_fragment_that_is_no_checksum(saved):
    with pytest.raises(ValueError, match=r"may end in #sha256=... or #md5=..."):
        small(weights=f"{saved[1].as_uri()}#crc=7")


@pytest.mark.parametrize(
    "name, arguments, ends",
    [
        ("VGG16", {}, "/vgg16/vgg16_weights_tf_dim_ordering_tf_kernels.h5"),
        ("ResNet50", {"include_top": False}, "/resnet/resnet50_weights_tf_dim_ordering_tf_kernels_notop.h5"),
        ("MobileNet", {"alpha": 0.5, "input_shape": (160, 160, 3)}, "/mobilenet/mobilenet_5_0_160_tf.h5"),
        ("MobileNetV2", {"include_top": False, "input_shape": (96, 96, 3)}, "_tf_kernels_1.0_96_no_top.h5"),
        ("MobileNetV3Small", {"input_shape": (224, 224, 3)}, "/weights_mobilenet_v3_small_224_1.0_float.h5"),
        ("NASNetMobile", {"include_top": False}, "/nasnet/NASNet-mobile-no-top.h5"),
        ("EfficientNetB0", {}, "/keras-applications/efficientnetb0.h5"),
        ("EfficientNetV2B0", {"include_top": False}, "/efficientnet_v2/efficientnetv2-b0_notop.h5"),
        ("ConvNeXtTiny", {}, "/convnext/convnext_tiny.h5"),
    ],
)
@pytest.mark.native_only("which file is asked for does not depend on the engine")
def test_which_file_of_imagenet_is_asked_for(name, arguments, ends, monkeypatch):
    asked = []

    def fetch(self):
        asked.append((self.origin, self.file_hash))
        raise OSError("offline")

    monkeypatch.setattr(_weights.Pretrained, "fetch", fetch)
    with pytest.raises(OSError, match="offline"):
        getattr(applications, name)(**arguments)
    assert asked[0][0].startswith("https://storage.googleapis.com/") and asked[0][0].endswith(ends)
    assert name in ("MobileNet", "MobileNetV2") or len(asked[0][1]) in (32, 64)


def test_offline_says_where_to_put_the_file(tmp_path, monkeypatch):
    monkeypatch.setenv("LAMINA_HOME", str(tmp_path))
    missing = _weights.Pretrained((tmp_path / "no" / "weights.h5").as_uri(), "0" * 32)
    with pytest.raises(OSError, match=r"Put the file at .*models.weights.h5 yourself"):
        missing.fetch()


def test_sizes_without_weights_of_their_own_warn(monkeypatch):
    def fetch(self):
        raise OSError(self.origin)

    monkeypatch.setattr(_weights.Pretrained, "fetch", fetch)
    with pytest.warns(UserWarning, match="those for 224 x 224 are taken"), pytest.raises(OSError, match="_224_no_top"):
        applications.MobileNetV2(include_top=False, input_shape=(64, 64, 3))


def test_pretrained_efficientnet_divides_by_the_deviation_twice(monkeypatch):
    monkeypatch.setattr("lamina.applications._application.weights_file", lambda weights, pretrained, where: None)
    model = applications.EfficientNetB0(include_top=False, input_shape=(64, 64, 3))
    scales = [layer.scale for layer in model.layers if isinstance(layer, layers.Rescaling)]
    np.testing.assert_allclose(scales[0], 1 / 255)
    np.testing.assert_allclose(scales[1], np.array([0.229, 0.224, 0.225]) ** -0.5)


def test_weights_that_are_nowhere_on_the_network():
    with pytest.raises(ValueError, match="no weights of ImageNet for these arguments"):
        _weights.weights_file("imagenet", None, "Net")
