"""Small model files by old versions of Keras, with what those versions predict, for `tests/saving/golden/`.

    python scripts/make_golden_files.py tests/saving/golden

Run by hand, once in an environment of each version (`tests/saving/golden/README.md` says which, and how they were made). Each
model is trained for some steps, saved with its optimizer, loaded again and trained on; `expected.npz` holds inputs, targets,
what was predicted at the time of saving, and after the further steps. Runs on Python 3.6 and later.
"""

import json
import os
import sys

import h5py
import keras
import numpy as np
import tensorflow

if keras.__version__.startswith("2.") and int(keras.__version__.split(".")[1]) > 3:
    from tensorflow import keras as api  # since 2.4 it is the one of TensorFlow
else:
    api = keras
VERSION = tuple(int(part) for part in keras.__version__.split(".")[:2])
IS_FIRST = VERSION < (2, 0)
layers, models, optimizers = api.layers, api.models, api.optimizers
BEFORE, AFTER = 3, 3  # steps of training before the file is saved, and after


def conv(filters, size, **kwargs):
    if IS_FIRST:
        return layers.Convolution2D(filters, size, size, dim_ordering="tf", **kwargs)
    return layers.Conv2D(filters, size, **kwargs)


def pool():
    return layers.MaxPooling2D((2, 2), **({"dim_ordering": "tf"} if IS_FIRST else {}))


def model_of(inputs, outputs):
    if IS_FIRST:
        return models.Model(input=inputs, output=outputs)
    return models.Model(inputs=inputs, outputs=outputs)


def joined(tensors):
    if IS_FIRST:
        return layers.merge(tensors, mode="concat")
    return layers.concatenate(tensors)


def dense():
    model = models.Sequential(
        [
            layers.Dense(5, activation="relu", input_shape=(4,), name="first"),
            layers.Dropout(0.0, name="drop"),
            layers.Dense(3, activation="softmax", name="last"),
        ]
    )
    return model, optimizers.SGD(0.1, momentum=0.9, nesterov=True), "categorical_crossentropy", (4,), 3


def convolution():
    model = models.Sequential(
        [
            conv(3, 3, activation="relu", input_shape=(6, 6, 2), name="conv"),
            layers.BatchNormalization(name="norm"),
            pool(),
            layers.Flatten(name="flat"),
            layers.Dense(2, name="last"),
        ]
    )
    return model, optimizers.Adam(0.01), "mse", (6, 6, 2), 2


def lstm():
    model = models.Sequential([layers.LSTM(4, input_shape=(5, 3), name="lstm"), layers.Dense(2, name="last")])
    return model, optimizers.RMSprop(0.01), "mse", (5, 3), 2


def gru():
    model = models.Sequential([layers.GRU(4, input_shape=(5, 3), name="gru"), layers.Dense(2, name="last")])
    return model, optimizers.SGD(0.05, momentum=0.9), "mse", (5, 3), 2


def nested():
    inner = models.Sequential([layers.Dense(3, activation="tanh", input_shape=(4,), name="inner_dense")])
    x = layers.Input(shape=(4,), name="entry")
    h = inner(x)
    outputs = layers.Dense(2, name="last")(joined([h, layers.Dense(2, activation="sigmoid", name="side")(x)]))
    return model_of(x, outputs), optimizers.Adam(0.01), "mse", (4,), 2


def legacy():
    """The optimizers of before 2.11, where there are both."""
    model, _, loss, shape, units = dense()
    return model, optimizers.legacy.Adam(0.02, amsgrad=True), loss, shape, units


MODELS = [dense, convolution, lstm, gru, nested] + ([legacy] if hasattr(optimizers, "legacy") else [])


def data(shape, units):
    rng = np.random.RandomState(1)
    x = rng.rand(8, *shape).astype("float32")
    y = rng.rand(8, units).astype("float32")
    return x, y / y.sum(1, keepdims=True)


def main(root):
    folder = os.path.join(root, "keras-" + keras.__version__)
    if not os.path.isdir(folder):
        os.makedirs(folder)
    expected = {}
    for make in MODELS:
        np.random.seed(0)
        model, optimizer, loss, shape, units = make()
        model.compile(optimizer=optimizer, loss=loss)
        x, y = data(shape, units)
        for _ in range(BEFORE):
            model.train_on_batch(x, y)
        name = make.__name__
        expected[name + "/x"], expected[name + "/y"] = x, y
        expected[name + "/saved"] = model.predict(x)
        for ending in [".h5"] + ([".keras"] if VERSION >= (2, 12) else []):
            path = os.path.join(folder, name + ending)
            model.save(path)
            again = models.load_model(path)
            for _ in range(AFTER):
                again.train_on_batch(x, y)
            expected[name + ending + "/trained"] = again.predict(x)
    np.savez_compressed(os.path.join(folder, "expected.npz"), **expected)
    write_versions(os.path.join(folder, "versions.json"))


def write_versions(path):
    versions = {module.__name__: module.__version__ for module in (keras, tensorflow, h5py, np)}
    versions["python"] = sys.version.split()[0]
    with open(path, "w") as file:
        json.dump(versions, file, indent=1, sort_keys=True)
        file.write("\n")


if __name__ == "__main__":
    main(sys.argv[1])
