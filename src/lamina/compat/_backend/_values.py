"""Making tensors and variables, and reading and writing values."""

from collections import defaultdict
from typing import Any

import numpy as np

from lamina import _settings, ops
from lamina._checks import check_one_of
from lamina._public import public
from lamina._settings import floatx
from lamina.layers import Input
from lamina.variables import Variable

_uids: dict[str, int] = defaultdict(int)


@public("backend.constant")
def constant(value: Any, dtype: Any = None, shape: Any = None, name: Any = None) -> Any:
    """A tensor of the default float type, filled up to `shape` if one is given."""
    tensor = ops.convert_to_tensor(value, dtype=dtype or floatx())
    if shape is None:
        return tensor
    return ops.broadcast_to(tensor, shape) if not tensor.shape else ops.reshape(tensor, shape)


@public("backend.variable")
def variable(value: Any, dtype: Any = None, name: str | None = None, constraint: Any = None) -> Variable:
    """A Variable with that value, of the default float type."""
    if hasattr(value, "tocoo"):
        value = value.toarray()
    made = Variable(ops.cast(value, dtype or floatx()), name=None if name is None else name.replace("/", "_"))
    made.constraint = constraint
    return made


@public("backend.placeholder")
def placeholder(
    shape: Any = None, ndim: int | None = None, dtype: Any = None, sparse: bool = False, name: str | None = None,
    ragged: bool = False,
) -> Any:  # fmt: skip
    """A KerasTensor that stands for data given later, to a `function`.

    Args:
        shape: whole shape, with the batch; None where any size will do.
        ndim: number of axes, in place of `shape`.
        dtype: name of the dtype. sparse, ragged: must be False. name: optional name.
    Raises ValueError if neither shape nor ndim is given.
    """
    if shape is None and ndim is None:
        raise ValueError("placeholder: give shape= or ndim=.")
    sizes = (None,) * ndim if shape is None else tuple(shape)
    return Input(batch_shape=sizes, dtype=dtype or floatx(), sparse=sparse, ragged=ragged, name=name)


@public("backend.is_placeholder")
def is_placeholder(x: Any) -> bool:
    """Whether `x` is an input of a graph."""
    history = getattr(x, "_keras_history", None)
    return history is not None and history.operation._inbound_nodes[history.node_index].is_input


@public("backend.zeros")
def zeros(shape: Any, dtype: Any = None, name: str | None = None) -> Variable:
    """A Variable of zeros."""
    return variable(np.zeros(tuple(shape)), dtype, name)


@public("backend.ones")
def ones(shape: Any, dtype: Any = None, name: str | None = None) -> Variable:
    """A Variable of ones."""
    return variable(np.ones(tuple(shape)), dtype, name)


@public("backend.eye")
def eye(size: Any, dtype: Any = None, name: str | None = None) -> Variable:
    """The unit matrix (or the one of `size` rows and columns) as a Variable."""
    rows, columns = size if isinstance(size, (tuple, list)) else (size, size)
    return variable(np.eye(rows, columns), dtype, name)


@public("backend.zeros_like")
def zeros_like(x: Any, dtype: Any = None, name: Any = None) -> Any:
    """Zeros of the shape of `x`."""
    return ops.zeros_like(x, dtype=dtype)


@public("backend.ones_like")
def ones_like(x: Any, dtype: Any = None, name: Any = None) -> Any:
    """Ones of the shape of `x`."""
    return ops.ones_like(x, dtype=dtype)


@public("backend.arange")
def arange(start: Any, stop: Any = None, step: Any = 1, dtype: Any = "int32") -> Any:
    """Evenly spaced numbers; from 0 to `start` if `stop` is None."""
    return ops.arange(start, stop, step, dtype=dtype)


@public("backend.identity")
def identity(x: Any, name: Any = None) -> Any:
    """A tensor with the same values."""
    return ops.copy(x)


@public("backend.get_value")
def get_value(x: Any) -> Any:
    """The value of a variable or tensor, a NumPy array (a NumPy number for one of shape `()`)."""
    return ops.convert_to_numpy(x)[()]


@public("backend.batch_get_value")
def batch_get_value(tensors: Any) -> list[Any]:
    """The values of several variables."""
    return [get_value(x) for x in tensors]


@public("backend.set_value")
def set_value(x: Variable, value: Any) -> None:
    """Gives a variable another value, of its shape."""
    x.assign(ops.convert_to_tensor(value, dtype=x.dtype))


@public("backend.batch_set_value")
def batch_set_value(tuples: Any) -> None:
    """Gives several variables other values: pairs of variable and value."""
    for x, value in tuples:
        set_value(x, value)


@public("backend.eval")
def eval(x: Any) -> Any:
    """The value of a tensor or variable. Raises TypeError for a symbolic one, which needs data: use `function`."""
    return get_value(x)


@public("backend.count_params")
def count_params(x: Any) -> int:
    """The number of elements."""
    return int(np.prod(x.shape, dtype=np.int64))


@public("backend.get_uid")
def get_uid(prefix: str = "") -> int:
    """1, 2, 3, ...: how often it was asked for that prefix."""
    _uids[prefix] += 1
    return _uids[prefix]


@public("backend.reset_uids")
def reset_uids() -> None:
    """Lets `get_uid` count from 1 again."""
    _uids.clear()


@public("backend.print_tensor")
def print_tensor(x: Any, message: str = "", summarize: int = 3) -> Any:
    """Prints a tensor that has a value and returns it."""
    print(message, x)
    return x


@public("backend.image_dim_ordering")
def image_dim_ordering() -> str:
    """Keras 1's names of the image layout: "tf" (channels last) or "th"."""
    return {"channels_last": "tf", "channels_first": "th"}[_settings.image_data_format()]


@public("backend.set_image_dim_ordering")
def set_image_dim_ordering(dim_ordering: str) -> None:
    """Sets the image layout by Keras 1's names, "tf" or "th"."""
    check_one_of(dim_ordering, ("tf", "th"), "dim_ordering", "set_image_dim_ordering")
    _settings.set_image_data_format({"tf": "channels_last", "th": "channels_first"}[dim_ordering])
