"""The same seed gives the same augmented images on every engine, for every layer that draws."""

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

import lamina

PROGRAM = Path(__file__).parent / "augmented.py"


def on(engine, path):
    environment = {**os.environ, "LAMINA_ENGINE": engine, "JAX_PLATFORMS": "cpu"}
    done = subprocess.run([sys.executable, PROGRAM, str(path)], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return dict(np.load(path))


def here():
    spec = importlib.util.spec_from_file_location("augmented", PROGRAM)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module.augmented()


def check_same(native, other):
    assert set(native) == set(other) and len(native) > 80
    for name, expected in native.items():
        # To 1e-5 of the range of values, which is 255 for images.
        near = 1e-5 * (255 if "images" in name else 1)
        np.testing.assert_allclose(other[name], expected, rtol=0, atol=near, err_msg=name)


@pytest.mark.skipif(lamina.config.backend() == "native", reason="this engine is compared with the native one")
def test_augmentation_is_that_of_the_native_engine(tmp_path):
    check_same(on("native", tmp_path / "native.npz"), here())


def test_every_layer_draws():
    found = here()
    changed = {name.split()[0] for name in found if not np.array_equal(found[name], found[name[:-1] + "1"])}
    assert changed == {name.split()[0] for name in found}
