"""Where a model's data comes in."""

import operator
from typing import Any

from lamina import _settings
from lamina._deprecation import warn_once
from lamina._public import public
from lamina._typing import DType, Shape, TensorLike
from lamina.ops._dtypes import standardize_dtype
from lamina.ops._symbolic import KerasTensor, Node

from .._base._layer import Layer

_MOST_AXES = 64  # of NumPy's arrays


@public("layers.InputLayer")
class InputLayer(Layer):
    """A place for data, as a layer. `Input` is the usual way to make one.

    Args:
        shape: tuple[Any, ...] without the batch; None where any size will do.
        batch_size: int, or None for any.
        dtype: name of the dtype of the data; the default float type if None.
        sparse, ragged: kept in the spec; data is dense here.
        batch_shape: tuple[Any, ...] with the batch, in place of `shape` and `batch_size`.
        input_tensor: a KerasTensor to use in place of a new one; other arguments must fit it.
        optional: whether None may be given.
        name: name of the layer.

    Output: a KerasTensor `(batch, *shape)`; the layer itself has no input but the data of the model.

    Example:
        >>> layers.InputLayer((3,)).output.shape
        (None, 3)
    """

    def __init__(
        self,
        shape: Shape = None,
        batch_size: Any = None,
        dtype: DType = None,
        sparse: bool | None = None,
        ragged: bool | None = None,
        batch_shape: Any = None,
        input_tensor: Any = None,
        optional: bool = False,
        name: str | None = None,
        **kwargs: Any,
    ):
        if batch_shape is not None and batch_size is not None:
            raise ValueError(f"InputLayer: batch_shape={batch_shape!r} holds the batch size; leave batch_size= out.")
        batch_shape = _old_shape(kwargs, batch_size) if batch_shape is None and shape is None else batch_shape
        super().__init__(name=name)
        if kwargs:
            raise ValueError(f"{self._owner}: unknown argument(s) {sorted(kwargs)}.")
        if input_tensor is not None:
            if not isinstance(input_tensor, KerasTensor):
                raise ValueError(f"{self._owner}: input_tensor must be a KerasTensor; got {input_tensor!r}.")
            _check_fits(input_tensor, self._owner, shape, batch_size, batch_shape, dtype, sparse, ragged)
            shape, batch_shape, dtype = None, input_tensor.shape, input_tensor.dtype
        if (shape is None) == (batch_shape is None):
            raise ValueError(f"{self._owner}: give either shape= or batch_shape=; got {shape!r} and {batch_shape!r}.")
        if batch_shape is None:
            batch_shape = (batch_size, *_sizes(shape, "shape", self._owner))
        self._batch_shape = _sizes(batch_shape, "batch_shape", self._owner)
        if sparse or ragged:
            raise ValueError(f"{self._owner}: sparse and ragged inputs are not supported; use dense arrays.")
        self.sparse: bool = bool(sparse)
        self.ragged: bool = bool(ragged)
        self.optional: bool = bool(optional)
        self._dtype = dtype or _settings.floatx()
        tensor = input_tensor
        if tensor is None:
            tensor = KerasTensor(self._batch_shape, dtype=self._dtype, name=self.name)
        self._dtype = tensor.dtype
        Node(self, call_args=(), call_kwargs={}, outputs=tensor)
        self._build_at_init()

    @property
    def batch_shape(self) -> Any:
        return self._batch_shape

    @property
    def dtype(self) -> str:
        return self._dtype

    @property
    def input(self) -> Any:
        """The place itself: what programs of Keras 2 feed, as in `function([model.layers[0].input], ...)`."""
        return self.output

    def call(self) -> Any:
        return None

    def get_config(self) -> dict[str, Any]:
        return {
            "batch_shape": self._batch_shape,
            "dtype": self._dtype,
            "sparse": self.sparse,
            "ragged": self.ragged,
            "name": self.name,
            "optional": self.optional,
        }


def _old_shape(kwargs: dict[str, Any], batch_size: Any) -> Any:
    for key in ("batch_input_shape", "input_shape", "input_dim"):
        if key in kwargs:
            value = kwargs.pop(key)
            new = f"{'batch_' * (key[0] == 'b')}shape"
            warn_once(f"InputLayer.{key}", f"InputLayer: {key}= is called {new}= now.", category=UserWarning)
            if key == "batch_input_shape":
                return tuple(value)
            return (batch_size, *((value,) if isinstance(value, int) else tuple(value)))
    return None


def _check_fits(
    tensor: Any, owner: str, shape: Any, batch_size: Any, batch_shape: Any, dtype: Any, sparse: Any, ragged: Any
) -> None:
    """Raises ValueError unless what is said of the tensor is so."""
    said = {"batch_size": batch_size, "dtype": dtype and standardize_dtype(dtype), "sparse": sparse, "ragged": ragged}
    said |= {
        "shape": None if shape is None else _sizes(shape, "shape", owner),
        "batch_shape": None if batch_shape is None else _sizes(batch_shape, "batch_shape", owner),
    }
    own = {name: getattr(tensor, name) for name in ("dtype", "sparse", "ragged")}
    own |= {"batch_size": next(iter(tensor.shape), None), "shape": tensor.shape[1:], "batch_shape": tensor.shape}
    for name, value in said.items():
        if value is not None and value != own[name]:
            raise ValueError(
                f"{owner}: {name}={value!r} does not fit input_tensor, whose {name} is {own[name]!r}. Leave it out: the "
                "tensor says it."
            )


def _sizes(shape: Any, name: str, owner: str) -> tuple[Any, ...]:
    entries = (shape,) if isinstance(shape, int) else shape
    try:
        sizes = tuple(None if s is None else operator.index(s) for s in entries)
    except TypeError:
        sizes = (-1,)
    if any(s is not None and s < 0 for s in sizes) or len(sizes) > _MOST_AXES:
        raise ValueError(f"{owner}: {name} must be a tuple of sizes (None for any size); got {shape!r}.")
    return sizes


@public("Input", "layers.Input")
def Input(
    shape: Shape = None,
    batch_size: Any = None,
    dtype: DType = None,
    sparse: bool | None = None,
    ragged: bool | None = None,
    batch_shape: Any = None,
    name: str | None = None,
    tensor: TensorLike = None,
    optional: bool = False,
    **kwargs: Any,
) -> Any:
    """A KerasTensor that stands for a model's input; layers are called on it to build the model.

    Args:
        shape: tuple[Any, ...] without the batch; None where any size will do.
        batch_size: int, or None for any.
        dtype: name of the dtype of the data, "string" for text.
        sparse, ragged: must be False or None; data is dense here.
        batch_shape: tuple[Any, ...] with the batch, in place of `shape` and `batch_size`.
        name: name of the input; the key of its data in a dict.
        tensor: a KerasTensor to use in place of a new one.
        optional: whether None may be given.

    Returns: KerasTensor, `batch_shape`, `dtype`.

    Example:
        >>> Input((3,)).shape
        (None, 3)
    """
    layer = InputLayer(
        shape=shape,
        batch_size=batch_size,
        dtype=dtype,
        sparse=sparse,
        ragged=ragged,
        batch_shape=batch_shape,
        input_tensor=tensor,
        optional=optional,
        name=name,
        **kwargs,
    )
    return layer.output
