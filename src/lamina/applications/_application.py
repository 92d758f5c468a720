"""What all classifiers share: arguments and their checks, the way in, the layers on top, weights."""

import warnings
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from lamina import _settings, activations
from lamina._checks import check_one_of, check_positive_int
from lamina._public import public
from lamina.layers import Dense, GlobalAveragePooling2D, GlobalMaxPooling2D, Input
from lamina.models import Model
from lamina.ops._symbolic import KerasTensor
from lamina.ops._symbolic._source_inputs import get_source_inputs

from ._weights import Pair, check_weights, weights_file


@dataclass(frozen=True)
class Wishes:
    """What the caller of a classifier asked for."""

    include_top: bool = True
    weights: Any = "imagenet"
    input_tensor: Any = None
    input_shape: Any = None
    pooling: str | None = None
    classes: int = 1000
    classifier_activation: Any = "softmax"
    name: str | None = None

    @property
    def is_pretrained(self) -> bool:
        return self.weights == "imagenet"


@dataclass(frozen=True)
class Design:
    """A kind of classifier.

    Args:
        body: function from the inputs and the wishes to the features.
        default_size: height and width of the images it was made for.
        min_size: the smallest that it takes.
        pretrained: files of weights of ImageNet.
        top: function from the features and the wishes to the outputs, with `include_top`.
        rest: the same without it.
        needs_size: whether the size must be known with `include_top`.
        prefix: beginning of the name of a model that is given none; the size follows.
    """

    body: Callable[[Any, Wishes], Any]
    default_size: int
    pretrained: Pair | None = None
    min_size: int = 32
    top: Callable[[Any, Wishes], Any] | None = None
    rest: Callable[[Any, Wishes], Any] | None = None
    needs_size: bool = True
    prefix: str = ""


def build(design: Design, wishes: Wishes) -> Model:
    """The classifier of that design, with what the caller asked for."""
    where = wishes.name or design.prefix
    check_weights(wishes.weights, where)
    check_positive_int(wishes.classes, "classes", where)
    check_one_of(wishes.pooling, (None, "avg", "max"), "pooling", where)
    if wishes.is_pretrained and wishes.include_top and wishes.classes != 1000:
        raise ValueError(
            f"{where}: weights='imagenet' with include_top=True are for 1000 classes; got classes={wishes.classes}. "
            "Give include_top=False and put a layer of your own on top."
        )
    if wishes.include_top:
        _check_activation(wishes, where)
    inputs = _way_in(design, wishes, where)
    pretrained = design.pretrained.choose(wishes.include_top) if design.pretrained else None
    file = weights_file(wishes.weights, pretrained, where)  # before the model is made: it may fail
    x = design.body(inputs, wishes)
    if wishes.include_top:
        x = (design.top or average_and_dense)(x, wishes)
    else:
        x = (design.rest or pooled)(x, wishes)
    sources = inputs if wishes.input_tensor is None else _one_or_all(get_source_inputs(inputs))
    model = Model(sources, x, name=wishes.name or _name_by_size(design, wishes, inputs))
    if file is not None:
        model.load_weights(file)
    return model


def _name_by_size(design: Design, wishes: Wishes, inputs: Any) -> str:
    rows = inputs.shape[2 if _settings.image_data_format() == "channels_first" else 1]
    return f"{design.prefix}_{design.default_size if rows is None and wishes.is_pretrained else rows}"


def _one_or_all(tensors: list[Any]) -> Any:
    return tensors[0] if len(tensors) == 1 else tensors


def _way_in(design: Design, wishes: Wishes, where: str) -> Any:
    shape = input_shape(
        wishes.input_shape,
        default_size=design.default_size,
        min_size=design.min_size,
        include_top=wishes.include_top and design.needs_size,
        weights=wishes.weights,
        where=where,
    )
    if wishes.input_tensor is None:
        return Input(shape)
    if not isinstance(wishes.input_tensor, KerasTensor):
        raise ValueError(
            f"{where}: input_tensor must be a KerasTensor, such as Input makes; got {wishes.input_tensor!r}."
        )
    return wishes.input_tensor


def input_shape(
    shape: Any, *, default_size: int, min_size: int, include_top: bool, weights: Any, where: str
) -> tuple[int | None, ...]:
    """The shape of the images, without the batch.

    Args:
        shape: what the caller gave, or None.
        default_size: height and width if nothing else is said and the layers on top need a size.
        min_size: the smallest that the network takes.
        include_top: whether the layers on top need a size.
        weights: with "imagenet" there must be three channels, and with `include_top` the default size.
        where: who asks, for errors.
    Raises ValueError if the shape does not fit.
    """
    is_first = _settings.image_data_format() == "channels_first"
    given = _given_shape(shape, where)
    channels = 3 if given is None else given[0 if is_first else -1]
    sides = None if given is None else given[1:] if is_first else given[:2]
    if given is not None and channels != 3 and weights == "imagenet":
        raise ValueError(f"{where}: weights='imagenet' need 3 channels; got input_shape={shape!r}.")
    if given is not None and channels not in (1, 3):
        warnings.warn(f"{where}: images with 1 or 3 channels are expected; got input_shape={shape!r}.", stacklevel=5)
    if sides is None:
        sides = (default_size,) * 2 if include_top else (None, None)
    elif weights == "imagenet" and include_top and sides != (default_size,) * 2:
        raise ValueError(
            f"{where}: include_top=True with weights='imagenet' needs images of {default_size} x {default_size}; got "
            f"input_shape={shape!r}."
        )
    if any(side is not None and side < min_size for side in sides):
        raise ValueError(f"{where}: images must be at least {min_size} x {min_size}; got input_shape={shape!r}.")
    if include_top and None in sides:
        raise ValueError(f"{where}: include_top=True needs a known size; got input_shape={shape!r}.")
    return (channels, *sides) if is_first else (*sides, channels)


def _given_shape(shape: Any, where: str) -> tuple[Any, ...] | None:
    if shape is None:
        return None
    given = tuple(shape) if isinstance(shape, (tuple, list)) else ()
    if len(given) != 3:
        raise ValueError(f"{where}: input_shape must be three numbers, without the batch; got {shape!r}.")
    return given


def _check_activation(wishes: Wishes, where: str) -> None:
    allowed = (activations.get("softmax"), activations.get(None))
    if wishes.weights is not None and activations.get(wishes.classifier_activation) not in allowed:
        raise ValueError(
            f"{where}: with trained weights classifier_activation must be 'softmax' or None; got "
            f"{wishes.classifier_activation!r}."
        )


def average_and_dense(x: Any, wishes: Wishes, average: str | None = "avg_pool") -> Any:
    """The usual layers on top: the mean over the image, then a class for each."""
    x = GlobalAveragePooling2D(name=average)(x)
    return Dense(wishes.classes, activation=wishes.classifier_activation, name="predictions")(x)


def unnamed_average_and_dense(x: Any, wishes: Wishes) -> Any:
    return average_and_dense(x, wishes, average=None)


def pooled(x: Any, wishes: Wishes, named: bool = False) -> Any:
    """The features, or one vector of them with `pooling`."""
    if wishes.pooling == "avg":
        return GlobalAveragePooling2D(name="avg_pool" if named else None)(x)
    if wishes.pooling == "max":
        return GlobalMaxPooling2D(name="max_pool" if named else None)(x)
    return x


def pooled_by_name(x: Any, wishes: Wishes) -> Any:
    return pooled(x, wishes, named=True)


_ARGUMENTS = """
    Args:
        include_top: whether the layers that tell the class are there; without them the model gives features.
        weights: `None` for fresh ones, `"imagenet"`, the path of a file, or a URL, which `#sha256=...` or `#md5=...` at its
            end has checked. Files of the network are kept in `~/.keras/models`.
        input_tensor: a KerasTensor to start from.
        input_shape: shape of an image, `(height, width, channels)` or channels first, without the batch.
        pooling: without the top: `None` for the features as they are, `"avg"` or `"max"` for their mean or maximum.
        classes: number of classes.
        classifier_activation: activation of the last layer; None for logits.
        name: of the model.
    Returns: a `Model`. Raises ValueError for arguments that do not fit, OSError if weights cannot be fetched.
"""


def document(function: Any, name: str, says: str, reference: str, more: str = "") -> None:
    """Gives a classifier its name and docstring."""
    function.__name__ = function.__qualname__ = name
    arguments = _ARGUMENTS.replace("\n        include_top:", f"{more}\n        include_top:", 1)
    function.__doc__ = f"{says}\n{arguments}    Reference: {reference}\n    "


def classifier(name: str, module: str, design: Design, model_name: str, says: str, reference: str, home: str) -> Any:
    """The public function that makes a classifier.

    Args:
        name: its name.
        module: its submodules of `applications`, by spaces.
        design: what it makes.
        model_name: the default name of the model.
        says: first line of its documentation.
        reference: the paper.
        home: `__name__` of the file that holds it.
    """

    def make(
        include_top: bool = True, weights: Any = "imagenet", input_tensor: Any = None, input_shape: Any = None,
        pooling: str | None = None, classes: int = 1000, classifier_activation: Any = "softmax", name: str = model_name,
    ) -> Model:  # fmt: skip
        return build(
            design,
            Wishes(include_top, weights, input_tensor, input_shape, pooling, classes, classifier_activation, name),
        )

    document(make, name, says, reference)
    return publish(make, name, module, home)


def publish(function: Any, name: str, module: str, home: str) -> Any:
    """Enters a classifier among the public objects, as one that `home` defines."""
    function.__module__ = home
    return public(f"applications.{name}", *(f"applications.{part}.{name}" for part in module.split()))(function)
