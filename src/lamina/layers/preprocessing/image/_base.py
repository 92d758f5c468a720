"""The base of layers that change images at random while training."""

from typing import Any, Unpack

from lamina import _settings, ops, random
from lamina._checks import check_one_of, is_number
from lamina._typing import TensorLike
from lamina.ops._image_layout import SAMPLING
from lamina.variables import SeedGenerator

from ..._base._arguments import LayerArguments
from ..._base._layer import Layer

FILL_MODES = ("reflect", "wrap", "constant", "nearest")


class ImageLayer(Layer):
    """Images in, alone or as "images" of a dict that may hold "labels". A subclass defines `_augmented`.

    `config_names` are the arguments that the config holds beside those of every layer.
    """

    config_names: tuple[str, ...] = ()

    def __init__(self, seed: Any = None, data_format: str | None = None, **kwargs: Unpack[LayerArguments]):
        super().__init__(**kwargs)
        self.seed = seed
        self.seed_generator = SeedGenerator(seed)
        self.data_format: str = _settings.standardize_data_format(data_format)
        self._build_at_init()

    def _augmented(self, images: Any) -> Any:
        """Images `(batch, height, width, channels)` as training sees them."""
        raise NotImplementedError(f"{type(self).__name__} must define _augmented().")

    def _at_rest(self, images: Any) -> Any:
        """The same outside training."""
        return images

    def call(self, data: TensorLike, training: bool | None = True) -> Any:
        if not isinstance(data, dict):
            return self._images(data, training)
        if "images" not in data or set(data) - {"images", "labels"}:
            raise ValueError(
                f'{self._owner}: a dict must hold "images" and may hold "labels"; got {sorted(data)}. Bounding boxes and '
                "segmentation masks are not supported."
            )
        return {**data, "images": self._images(data["images"], training)}

    def _images(self, images: Any, training: bool | None) -> Any:
        x = ops.cast(images, self.compute_dtype)
        single, first = x.ndim == 3, self.data_format == "channels_first"
        if x.ndim not in (3, 4):
            raise ValueError(
                f"{self._owner}: images must be (height, width, channels), with or without a batch before; got shape "
                f"{tuple(x.shape)}."
            )
        x = ops.expand_dims(x, 0) if single else x
        x = ops.moveaxis(x, 1, -1) if first else x
        x = ops.cast(self._augmented(x) if training else self._at_rest(x), self.compute_dtype)
        x = ops.moveaxis(x, -1, 1) if first else x
        return ops.squeeze(x, 0) if single else x

    def _draw(self, images: Any, bounds: tuple[float, float]) -> Any:
        """A number for each image, spread evenly over the bounds, `(batch, 1, 1, 1)`."""
        return random.uniform((images.shape[0], 1, 1, 1), *bounds, dtype="float32", seed=self.seed_generator)

    def get_config(self) -> dict[str, Any]:
        own = {name: getattr(self, name) for name in self.config_names}
        return {**super().get_config(), **own, "seed": self.seed, "data_format": self.data_format}


def bounds_of(factor: Any, name: str, where: str, low: float, high: float) -> tuple[float, float]:
    """(lower, upper) of a factor: two numbers, or one that stands for both signs as far as `low` and `high` allow.

    Raises ValueError for anything else.
    """
    values = tuple(factor) if isinstance(factor, (tuple, list)) else (factor,)
    if len(values) not in (1, 2) or not all(is_number(v) and low <= v <= high for v in values):
        raise ValueError(f"{where}: {name} must be a number from {low} to {high}, or two of them; got {factor!r}.")
    if len(values) == 2:
        return min(values), max(values)
    return max(-abs(values[0]), low), abs(values[0])


def range_of(value: Any, where: str) -> tuple[float, float]:
    """The two ends of `value_range`. Raises ValueError unless it is two numbers."""
    if not isinstance(value, (tuple, list)) or len(value) != 2 or not all(map(is_number, value)):
        raise ValueError(f"{where}: value_range must be two numbers; got {value!r}.")
    return min(value), max(value)


class MovedImages(ImageLayer):
    """Images whose pixels move in the plane. A subclass defines `_matrix`."""

    def __init__(
        self,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: Any = None,
        fill_value: float = 0.0,
        data_format: str | None = None,
        **kwargs: Unpack[LayerArguments],
    ):
        super().__init__(seed=seed, data_format=data_format, **kwargs)
        check_one_of(fill_mode, FILL_MODES, "fill_mode", self._owner)
        check_one_of(interpolation, SAMPLING, "interpolation", self._owner)
        self.fill_mode = fill_mode
        self.interpolation = interpolation
        self.fill_value = fill_value

    def _matrix(self, images: Any) -> tuple[Any, ...]:
        """The six numbers of `ops.image.affine_transform`, each `(batch, 1, 1, 1)` or one for all."""
        raise NotImplementedError(f"{type(self).__name__} must define _matrix().")

    def _augmented(self, images: Any) -> Any:
        batch = images.shape[0]
        columns = [ops.broadcast_to(ops.reshape(ops.cast(v, "float32"), (-1,)), (batch,)) for v in self._matrix(images)]
        rest = ops.zeros((batch,), "float32")
        return ops.image.affine_transform(
            images,
            ops.stack([*columns, rest, rest], axis=1),
            self.interpolation,
            self.fill_mode,
            self.fill_value,
            data_format="channels_last",
        )

    def get_config(self) -> dict[str, Any]:
        names = ("fill_mode", "interpolation", "fill_value")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}
