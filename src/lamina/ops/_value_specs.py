"""KerasTensors for functions whose results' sizes depend on values: those sizes are unknown."""

from typing import Any

from ._axes import one_axis
from ._symbolic import KerasTensor


def nonzero_spec(call: Any, x: KerasTensor) -> tuple[KerasTensor, ...]:
    return tuple(KerasTensor((None,), "int32") for _ in range(max(x.ndim, 1)))


def unique_spec(call: Any, x: KerasTensor, **config: Any) -> Any:
    axis, size = config.get("axis"), config.get("size")
    if axis is None:
        shape: tuple[Any, ...] = (size,)
        inverse: tuple[Any, ...] = x.shape
    else:
        axis = one_axis(axis, x, "unique")
        shape, inverse = (*x.shape[:axis], size, *x.shape[axis + 1 :]), (x.shape[axis],)
    further = {"return_index": (size,), "return_inverse": inverse, "return_counts": (size,)}
    found = [KerasTensor(shape, x.dtype)]
    found += [KerasTensor(s, "int32") for name, s in further.items() if config.get(name)]
    return found[0] if len(found) == 1 else tuple(found)


def searchsorted_spec(call: Any, sorted_sequence: Any, values: Any, side: str = "left") -> KerasTensor:
    """Places in a sequence of unknown length may need 64 bits."""
    if len(sorted_sequence.shape) != 1:
        raise ValueError(f"searchsorted: sorted_sequence must have one axis; got shape {tuple(sorted_sequence.shape)}.")
    return KerasTensor(tuple(values.shape), "int64" if sorted_sequence.shape[0] is None else "int32")
