"""Arguments that functions of `keras.backend` had other names for in Keras 1."""

import functools
from collections.abc import Callable
from typing import Any, TypeVar, cast

from lamina._deprecation import warn_once
from lamina.layers._base._old_arguments import new_value

F = TypeVar("F", bound=Callable[..., Any])


def renamed(**today: str) -> Callable[[F], F]:
    """Lets a function take arguments by the names of Keras 1, given as `old="new"`."""

    def decorate(function: F) -> F:
        @functools.wraps(function)
        def wrapper(*args: Any, **kwargs: Any) -> Any:
            for old, new in today.items():
                if old in kwargs:
                    warn_once(
                        f"backend.{function.__name__}.{old}",
                        f"keras.backend.{function.__name__}: the argument {old}= is of Keras 1; write {new}=.",
                    )
                    if new in kwargs:
                        raise TypeError(
                            f"keras.backend.{function.__name__}: {old}= is the old name of {new}=; give only one of them."
                        )
                    kwargs[new] = new_value(old, kwargs.pop(old))
            return function(*args, **kwargs)

        return cast(F, wrapper)

    return decorate
