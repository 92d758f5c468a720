"""The same seed gives the same augmented images on every engine."""

import os
import subprocess
import sys

import numpy as np
import pytest

import lamina

PROGRAM = """
import sys
import numpy as np
import lamina
from lamina import layers, ops

x = np.random.default_rng(0).uniform(0, 255, (4, 12, 10, 3)).astype("float32")
labels = np.eye(4, dtype="float32")
made = {
    "flip": layers.RandomFlip(seed=1), "rotation": layers.RandomRotation(0.2, seed=2), "zoom": layers.RandomZoom(0.3, seed=3),
    "translation": layers.RandomTranslation(0.2, 0.3, seed=4), "crop": layers.RandomCrop(7, 6, seed=5),
    "contrast": layers.RandomContrast(0.5, seed=6), "brightness": layers.RandomBrightness(0.4, seed=7),
    "hue": layers.RandomHue(0.4, seed=8), "saturation": layers.RandomSaturation(0.5, seed=9),
    "jitter": layers.RandomColorJitter(brightness_factor=0.2, contrast_factor=0.3, seed=10),
    "posterization": layers.RandomPosterization(4, seed=11), "invert": layers.RandomInvert(0.5, seed=12),
    "shear": layers.RandomShear(0.3, 0.2, seed=13), "perspective": layers.RandomPerspective(0.8, 0.5, seed=14),
    "blur": layers.RandomGaussianBlur(seed=15), "erasing": layers.RandomErasing(fill_value=0.0, seed=16),
    "grayscale": layers.RandomGrayscale(0.5, seed=17), "sharpness": layers.RandomSharpness(0.6, seed=18),
    "augment": layers.RandAugment(seed=19), "aug mix": layers.AugMix(seed=20),
}
found = {name: ops.convert_to_numpy(layer(x, training=True)) for name, layer in made.items()}
for name in ("MixUp", "CutMix"):
    mixed = getattr(layers, name)(seed=21)({"images": x, "labels": labels}, training=True)
    found |= {f"{name} {part}": ops.convert_to_numpy(value) for part, value in mixed.items()}
np.savez(sys.argv[1], **found)
"""


def augmented(engine, path):
    environment = {**os.environ, "LAMINA_ENGINE": engine, "JAX_PLATFORMS": "cpu"}
    done = subprocess.run([sys.executable, "-c", PROGRAM, str(path)], env=environment, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr[-3000:]
    return np.load(path)


@pytest.mark.peer
@pytest.mark.skipif(lamina.config.backend() != "native", reason="the native engine is compared with the others")
@pytest.mark.parametrize("engine", ["jax", "torch"])
def test_augmentation_is_the_same(engine, tmp_path):
    pytest.importorskip(engine)
    ours, theirs = augmented("native", tmp_path / "native.npz"), augmented(engine, tmp_path / "other.npz")
    for name in ours.files:
        # A rounding may put a sample on the other side of a border: of a few pixels at most.
        near = np.isclose(ours[name], theirs[name], rtol=1e-3, atol=0.5)
        assert near.mean() > 0.99, f"{name}: {near.mean():.3f} of the values agree"
