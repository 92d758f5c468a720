"""Which engine runs, and on how many threads."""

from lamina import engines
from lamina._checks import check_positive_int
from lamina._public import public


@public("config.set_engine")
def set_engine(name: str) -> None:
    """Chooses the engine ("native", "jax", "torch" or "auto") before first use.

    Raises ValueError for an unknown name, RuntimeError once another engine is in use.
    """
    engines.set_engine(name)


@public("config.set_backend")
def set_backend(backend: str) -> None:
    """Keras's name for `set_engine`; "numpy" is the native engine."""
    engines.set_engine("native" if backend == "numpy" else backend)


@public("config.set_num_threads")
def set_num_threads(n: int) -> None:
    """Sets how many threads the engine computes with, BLAS included; by default the cores the process may use.

    Results do not depend on it. Raises ValueError unless `n` is a positive integer.
    """
    check_positive_int(n, "n", "set_num_threads")
    engine = engines.current()
    if hasattr(engine, "set_num_threads"):
        engine.set_num_threads(n)


@public("config.num_threads")
def num_threads() -> int | None:
    """How many threads the engine computes with; None where the engine decides.

    Example:
        >>> config.num_threads() >= 1
        True
    """
    engine = engines.current()
    return engine.num_threads() if hasattr(engine, "num_threads") else None
