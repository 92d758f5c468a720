"""What every layer that changes images at random gives on the engine that LAMINA_ENGINE names.

python augmented.py augmented.npz
"""

import inspect
import sys
from collections.abc import Iterator

import numpy as np

from lamina import layers, ops
from lamina.layers.preprocessing.image._base import ImageLayer

# Arguments that other layers than these can do without, and those with which a layer draws more than by default.
NEEDED = {
    "RandomBrightness": {"factor": 0.4},
    "RandomColorDegeneration": {"factor": 0.6},
    "RandomContrast": {"factor": 0.5},
    "RandomCrop": {"height": 7, "width": 6},
    "RandomHue": {"factor": 0.4},
    "RandomPosterization": {"factor": 4},
    "RandomRotation": {"factor": 0.2},
    "RandomSaturation": {"factor": 0.5},
    "RandomSharpness": {"factor": 0.6},
    "RandomTranslation": {"height_factor": 0.2, "width_factor": 0.3},
    "RandomZoom": {"height_factor": 0.3},
}
MORE = {
    "RandomColorJitter": {
        "brightness_factor": 0.2,
        "contrast_factor": 0.3,
        "saturation_factor": 0.3,
        "hue_factor": 0.2,
    },
    "RandomShear": {"x_factor": 0.3, "y_factor": 0.2},
    "RandAugment": {"num_ops": 3},
    "Solarization": {"addition_factor": 0.3, "threshold_factor": 0.5},
}
CALLS = 2


def random_layers() -> Iterator[tuple[str, type]]:
    """All that are public."""
    for name in layers.__all__:
        cls = getattr(layers, name)
        if isinstance(cls, type) and issubclass(cls, ImageLayer) and cls.is_random:
            yield name, cls


def pictures() -> np.ndarray:
    """Four, smooth, so that a rounding of a place moves a value no more than a rounding."""
    i, y, x, channel = np.mgrid[:4, :12, :10, :3]
    waves = (50 + 10 * i) * np.sin(0.31 * y + 0.7 * channel) + 40 * np.cos(0.23 * x + 0.4 * i + channel)
    return (127 + waves).astype("float32")


def augmented() -> dict[str, np.ndarray]:
    """By layer, part and call."""
    data = {"images": pictures(), "labels": np.eye(4, dtype="float32")}
    found = {}
    for name, cls in random_layers():
        assert (name in NEEDED) == any(
            p.default is p.empty and p.kind is p.POSITIONAL_OR_KEYWORD and p.name != "self"
            for p in inspect.signature(cls.__init__).parameters.values()
        ), f"{name}: NEEDED must tell its arguments"
        layer = cls(seed=3, **NEEDED.get(name, {}), **MORE.get(name, {}))
        for call in range(CALLS):
            parts = layer(data, training=True)
            found |= {f"{name} {part} {call}": ops.convert_to_numpy(value) for part, value in parts.items()}
    return found


if __name__ == "__main__":
    np.savez(sys.argv[1], **augmented())
