"""Beside Keras: the same layers by the same names, weights of the same names and shapes in the same order, equal outputs."""

import numpy as np
import pytest

import lamina
from lamina import applications, ops, tree

pytestmark = pytest.mark.peer

SMALL = ["MobileNet", "MobileNetV2", "MobileNetV3Small", "MobileNetV3Large", "EfficientNetB0", "EfficientNetV2B0"]
LARGE = [
    "VGG16", "VGG19", "ResNet50", "ResNet101", "ResNet152", "ResNet50V2", "ResNet101V2", "ResNet152V2", "InceptionV3",
    "InceptionResNetV2", "Xception", "DenseNet121", "DenseNet169", "DenseNet201", "NASNetMobile", "NASNetLarge",
    *(f"EfficientNetB{i}" for i in range(1, 8)), *(f"EfficientNetV2{s}" for s in ("B1", "B2", "B3", "S", "M", "L")),
    *(f"ConvNeXt{s}" for s in ("Tiny", "Small", "Base", "Large", "XLarge")),
]  # fmt: skip
# Where outputs are compared: one of each kind, with the smallest image that it takes.
SIZES = {
    "VGG16": 32, "ResNet50": 32, "ResNet50V2": 32, "DenseNet121": 32, "MobileNet": 32, "MobileNetV2": 32,
    "MobileNetV3Small": 32, "MobileNetV3Large": 40, "EfficientNetB0": 37, "EfficientNetV2B0": 32, "ConvNeXtTiny": 32,
    "NASNetMobile": 64, "Xception": 71, "InceptionV3": 75, "InceptionResNetV2": 75,
}  # fmt: skip


def slow_beyond(names, fast):
    return [name if name in fast else pytest.param(name, marks=pytest.mark.slow) for name in names]


@pytest.fixture
def no_draws(monkeypatch):
    """Fresh weights of both are zeros: only names and shapes matter."""
    import keras

    import lamina.initializers as ours

    monkeypatch.setattr(ours.VarianceScaling, "__call__", lambda self, s, dtype=None: np.broadcast_to(np.float32(0), s))
    monkeypatch.setattr(keras.initializers.VarianceScaling, "__call__", lambda self, s, dtype=None: keras.ops.zeros(s))


def describe(model):
    """Class and name of each operation, the names of those before it, and its weights."""
    by_name = {layer.name: layer for layer in model.layers}
    for layer in model.get_config()["layers"]:
        weights = by_name[layer["name"]].weights if layer["name"] in by_name else []
        before = []

        def note(x, before=before):
            if isinstance(x, dict) and x.get("class_name") == "__keras_tensor__":
                before.append(x["config"]["keras_history"][0])
            elif isinstance(x, (dict, list, tuple)):
                for part in x.values() if isinstance(x, dict) else x:
                    note(part)

        note([node["args"] for node in layer["inbound_nodes"]])
        yield layer["class_name"], layer["name"], before, [(w.path, tuple(w.shape)) for w in weights]


@pytest.mark.parametrize("name", slow_beyond([*SMALL, *LARGE], SMALL))
@pytest.mark.parametrize("include_top", [True, False])
def test_same_layers_and_weights(name, include_top, no_draws):
    import keras

    arguments = {"weights": None, "include_top": include_top}
    if not include_top:
        arguments |= {"input_shape": (96, 128, 3), "pooling": "max"}
    ours, theirs = getattr(applications, name)(**arguments), getattr(keras.applications, name)(**arguments)
    assert ours.name == theirs.name and ours.output_shape == theirs.output_shape
    assert ours.count_params() == theirs.count_params()
    for mine, other in zip(describe(ours), describe(theirs), strict=True):
        assert mine == other


def lively(path, shape, rng, gain):
    """Weights with which a signal neither dies nor drowns on its way through a hundred layers."""
    name = path.rpartition("/")[2]
    if name in ("moving_variance", "gamma", "variance", "variable"):
        return rng.uniform(0.7, 1.3, shape)
    if "kernel" not in name:
        return rng.normal(0, 0.1, shape)
    inputs = shape[:2] if len(shape) == 4 and shape[3] == 1 else shape[:-1]  # of a depthwise kernel the image alone
    return rng.normal(0, (gain / np.prod(inputs)) ** 0.5, shape)


@pytest.mark.parametrize("name", slow_beyond(SIZES, SMALL))
def test_same_outputs_for_the_same_weights(name):
    import keras

    size = SIZES[name]
    arguments = {"weights": None, "input_shape": (size, size, 3), "classes": 10, "classifier_activation": None}
    theirs, ours = getattr(keras.applications, name)(**arguments), getattr(applications, name)(**arguments)
    rng = np.random.default_rng(0)
    gain = 5.0 if name == "EfficientNetB0" else 1.5  # its blocks halve the signal once more
    weights = [lively(w.path, tuple(w.shape), rng, gain).astype(w.dtype) for w in theirs.weights]
    theirs.set_weights(weights)
    for layer in theirs.layers:
        if isinstance(layer, keras.layers.Normalization):
            layer.finalize_state()  # Keras's goes on with the statistics of before
    ours.set_weights(weights)
    x = rng.uniform(0, 255, (2, size, size, 3)).astype("float32")
    expected = keras.ops.convert_to_numpy(theirs(x, training=False))
    largest = np.abs(expected).max()
    assert np.isfinite(largest) and np.abs(expected[0] - expected[1]).max() > 1e-3 * largest
    np.testing.assert_allclose(ops.convert_to_numpy(ours(x)), expected, atol=1e-4 * largest)


def test_their_file_is_read_here(tmp_path):
    import keras

    theirs = keras.applications.MobileNetV3Small(weights=None, include_top=False, input_shape=(32, 32, 3))
    theirs.save_weights(tmp_path / "w.weights.h5")
    ours = applications.MobileNetV3Small(weights=tmp_path / "w.weights.h5", include_top=False, input_shape=(32, 32, 3))
    tree.map_structure(np.testing.assert_array_equal, ours.get_weights(), theirs.get_weights())
    ours.save(tmp_path / "m.keras")
    again = keras.models.load_model(tmp_path / "m.keras")
    assert [layer.name for layer in again.layers] == [layer.name for layer in ours.layers]


def test_same_images():
    import keras

    x = np.random.default_rng(0).integers(0, 256, (2, 4, 4, 3)).astype("float32")
    for family in ("vgg16", "resnet_v2", "densenet", "efficientnet", "convnext", "mobilenet_v3", "nasnet"):
        expected = getattr(keras.applications, family).preprocess_input(x.copy())
        np.testing.assert_allclose(
            getattr(lamina.applications, family).preprocess_input(x), expected, rtol=1e-5, atol=1e-5
        )
