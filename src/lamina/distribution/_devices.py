"""Which devices there are."""

from lamina._checks import check_one_of
from lamina._public import public
from lamina.engines import engine

from ._machinery import machinery_or_none

_KINDS = ("cpu", "gpu", "tpu")


@public("distribution.list_devices")
def list_devices(device_type: str | None = None) -> list[str]:
    """The devices of all processes, such as "gpu:0".

    Args:
        device_type: "cpu", "gpu" or "tpu"; by default the kind that the engine computes on.
    Returns: names, empty if there are none of that kind.
    Raises ValueError for another kind.
    Example:
        >>> distribution.list_devices("cpu")
        ['cpu:0']
    """
    if device_type is not None:
        device_type = device_type.lower() if isinstance(device_type, str) else device_type
        check_one_of(device_type, _KINDS, "device_type", "list_devices")
    found = machinery_or_none()
    if found is not None:
        return found.list_devices(device_type)
    return [name for name in engine.devices() if device_type is None or name.startswith(f"{device_type}:")]


@public("distribution.get_device_count")
def get_device_count(device_type: str | None = None) -> int:
    """How many devices `list_devices(device_type)` names.

    Example:
        >>> distribution.get_device_count("tpu")
        0
    """
    return len(list_devices(device_type))
