"""Keras's application models, saved by Keras with random weights, predict the same here."""

import numpy as np
import pytest

from lamina import saving

keras = pytest.importorskip("keras")
pytestmark = [pytest.mark.peer, pytest.mark.slow]

SIZES = {
    "ResNet50": 32, "ResNet50V2": 32, "MobileNet": 32, "MobileNetV2": 32, "MobileNetV3Small": 32, "EfficientNetB0": 32,
    "EfficientNetV2B0": 32, "DenseNet121": 32, "InceptionV3": 75, "InceptionResNetV2": 75, "Xception": 71, "VGG16": 32,
    "ConvNeXtTiny": 32, "NASNetMobile": 32,
}  # fmt: skip


@pytest.mark.parametrize("name", SIZES)
def test_predictions_are_keras_own(name, tmp_path):
    size = SIZES[name]
    keras.utils.set_random_seed(0)
    theirs = getattr(keras.applications, name)(weights=None, input_shape=(size, size, 3), classes=7)
    theirs.save(tmp_path / "m.keras")
    ours = saving.load_model(tmp_path / "m.keras")
    x = np.random.default_rng(0).uniform(0, 255, (4, size, size, 3)).astype("float32")
    expected = np.asarray(theirs.predict(x, verbose=0))
    for images in (4, 1):
        np.testing.assert_allclose(ours.predict(x[:images], verbose=0), expected[:images], atol=1e-5, rtol=1e-5)
    keras.utils.clear_session()


def test_stochastic_depth_of_convnext(tmp_path):
    from keras.src.applications.convnext import StochasticDepth

    x = keras.Input((4,))
    keras.Model(x, StochasticDepth(0.5)(x)).save(tmp_path / "m.keras")
    ours = saving.load_model(tmp_path / "m.keras")
    ones = np.ones((1000, 4), "float32")
    np.testing.assert_array_equal(ours(ones), ones)
    dropped = np.asarray(ours(ones, training=True))
    assert set(np.unique(dropped)) == {0.0, 2.0} and (dropped == dropped[:, :1]).all()
    assert abs(dropped.mean() - 1) < 0.15
