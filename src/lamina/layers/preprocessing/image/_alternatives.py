"""The base of layers that choose at random among other layers."""

from typing import Any

import numpy as np

from lamina import ops
from lamina.random import _same as same

from ._auto_contrast import AutoContrast
from ._base import ImageLayer
from ._equalization import Equalization
from ._random_brightness import RandomBrightness
from ._random_color_degeneration import RandomColorDegeneration
from ._random_contrast import RandomContrast
from ._random_posterization import RandomPosterization
from ._random_rotation import RandomRotation
from ._random_sharpness import RandomSharpness
from ._random_shear import RandomShear
from ._random_translation import RandomTranslation
from ._solarization import Solarization


class Fork:
    """A generator of seeds that follow from one seed, so that what a branch draws is settled before it is chosen."""

    def __init__(self, pair: Any):
        self._pair = pair
        self._count = 0

    def next(self) -> Any:
        self._count += 1
        return ops.add(self._pair, np.array([0, self._count], "uint32"))


class Alternatives(ImageLayer):
    """Holds layers of one strength, of which "layer_idxes" of the transformation name one for each of "seeds"."""

    factor: tuple[float, float]
    value_range: tuple[float, float]
    interpolation: str

    def _made(self, **more: Any) -> dict[str, ImageLayer]:
        """The layers in the order of Keras's RandAugment."""
        common = {"data_format": "channels_last", "dtype": self.dtype_policy, **more}
        moved = {**common, "interpolation": self.interpolation, "seed": self.seed}
        still = {**common, "value_range": self.value_range}
        drawn = {**still, "seed": self.seed}
        f = self.factor
        return {
            "random_shear": RandomShear(f, f, **moved),
            "random_translation": RandomTranslation(f, f, **moved),
            "random_rotation": RandomRotation(f, **moved),
            "random_brightness": RandomBrightness(f, **drawn),
            "random_color_degeneration": RandomColorDegeneration(f, **drawn),
            "random_contrast": RandomContrast(f, **drawn),
            "random_sharpness": RandomSharpness(f, **drawn),
            "random_posterization": RandomPosterization(max(1, int(8 * f[1])), **drawn),
            "solarization": Solarization(f, f, **drawn),
            "auto_contrast": AutoContrast(**still),
            "equalization": Equalization(**still),
        }

    def _choices(self, seed: Any, shape: tuple[int, ...], count: int) -> dict[str, Any]:
        seeds = same.words((*shape, 2), seed, by_sample=False)
        return {
            "layer_idxes": same.integers(shape, 0, count, seed, by_sample=False),
            "seeds": ops.cast(seeds, "uint32"),
        }

    def _one_of(self, layers: Any, which: Any, pair: Any, part: str, x: Any, shape: tuple[int, ...]) -> Any:
        """`x`, a part of images of `shape`, as the chosen layer changes it; None of `layers` changes nothing."""

        def branch(layer: Any) -> Any:
            if layer is None:
                return lambda: x
            return lambda: getattr(layer, f"transform_{part}")(
                x, {**layer._drawn(shape, Fork(pair)), "input_shape": shape}
            )

        return ops.switch(which, [branch(layer) for layer in layers])
