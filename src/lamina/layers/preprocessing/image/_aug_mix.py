from typing import Any, Unpack

from lamina import ops
from lamina._checks import check_each, check_one_of, check_positive, check_positive_int
from lamina._public import public
from lamina.ops._image_layout import SAMPLING
from lamina.random import _same as same

from ._alternatives import Alternatives
from ._base import ImageArguments, bounds_of, range_of

_STRONGER = ("random_brightness", "random_color_degeneration", "random_contrast", "random_sharpness")


@public("layers.AugMix")
class AugMix(Alternatives):
    """In training mixes images with several changed versions of them, each by a chain of layers chosen at random.

    The layers are those of shear, translation, rotation, posterization and solarization, `AutoContrast`, `Equalization`, and
    none.

    Args:
        value_range: the least and greatest value of a pixel.
        num_chains: how many versions, a positive int.
        chain_depth: how many layers each goes through, a positive int.
        factor: bounds of the strength of each, two numbers in [0, 1] or one, the greatest.
        alpha: of the Dirichlet and Beta distributions of the weights, a positive number.
        all_ops: whether brightness, colour, contrast and sharpness change too.
        interpolation: "bilinear" or "nearest".
        seed: int or None.
        data_format: "channels_last", "channels_first" or None for the default.

    Input `(batch, height, width, channels)` or one image without the batch, or a dict with "images" and perhaps "labels",
    "bounding_boxes" and "segmentation_masks", which stay: much of each image does.
    Output of the same shape in the compute dtype.
    Example:
        >>> layers.AugMix(seed=0)(ops.ones((2, 8, 8, 3)), training=True).shape
        (2, 8, 8, 3)

    Reference: Hendrycks et al., AugMix, 2020, https://arxiv.org/abs/1912.02781.
    """

    config_names = ("value_range", "num_chains", "chain_depth", "factor", "alpha", "all_ops", "interpolation")

    def __init__(
        self,
        value_range: Any = (0, 255),
        num_chains: int = 3,
        chain_depth: int = 3,
        factor: Any = 0.3,
        alpha: float = 1.0,
        all_ops: bool = True,
        interpolation: str = "bilinear",
        seed: Any = None,
        data_format: str | None = None,
        **kwargs: Unpack[ImageArguments],
    ):
        super().__init__(seed=seed, data_format=data_format, **kwargs)
        check_each(check_positive_int, self._owner, num_chains=num_chains, chain_depth=chain_depth)
        check_positive(alpha, "alpha", self._owner)
        check_one_of(interpolation, SAMPLING, "interpolation", self._owner)
        self.value_range = range_of(value_range, self._owner)
        self.num_chains = num_chains
        self.chain_depth = chain_depth
        self.factor = bounds_of(factor, "factor", self._owner, 0, 1)
        self.alpha = alpha
        self.all_ops = all_ops
        self.interpolation = interpolation
        made = self._made().items()
        self._layers_by_name = {name: layer for name, layer in made if all_ops or name not in _STRONGER}

    def _drawn(self, shape: tuple[int, ...], seed: Any) -> dict[str, Any]:
        parts = same.gamma((self.num_chains,), self.alpha, seed, by_sample=False)
        return {
            "chain_mixing_weights": parts / ops.sum(parts),
            "weight_sample": same.beta((), self.alpha, self.alpha, seed),
            **self._choices(seed, (self.num_chains, self.chain_depth), len(self._layers_by_name) + 1),
        }

    def _changed(self, images: Any, transformation: Any) -> Any:
        shape, mixed = tuple(images.shape), ops.zeros_like(images)
        layers = [*self._layers_by_name.values(), None]
        for chain in range(self.num_chains):
            x = images
            for step in range(self.chain_depth):
                which, pair = (transformation[k][chain, step] for k in ("layer_idxes", "seeds"))
                x = self._one_of(layers, which, pair, "images", x, shape)
            mixed = mixed + x * ops.cast(transformation["chain_mixing_weights"][chain], x.dtype)
        weight = ops.cast(transformation["weight_sample"], images.dtype)
        return ops.clip(weight * images + (1 - weight) * mixed, *self.value_range)
