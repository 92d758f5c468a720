"""The base of layers whose pixels move in the plane."""

from typing import Any, Unpack

from lamina import ops
from lamina._checks import check_one_of
from lamina.ops._image_layout import SAMPLING

from ..boxes._moves import inverse, projected
from ._base import ImageArguments, ImageLayer

FILL_MODES = ("reflect", "wrap", "constant", "nearest")


class MovedImages(ImageLayer):
    """Images whose pixels move in the plane. A subclass defines `_matrix`."""

    moves = True

    def __init__(
        self,
        fill_mode: str = "reflect",
        interpolation: str = "bilinear",
        seed: Any = None,
        fill_value: float = 0.0,
        data_format: str | None = None,
        **kwargs: Unpack[ImageArguments],
    ):
        super().__init__(seed=seed, data_format=data_format, **kwargs)
        check_one_of(fill_mode, FILL_MODES, "fill_mode", self._owner)
        check_one_of(interpolation, SAMPLING, "interpolation", self._owner)
        self.fill_mode = fill_mode
        self.interpolation = interpolation
        self.fill_value = fill_value

    def _matrix(self, transformation: Any, size: tuple[int, int]) -> tuple[Any, ...]:
        """The six numbers of `ops.image.affine_transform`, each `(batch,)` or one for all."""
        raise NotImplementedError(f"{type(self).__name__} must define _matrix().")

    def _projection(self, transformation: Any, size: tuple[int, int]) -> Any:
        """Where pixels of the output are read, `(batch, 8)`."""
        numbers = [ops.reshape(ops.cast(v, "float32"), (-1,)) for v in self._matrix(transformation, size)]
        batch = max(v.shape[0] for v in numbers)
        rest = ops.zeros((batch,), "float32")
        return ops.stack([*(ops.broadcast_to(v, (batch,)) for v in numbers), rest, rest], axis=1)

    def _read(self, x: Any, transformation: Any, interpolation: str) -> Any:
        projection = self._projection(transformation, tuple(x.shape[1:3]))
        return ops.image.affine_transform(
            x, projection, interpolation, self.fill_mode, self.fill_value, data_format="channels_last"
        )

    def _changed(self, images: Any, transformation: Any) -> Any:
        return self._read(images, transformation, self.interpolation)

    def _changed_masks(self, masks: Any, transformation: Any) -> Any:
        return self._read(masks, transformation, "nearest")

    def _changed_boxes(self, boxes: Any, transformation: Any, size: tuple[int, int]) -> Any:
        return projected(boxes, inverse(self._projection(transformation, size)))

    def get_config(self) -> dict[str, Any]:
        names = ("fill_mode", "interpolation", "fill_value")
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}
