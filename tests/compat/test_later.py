"""Names of Keras that are not here yet: importing them works, using them says so."""

import importlib
import importlib.machinery
import sys

import pytest

from lamina import compat
from lamina._names import NAMES
from lamina.compat._later import LATER


def test_the_table_holds_only_what_is_missing():
    there = {(path, name) for path, names in LATER.items() for name in names if name in NAMES.get(path, {})}
    assert not there


def test_import_works_and_use_does_not(installed):
    module = importlib.import_module("tensorflow.keras.layers")
    assert module.TFSMLayer.__name__ == "TFSMLayer"
    assert sys.modules["tensorflow.keras.layers"] is module
    with pytest.raises(NotImplementedError, match=r"layers.TFSMLayer is not part of lamina: write a layer"):
        module.TFSMLayer()


def test_a_missing_layer_can_be_named_subclassed_and_tested_for(installed):
    layers = importlib.import_module("keras.layers")
    absent = layers.TFSMLayer
    assert not isinstance(layers.Dense(1), absent)

    class Mine(absent):
        pass

    for made in (absent, Mine):
        with pytest.raises(NotImplementedError, match="keras.layers.TFSMLayer is not part of lamina"):
            made()
    with pytest.raises(AttributeError):
        absent.from_config  # noqa: B018


def test_a_missing_part_of_tensorflow_can_be_named_to_any_depth(installed):
    tf = importlib.import_module("tensorflow")
    hint = dict[str, tf.tpu.experimental.embedding.FeatureConfig | int]
    assert "FeatureConfig" in repr(hint)
    with pytest.raises(NotImplementedError, match=r"tensorflow.tpu.experimental.initialize_tpu_system is not part"):
        tf.tpu.experimental.initialize_tpu_system()


def test_tensorboard_is_the_last_thing_looked_for(monkeypatch):
    def hidden(name, *args, find=importlib.machinery.PathFinder.find_spec):
        return None if name.partition(".")[0] == "tensorboard" else find(name, *args)

    monkeypatch.setattr(importlib.machinery.PathFinder, "find_spec", hidden)  # one that is installed
    for name in [name for name in sys.modules if name.partition(".")[0] == "tensorboard"]:
        monkeypatch.delitem(sys.modules, name)
    with pytest.raises(ModuleNotFoundError):
        importlib.import_module("tensorboard.plugins.hparams")
    compat.install()
    try:
        api = importlib.import_module("tensorboard.plugins.hparams").api
        with pytest.raises(NotImplementedError, match="install tensorboard"):
            api.KerasCallback("logs")
    finally:
        compat.uninstall()
    assert not any(name.partition(".")[0] == "tensorboard" for name in sys.modules)
