"""The distribution in use."""

from typing import Any

from lamina._public import public


class _InUse:
    value: Any = None


_in_use = _InUse()


@public("distribution.distribution")
def current() -> Any:
    """The distribution in use; None for none.

    Example:
        >>> distribution.distribution() is None
        True
    """
    return _in_use.value


@public("distribution.set_distribution")
def set_distribution(value: Any) -> None:
    """Makes a distribution the one in use: variables made from now on lie as it says, and models are trained so.

    Args:
        value: DataParallel, ModelParallel, or None for none.
    Raises TypeError for anything else.
    Example:
        >>> distribution.set_distribution(None)
    """
    if value is not None and not hasattr(value, "get_variable_layout"):
        raise TypeError(f"set_distribution: expected a DataParallel, a ModelParallel or None; got {value!r}.")
    _in_use.value = value


def in_use() -> bool:
    """Whether there is one."""
    return _in_use.value is not None
