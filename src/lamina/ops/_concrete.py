"""Values of tensors, for functions whose result has a shape that depends on them."""

from typing import Any

import numpy as np

from lamina.engines import engine

from ._convert import tensor


def concrete(x: Any, what: str) -> np.ndarray:
    """The values of a tensor. Raises TypeError if it has none, since the shape of the result depends on them."""
    try:
        return np.asarray(engine.numpy(tensor(x)))
    except engine.ConcreteValueError:
        raise TypeError(
            f"{what}: the shape of the result depends on values, which are not known while a function is traced for "
            "compilation. Use a form of fixed size (a mask with ops.where, ops.unique with size=), or run_eagerly=True."
        ) from None
