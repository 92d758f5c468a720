"""`SymbolicScope`."""

from types import TracebackType
from typing import Self

from lamina._public import public

_depth = 0


@public("SymbolicScope")
class SymbolicScope:
    """Marks code that works with shapes alone.

    Symbolic tensors are told from arrays by their type, so the scope changes nothing here; code of Keras's may ask for it.

    Example:
        >>> with lamina.SymbolicScope():
        ...     print(layers.Dense(3)(Input((2,))).shape)
        (None, 3)
    """

    def __enter__(self) -> Self:
        global _depth
        _depth += 1
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, tb: TracebackType | None) -> None:
        global _depth
        _depth -= 1


def in_symbolic_scope() -> bool:
    """Whether a SymbolicScope is open."""
    return _depth > 0
