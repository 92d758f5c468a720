"""Where things are computed: on one device."""

import warnings
from collections.abc import Iterator
from contextlib import contextmanager

from lamina._public import public


@public("device")
@contextmanager
def device(device_name: str) -> Iterator[None]:
    """A scope in which Keras would compute on a device of that name. Here there is one device, that of the engine.

    Args:
        device_name: such as "cpu:0" or "gpu:0". Another than the CPU is accepted with a warning, and changes nothing.
    Raises ValueError for anything but a string.
    Example:
        >>> with lamina.device("cpu:0"):
        ...     x = ops.ones((2,))
    """
    if not isinstance(device_name, str) or not device_name:
        raise ValueError(f"device: device_name must be a string, such as 'cpu:0'; got {device_name!r}.")
    if device_name.lower().partition(":")[0] != "cpu":
        warnings.warn(
            f"device({device_name!r}) changes nothing: everything runs on the engine's one device.", stacklevel=3
        )
    yield
