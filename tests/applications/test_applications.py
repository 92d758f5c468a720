"""The classifiers: numbers of weights as published, shapes, arguments, and what is wrong with them."""

import inspect

import numpy as np
import pytest

from lamina import applications, config, layers
from lamina.layers import Input
from lamina.models import Model, load_model
from lamina.utils import get_source_inputs

# Name -> numbers of weights with the top, as Keras's documentation gives them in millions, and without it.
SMALL = {
    "MobileNet": (4_253_864, 3_228_864),
    "MobileNetV2": (3_538_984, 2_257_984),
    "MobileNetV3Small": (2_554_968, 939_120),
    "MobileNetV3Large": (5_507_432, 2_996_352),
    "NASNetMobile": (5_326_716, 4_269_716),
    "EfficientNetB0": (5_330_571, 4_049_571),
    "EfficientNetV2B0": (7_200_312, 5_919_312),
    "DenseNet121": (8_062_504, 7_037_504),
}
LARGE = {
    "VGG16": 138_357_544, "VGG19": 143_667_240, "ResNet50": 25_636_712, "ResNet101": 44_707_176,
    "ResNet152": 60_419_944, "ResNet50V2": 25_613_800, "ResNet101V2": 44_675_560, "ResNet152V2": 60_380_648,
    "InceptionV3": 23_851_784, "InceptionResNetV2": 55_873_736, "Xception": 22_910_480, "DenseNet169": 14_307_880,
    "DenseNet201": 20_242_984, "EfficientNetB1": 7_856_239, "EfficientNetB2": 9_177_569, "EfficientNetB3": 12_320_535,
    "EfficientNetB4": 19_466_823, "EfficientNetB5": 30_562_527, "EfficientNetB6": 43_265_143,
    "EfficientNetB7": 66_658_687, "EfficientNetV2B1": 8_212_124, "EfficientNetV2B2": 10_178_374,
    "EfficientNetV2B3": 14_467_622, "EfficientNetV2S": 21_612_360, "EfficientNetV2M": 54_431_388,
    "EfficientNetV2L": 119_027_848, "ConvNeXtTiny": 28_589_128, "ConvNeXtSmall": 50_223_688,
    "ConvNeXtBase": 88_591_464, "ConvNeXtLarge": 197_767_336, "NASNetLarge": 88_949_818,
}  # fmt: skip


@pytest.fixture
def no_draws(monkeypatch):
    """Fresh weights are zeros that take no memory: only shapes matter here."""
    from lamina.initializers import VarianceScaling

    monkeypatch.setattr(
        VarianceScaling, "__call__", lambda self, shape, dtype=None: np.broadcast_to(np.float32(0), shape)
    )


@pytest.mark.parametrize("name", SMALL)
def test_numbers_of_weights(name, no_draws):
    make = getattr(applications, name)
    assert make(weights=None).count_params() == SMALL[name][0]
    assert make(weights=None, include_top=False, input_shape=(64, 64, 3)).count_params() == SMALL[name][1]


@pytest.mark.slow
@pytest.mark.native_only("shapes of large networks are the same everywhere")
@pytest.mark.parametrize("name", LARGE)
def test_numbers_of_weights_of_large_networks(name, no_draws):
    assert getattr(applications, name)(weights=None).count_params() == LARGE[name]


def test_outputs_are_probabilities_of_the_classes():
    model = applications.MobileNetV2(weights=None, input_shape=(32, 32, 3), alpha=0.35, classes=7)
    assert model.name == "mobilenetv2_0.35_32" and model.output_shape == (None, 7)
    out = np.asarray(model(np.random.default_rng(0).uniform(-1, 1, (2, 32, 32, 3)).astype("float32")))
    np.testing.assert_allclose(out.sum(1), 1, rtol=1e-5)


def test_a_model_is_trained_and_saved(tmp_path):
    base = applications.MobileNetV3Small(weights=None, include_top=False, pooling="avg", minimalistic=True)
    base.trainable = False
    inputs = Input((32, 32, 3))
    model = Model(inputs, layers.Dense(2, activation="softmax")(base(inputs, training=False)))
    model.compile("sgd", "sparse_categorical_crossentropy")
    x = np.random.default_rng(0).uniform(0, 255, (4, 32, 32, 3)).astype("float32")
    before = base.get_weights()
    model.fit(x, np.array([0, 1, 0, 1]), verbose=0)
    for old, new in zip(before, base.get_weights()):
        np.testing.assert_array_equal(old, new)
    model.save(tmp_path / "m.keras")
    np.testing.assert_allclose(
        load_model(tmp_path / "m.keras").predict(x, verbose=0), model.predict(x, verbose=0), rtol=1e-5
    )


@pytest.mark.parametrize("pooling, rank", [(None, 4), ("avg", 2), ("max", 2)])
def test_without_the_top(pooling, rank, no_draws):
    model = applications.DenseNet121(weights=None, include_top=False, pooling=pooling)
    assert model.input_shape == (None, None, None, 3) and len(model.output_shape) == rank
    assert model.output_shape[-1] == 1024


def test_input_tensor_may_be_the_middle_of_a_graph(no_draws):
    inputs = Input((20, 20, 3), name="small")
    model = applications.ResNet50(weights=None, include_top=False, input_tensor=layers.UpSampling2D(2)(inputs))
    assert model.input_shape == (None, 20, 20, 3) and model.output_shape == (None, 2, 2, 2048)
    assert [t.name for t in get_source_inputs(model.output)] == ["small"]


def test_get_source_inputs_wants_a_keras_tensor():
    with pytest.raises(TypeError, match="tensor must be a KerasTensor; got 3"):
        get_source_inputs(3)


def test_channels_first(no_draws):
    config.set_image_data_format("channels_first")
    try:
        model = applications.MobileNetV2(weights=None)
        assert model.input_shape == (None, 3, 224, 224) and model.count_params() == SMALL["MobileNetV2"][0]
        assert applications.DenseNet121(weights=None, include_top=False).output_shape == (None, 1024, None, None)
    finally:
        config.set_image_data_format("channels_last")


def test_grey_images_have_their_own_first_convolution(no_draws):
    model = applications.EfficientNetV2B0(weights=None, include_top=False, input_shape=(64, 64, 1))
    assert model.layers[1].scale == 1 / 128 and model.get_layer("stem_conv").kernel.shape == (3, 3, 1, 32)


@pytest.mark.parametrize(
    "arguments, says",
    [
        ({"weights": "imagenet", "classes": 10}, "for 1000 classes; got classes=10"),
        ({"weights": "nowhere.h5"}, "which is no file here"),
        ({"weights": None, "pooling": "mean", "include_top": False}, "pooling must be one of None, 'avg', 'max'"),
        ({"weights": None, "classes": 0}, "classes must be a positive integer; got 0"),
        ({"weights": None, "input_shape": (224, 224)}, "three numbers, without the batch"),
        ({"weights": None, "input_shape": 224}, "three numbers, without the batch"),
        ({"weights": None, "input_shape": (16, 224, 3)}, "at least 32 x 32"),
        ({"weights": None, "input_shape": (None, None, 3)}, "include_top=True needs a known size"),
        ({"weights": "imagenet", "input_shape": (64, 64, 3)}, "needs images of 224 x 224"),
        ({"weights": "imagenet", "include_top": False, "input_shape": (64, 64, 1)}, "need 3 channels"),
        ({"weights": "imagenet", "classifier_activation": "relu"}, "must be 'softmax' or None"),
        ({"weights": None, "input_tensor": np.ones((1, 32, 32, 3))}, "input_tensor must be a KerasTensor"),
    ],
)
def test_wrong_arguments(arguments, says, no_draws):
    with pytest.raises(ValueError, match=says):
        applications.VGG16(**arguments)


def test_five_channels_are_unusual(no_draws):
    with pytest.warns(UserWarning, match="1 or 3 channels are expected"):
        applications.MobileNetV2(weights=None, input_shape=(32, 32, 5), include_top=False)


def test_widths_that_there_are_no_weights_for():
    for make in (applications.MobileNet, applications.MobileNetV2, applications.MobileNetV3Large):
        with pytest.raises(ValueError, match=r"for alpha .* only; got alpha=0.6"):
            make(alpha=0.6)
    with pytest.raises(ValueError, match="depth_multiplier=1 only"):
        applications.MobileNet(depth_multiplier=2)


@pytest.mark.parametrize("name", [*SMALL, *LARGE])
def test_documented_with_its_paper(name):
    make = getattr(applications, name)
    assert make.__name__ == name and make.__module__ == "lamina.applications"
    assert "Reference: " in make.__doc__ and "arXiv:" in make.__doc__
    for argument in inspect.signature(make).parameters:
        assert argument in make.__doc__
