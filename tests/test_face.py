"""The public face: names load, the table is current, importing is light."""

import importlib
import json
import subprocess
import sys

import pytest

import lamina
from lamina._names import NAMES, SUBMODULES


@pytest.mark.parametrize("namespace", sorted(NAMES))
def test_every_name_loads_and_says_where_it_lives(namespace):
    for name, (home, attribute) in NAMES[namespace].items():
        thing = getattr(importlib.import_module(home), attribute)
        if namespace.count(".") or namespace == "preprocessing":
            continue
        holder = importlib.import_module(f"lamina.{namespace}") if namespace else lamina
        assert getattr(holder, name) is thing, f"{namespace}.{name}"


def test_import_loads_neither_numpy_nor_any_extra():
    code = "import sys, json, lamina; print(json.dumps(sorted(sys.modules)))"
    loaded = set(json.loads(subprocess.check_output([sys.executable, "-c", code])))
    heavy = {
        "numpy",
        "h5py",
        "rich",
        "pandas",
        "matplotlib",
        "PIL",
        "torch",
        "jax",
        "tensorflow",
        "narwhals",
        "click",
        "ml_dtypes",
    }
    assert not loaded & heavy


@pytest.mark.native_only("other engines load their library")
def test_training_loads_no_extra():
    code = (
        "import sys, json, numpy as np, lamina\n"
        "m = lamina.Sequential([lamina.Input((2,)), lamina.layers.Dense(1)])\n"
        "m.compile('sgd', 'mse')\n"
        "m.fit(np.ones((4, 2)), np.ones((4, 1)), verbose=0)\n"
        "print(json.dumps(sorted(sys.modules)))"
    )
    loaded = set(json.loads(subprocess.check_output([sys.executable, "-c", code])))
    assert not loaded & {"pandas", "matplotlib", "torch", "jax", "tensorflow", "rich", "click", "h5py", "narwhals"}


def test_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="'lamina' has no attribute 'Sequentiel'"):
        lamina.Sequentiel  # noqa: B018
    assert "Sequential" in dir(lamina)


@pytest.mark.parametrize("namespace", ["", "layers", "optimizers", "optimizers.schedules", "plot", "datasets.mnist"])
def test_completion_offers_what_is_public_and_nothing_else(namespace):
    module = importlib.import_module(f"lamina.{namespace}".rstrip("."))
    assert {name for name in dir(module) if not name.startswith("__")} == {
        *NAMES[namespace],
        *SUBMODULES.get(namespace, ()),
    }
