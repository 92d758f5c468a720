import importlib
import sys
import types

import pytest

import lamina
from lamina import compat
from lamina.compat._modules import SPECIAL
from lamina.compat._tables import ALSO, MODULES, OLD_MODULES, OLD_NAMES
from lamina.compat._tensorflow import TENSORFLOW

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def roots():
    return {name.partition(".")[0] for name in sys.modules}


def test_uninstall_restores_what_was_there(monkeypatch):
    real, inner = types.ModuleType("keras"), types.ModuleType("keras.layers")
    monkeypatch.setitem(sys.modules, "keras", real)
    monkeypatch.setitem(sys.modules, "keras.layers", inner)
    finders, before = list(sys.meta_path), set(sys.modules)
    compat.install()
    compat.install()
    assert importlib.import_module("keras") is not real
    importlib.import_module("tensorflow.keras.layers")
    importlib.import_module("tf_keras.layers.core")
    compat.uninstall()
    assert sys.modules["keras"] is real and sys.modules["keras.layers"] is inner
    assert not any(
        name.startswith(("tensorflow", "tf_keras", "keras.layers.core")) for name in set(sys.modules) - before
    )
    assert sys.meta_path == finders
    compat.uninstall()
    assert sys.modules["keras"] is real


def test_importing_lamina_hides_nothing():
    importlib.import_module("lamina.compat")
    assert not any(type(f).__module__.startswith("lamina") for f in sys.meta_path)


@pytest.mark.parametrize("root", ["keras", "tf_keras", "tensorflow.keras", "tensorflow.python.keras"])
def test_every_module_path_imports(installed, root):
    for path in (*MODULES, *OLD_MODULES):
        name = f"{root}.{path}".rstrip(".")
        module = importlib.import_module(name)
        assert module.__name__ == name and sys.modules[name] is module
        parent, _, last = name.rpartition(".")
        if parent:
            assert getattr(sys.modules[parent], last) is module


def test_tables_name_what_exists():
    for path, names in OLD_NAMES.items():
        assert path in MODULES or path in OLD_MODULES
        for namespace, name in names.values():
            assert hasattr(importlib.import_module(f"lamina.{namespace}"), name), (namespace, name)
    assert set(OLD_MODULES.values()) <= set(MODULES)
    assert set(ALSO) <= {*MODULES, *OLD_MODULES}


@pytest.mark.parametrize("path", [p for p in MODULES if p])
def test_names_are_laminas_own(installed, path):
    module = importlib.import_module(f"keras.{path}")
    own = importlib.import_module(f"lamina.{path}")
    for name in set(module.__all__) - set(SPECIAL.get(path, {})):
        if f"{path}.{name}" in MODULES:
            assert getattr(module, name) is importlib.import_module(f"keras.{path}.{name}")
        else:
            assert getattr(module, name) is getattr(own, name)
    assert set(module.__all__) <= set(dir(module))


def test_top_level(installed):
    keras = importlib.import_module("keras")
    assert keras.Sequential is lamina.Sequential
    assert keras.layers.Dense is lamina.layers.Dense
    assert {"layers", "Model", "utils"} <= set(dir(keras))
    assert "layers.core" not in dir(keras)


def test_what_is_missing(installed):
    with pytest.raises(ModuleNotFoundError, match="lamina stands in for keras here") as caught:
        importlib.import_module("keras.applications.resnet_imaginary")
    assert caught.value.name == "keras.applications.resnet_imaginary"
    layers = importlib.import_module("keras.layers")
    with pytest.raises(AttributeError, match="no 'NoSuchLayer' in what 'keras.layers' stands for"):
        layers.NoSuchLayer  # noqa: B018
    assert not hasattr(layers, "NoSuchLayer")


def test_thin_tensorflow(installed):
    tf = importlib.import_module("tensorflow")
    for fullname in TENSORFLOW:
        module = importlib.import_module(fullname)
        for name in module.__all__:
            assert getattr(module, name) is TENSORFLOW[fullname][name]
    assert tf.keras.layers.Dense is lamina.layers.Dense
    assert tf.math.reduce_sum is tf.reduce_sum
    with pytest.raises(AttributeError, match=r"tensorflow.estimator is not part .*Sequential"):
        tf.estimator  # noqa: B018
    with pytest.raises(AttributeError, match="no 'no_such_thing' in what 'tensorflow' stands for"):
        tf.no_such_thing  # noqa: B018


def test_old_names_note_once(installed):
    with pytest.warns(DeprecationWarning, match=r"keras.optimizers.adam is a name") as notes:
        optimizers = importlib.import_module("keras.optimizers")
        assert optimizers.adam is lamina.optimizers.Adam
        assert importlib.import_module("tensorflow.keras.optimizers").adam is lamina.optimizers.Adam
    assert len(notes) == 1
