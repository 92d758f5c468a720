"""The base of layers that change images, and with them labels, boxes and masks."""

from typing import Any, Unpack

from lamina import _settings, ops
from lamina._checks import is_number
from lamina._typing import TensorLike
from lamina.random import _same as same
from lamina.variables import SeedGenerator

from ..._base._arguments import LayerArguments
from ..._base._layer import Layer
from .._converts_weight import ConvertsWeight
from ..boxes._formats import convert_format
from ..boxes._moves import clip_to_image_size

PARTS = ("images", "bounding_boxes", "labels", "segmentation_masks")


class ImageArguments(LayerArguments, total=False):
    """What image layers hand on to their base."""

    bounding_box_format: str | None


class ImageLayer(ConvertsWeight, Layer):
    """Images in, alone or as "images" of a dict beside "labels", "bounding_boxes" and "segmentation_masks".

    What a call draws is one value, the transformation, which then is applied to each part. A subclass defines `_drawn` and
    `_changed`; where pixels move, sets `moves` and defines `_changed_masks` and `_changed_boxes`. All of them see batches,
    channels last.

    `config_names` are the arguments that the config holds beside those of every layer.
    """

    config_names: tuple[str, ...] = ()
    is_random = True
    moves = False
    # Whether images change outside training too.
    acts_at_rest = False

    def __init__(
        self,
        seed: Any = None,
        data_format: str | None = None,
        bounding_box_format: str | None = None,
        **kwargs: Unpack[LayerArguments],
    ):
        super().__init__(**kwargs)
        self.data_format: str = _settings.standardize_data_format(data_format)
        self.bounding_box_format = bounding_box_format
        if self.is_random:
            self.seed = seed
            self.generator = SeedGenerator(seed)
        self._build_at_init()

    # What a subclass defines.

    def _drawn(self, shape: tuple[int, ...], seed: Any) -> dict[str, Any]:
        """What is random for images `(batch, height, width, channels)` of that shape."""
        return {}

    def _changed(self, images: Any, transformation: Any) -> Any:
        """Images as training sees them."""
        raise NotImplementedError(f"{type(self).__name__} must define _changed().")

    def _changed_labels(self, labels: Any, transformation: Any) -> Any:
        return labels

    def _changed_masks(self, masks: Any, transformation: Any) -> Any:
        return masks

    def _changed_boxes(self, boxes: Any, transformation: Any, size: tuple[int, int]) -> Any:
        """Corners `(batch, boxes, 4)` after images of `size` moved."""
        raise NotImplementedError(f"{type(self).__name__} must define _changed_boxes().")

    def _size_after(self, size: tuple[int, int]) -> tuple[int, int]:
        return size

    # What a user may call.

    def call(self, data: TensorLike, training: bool | None = True) -> Any:
        if isinstance(data, dict) and "images" not in data:
            raise ValueError(f'{self._owner}: a dict must hold "images"; got {sorted(data)}.')
        transformation = self.get_random_transformation(data, training=training)
        if not isinstance(data, dict):
            return self.transform_images(data, transformation, training)
        single = ops.ndim(data["images"]) == 3
        names = ("image", "bounding_box", "label", "segmentation_mask")
        done = dict(data)
        for part, name in zip(PARTS, names):
            if part in data:
                change = getattr(self, f"transform_single_{name}" if single else f"transform_{part}")
                done[part] = change(data[part], transformation, training)
        return done

    def get_random_transformation(self, data: Any, training: bool | None = True, seed: Any = None) -> Any:
        """What is random in one call: a dict that the `transform_...` methods take, or None outside training.

        Args:
            data: images or a dict that holds them.
            training: whether this is training.
            seed: int, SeedGenerator or None for the layer's own.
        """
        if not (training or self.acts_at_rest):
            return None
        images = data["images"] if isinstance(data, dict) else data
        shape = tuple(images.shape)
        if len(shape) not in (3, 4):
            raise ValueError(
                f"{self._owner}: images must be (height, width, channels), with or without a batch before; got shape "
                f"{shape}."
            )
        drawn = self._drawn(self._last(shape), getattr(self, "generator", None) if seed is None else seed)
        return {**drawn, "input_shape": shape}

    def transform_images(self, images: TensorLike, transformation: Any = None, training: bool | None = True) -> Any:
        """Images, with or without a batch, changed as `transformation` says."""
        images = self._as_floats(images)
        return (
            self._in_layout(self._changed, images, transformation) if self._acts(transformation, training) else images
        )

    def transform_labels(self, labels: TensorLike, transformation: Any = None, training: bool | None = True) -> Any:
        """Labels of a batch of images that were changed so."""
        return self._changed_labels(labels, transformation) if self._acts(transformation, training) else labels

    def transform_segmentation_masks(
        self, segmentation_masks: TensorLike, transformation: Any = None, training: bool | None = True
    ) -> Any:
        """Masks of the images' rank, of any number of channels, moved as the images."""
        if not self._acts(transformation, training):
            return segmentation_masks
        return self._in_layout(self._changed_masks, ops.convert_to_tensor(segmentation_masks), transformation)

    def transform_bounding_boxes(
        self, bounding_boxes: dict[str, Any], transformation: Any = None, training: bool | None = True
    ) -> Any:
        """A dict of "boxes" `(batch, boxes, 4)` and "labels" `(batch, boxes)` after its images moved.

        Raises ValueError for other dicts, and if the layer has no `bounding_box_format`.
        """
        self._check_boxes(bounding_boxes)
        if not self.moves or not self._acts(transformation, training):
            return bounding_boxes
        height, width, _ = self._last(transformation["input_shape"])[-3:]
        tall, wide = self._size_after((height, width))
        boxes = convert_format(bounding_boxes["boxes"], self.bounding_box_format, "xyxy", height, width)
        moved = self._changed_boxes(boxes, transformation, (height, width))
        clipped = clip_to_image_size({**bounding_boxes, "boxes": moved}, tall, wide)
        return convert_format(clipped, "xyxy", self.bounding_box_format, tall, wide)

    def transform_single_image(
        self, image: TensorLike, transformation: Any = None, training: bool | None = True
    ) -> Any:
        """The same for one image."""
        return ops.squeeze(self.transform_images(ops.expand_dims(image, 0), transformation, training), 0)

    def transform_single_label(
        self, label: TensorLike, transformation: Any = None, training: bool | None = True
    ) -> Any:
        """The same for the label of one image."""
        return ops.squeeze(self.transform_labels(ops.expand_dims(label, 0), transformation, training), 0)

    def transform_single_bounding_box(
        self, bounding_box: dict[str, Any], transformation: Any = None, training: bool | None = True
    ) -> Any:
        """The same for the boxes of one image."""
        self._check_boxes(bounding_box)
        batch = {**bounding_box, **{k: ops.expand_dims(bounding_box[k], 0) for k in ("boxes", "labels")}}
        moved = self.transform_bounding_boxes(batch, transformation, training)
        return {**moved, **{k: ops.squeeze(moved[k], 0) for k in ("boxes", "labels")}}

    def transform_single_segmentation_mask(
        self, segmentation_mask: TensorLike, transformation: Any = None, training: bool | None = True
    ) -> Any:
        """The same for the mask of one image."""
        masks = ops.expand_dims(segmentation_mask, 0)
        return ops.squeeze(self.transform_segmentation_masks(masks, transformation, training), 0)

    # Helpers.

    def _acts(self, transformation: Any, training: bool | None) -> bool:
        return bool((training or self.acts_at_rest) and (transformation is not None or not self.is_random))

    def _as_floats(self, images: TensorLike) -> Any:
        return ops.cast(images, self.compute_dtype)

    def _last(self, shape: Any) -> tuple[Any, ...]:
        """A shape of images in the layer's layout, with the channels last and a batch before."""
        shape = (1, *shape) if len(shape) == 3 else tuple(shape)
        return shape if self.data_format == "channels_last" else (shape[0], *shape[2:], shape[1])

    def _in_layout(self, change: Any, x: Any, transformation: Any) -> Any:
        single, first, dtype = x.ndim == 3, self.data_format == "channels_first", x.dtype
        if x.ndim not in (3, 4):
            raise ValueError(
                f"{self._owner}: images and masks must be (height, width, channels), with or without a batch before; got "
                f"shape {tuple(x.shape)}."
            )
        x = ops.expand_dims(x, 0) if single else x
        x = ops.moveaxis(x, 1, -1) if first else x
        x = ops.cast(change(x, transformation), dtype)
        x = ops.moveaxis(x, -1, 1) if first else x
        return ops.squeeze(x, 0) if single else x

    def _check_boxes(self, bounding_boxes: Any) -> None:
        if self.bounding_box_format is None:
            raise ValueError(
                f'{self._owner}: for "bounding_boxes" it needs their format; give bounding_box_format="xyxy", or another '
                "of utils.bounding_boxes.convert_format."
            )
        if not isinstance(bounding_boxes, dict) or not {"boxes", "labels"} <= set(bounding_boxes):
            raise ValueError(
                f'{self._owner}: bounding_boxes must be a dict of "boxes" and "labels"; got {bounding_boxes!r}.'
            )

    def get_config(self) -> dict[str, Any]:
        names = [*self.config_names, *(["seed"] if self.is_random else []), "data_format"]
        names += [] if self.bounding_box_format is None else ["bounding_box_format"]
        return {**super().get_config(), **{name: getattr(self, name) for name in names}}


def draw(seed: Any, shape: Any, bounds: tuple[float, float]) -> Any:
    """Numbers spread evenly over the bounds."""
    return same.uniform(shape, *bounds, seed=seed)


def chosen(seed: Any, batch: int, factor: tuple[float, float]) -> Any:
    """For each image whether it is changed, `(batch,)`: with a probability that is drawn from the factor's bounds."""
    probability = draw(seed, (batch,), factor)
    return ops.less(draw(seed, (batch,), (0.0, 1.0)), probability)


def per_image(values: Any) -> Any:
    """A number for each image, as `(batch, 1, 1, 1)`."""
    return ops.reshape(values, (-1, 1, 1, 1))


def rescaled(x: Any, source: tuple[float, float], target: tuple[float, float]) -> Any:
    """Values of one range in another."""
    if tuple(source) == tuple(target):
        return x
    return (x - source[0]) / (source[1] - source[0]) * (target[1] - target[0]) + target[0]


def bounds_of(factor: Any, name: str, where: str, low: float, high: float) -> tuple[float, float]:
    """(lower, upper) of a factor: two numbers, or one that stands for both signs as far as `low` and `high` allow.

    Raises ValueError for anything else.
    """
    values = tuple(factor) if isinstance(factor, (tuple, list)) else (factor,)
    if len(values) not in (1, 2) or not all(is_number(v) and low <= v <= high for v in values):
        raise ValueError(f"{where}: {name} must be a number from {low} to {high}, or two of them; got {factor!r}.")
    if len(values) == 2:
        return min(values), max(values)
    return max(0.0 - abs(values[0]), low), abs(values[0])


def range_of(value: Any, where: str) -> tuple[float, float]:
    """The two ends of `value_range`. Raises ValueError unless it is two numbers."""
    if not isinstance(value, (tuple, list)) or len(value) != 2 or not all(map(is_number, value)):
        raise ValueError(f"{where}: value_range must be two numbers; got {value!r}.")
    return min(value), max(value)
