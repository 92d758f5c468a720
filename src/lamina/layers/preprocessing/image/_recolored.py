"""The base of layers that change colours by a factor."""

from typing import Any, Unpack

from ._base import ImageArguments, ImageLayer, bounds_of, draw, range_of


class Recolored(ImageLayer):
    """A factor for each image, spread evenly over bounds that lie in `limits`, and the range of pixels."""

    config_names = ("factor", "value_range")
    limits: tuple[float, float] = (0, 1)

    def __init__(
        self,
        factor: Any,
        value_range: Any = (0, 255),
        data_format: str | None = None,
        seed: Any = None,
        **kwargs: Unpack[ImageArguments],
    ):
        super().__init__(seed=seed, data_format=data_format, **kwargs)
        self.factor = bounds_of(factor, "factor", self._owner, *self.limits)
        self.value_range = range_of(value_range, self._owner)

    def _drawn(self, shape: tuple[int, ...], seed: Any) -> dict[str, Any]:
        return {"factor": draw(seed, (shape[0],), self.factor)}
