"""`from keras.x import y` of an absent name says so in lamina's words, with the nearest name."""

import importlib

import pytest


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("from keras.layers import Dens", r"no 'Dens' in what 'keras.layers' .*Did you mean 'Dense'"),
        ("from tensorflow.keras.optimizers import Adamm", r"no 'Adamm' in what 'tensorflow.keras.optimizers' .*'Adam'"),
        ("from keras.layers.core import Dens", r"no 'Dens' in what 'keras.layers.core' stands for"),
        ("from keras import layer", r"no 'layer' in what 'keras' stands for .*Did you mean 'layers'"),
        ("from keras.preprocessing.image import Absent", r"no 'Absent' in what 'keras.preprocessing.image' stands for"),
        ("from keras.applications.vgg16 import VGG", r"no 'VGG' in what 'keras.applications.vgg16' .*'VGG16'"),
        ("from tensorflow import reduce_summ", r"no 'reduce_summ' in what 'tensorflow' .*Did you mean 'reduce_sum'"),
        ("from tensorflow import estimator", r"tensorflow.estimator is not part of the thin tensorflow .*Sequential"),
        ("from tensorflow.nn import rel", r"no 'rel' in what 'tensorflow.nn' .*Did you mean 'relu'"),
    ],
)
@pytest.mark.filterwarnings("ignore:keras.layers.core")
def test_from_import(installed, statement, message):
    with pytest.raises(ImportError, match=message):
        exec(statement)


def test_modules_that_are_not_there(installed):
    with pytest.raises(ModuleNotFoundError, match="No module named 'keras.layers.absent'"):
        importlib.import_module("keras.layers.absent")


@pytest.mark.parametrize("root", ["keras", "tensorflow.keras", "tf_keras"])
def test_star_brings_the_submodules(installed, root):
    names = {}
    exec(f"from {root} import *", names)
    assert {"layers", "models", "ops", "optimizers", "applications", "utils", "Sequential", "Input"} <= set(names)
    assert names["layers"] is importlib.import_module(f"{root}.layers")
