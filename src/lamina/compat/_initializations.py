"""`keras.initializations`, the functions of Keras 1 that make initial weights."""

from typing import Any

from lamina import initializers
from lamina.variables import Variable


def _made(initializer: Any, shape: Any, name: Any) -> Variable:
    return Variable(initializer, shape=tuple(shape), name=name and name.replace("/", "_"))


def normal(shape: Any, scale: float = 0.05, name: Any = None, dim_ordering: Any = "th") -> Variable:
    """A Variable of normal draws with standard deviation `scale`."""
    return _made(initializers.RandomNormal(stddev=scale), shape, name)


def uniform(shape: Any, scale: float = 0.05, name: Any = None, dim_ordering: Any = "th") -> Variable:
    """A Variable of uniform draws between -scale and scale."""
    return _made(initializers.RandomUniform(-scale, scale), shape, name)


def orthogonal(shape: Any, scale: float = 1.1, name: Any = None, dim_ordering: Any = "th") -> Variable:
    """A Variable that holds an orthogonal matrix times `scale`."""
    return _made(initializers.Orthogonal(gain=scale), shape, name)


def identity(shape: Any, scale: float = 1.0, name: Any = None, dim_ordering: Any = "th") -> Variable:
    """A Variable that holds the unit matrix times `scale`."""
    return _made(initializers.Identity(gain=scale), shape, name)


def _plain(class_name: str, name: str) -> Any:
    def function(shape: Any, name: Any = None, dim_ordering: Any = "th") -> Variable:
        return _made(getattr(initializers, class_name)(), shape, name)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = f"A Variable with the values of `initializers.{class_name}`."
    return function


FUNCTIONS: dict[str, Any] = {
    "normal": normal,
    "uniform": uniform,
    "orthogonal": orthogonal,
    "identity": identity,
    "zero": _plain("Zeros", "zero"),
    "one": _plain("Ones", "one"),
    **{
        name: _plain("".join(word.capitalize() for word in name.split("_")), name)
        for name in ("lecun_uniform", "glorot_normal", "glorot_uniform", "he_normal", "he_uniform")
    },
}
