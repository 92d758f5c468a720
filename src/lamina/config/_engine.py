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


@public("config.set_machine_code")
def set_machine_code(on: bool) -> None:
    """Whether the native engine compiles programs to machine code, from now on; by default it does not.

    `LAMINA_MACHINE=1` in the environment switches it on from the start. Programs that are compiled already stay as they
    are. Results differ from those without by rounding alone, and depend neither on the number of threads nor on what was
    compiled before. The other engines have compilers of their own, and nothing changes there.

    Raises:
        TypeError: `on` is not a bool.
        ImportError: llvmlite is missing, which the extra `fast` brings.
    """
    if not isinstance(on, bool):
        raise TypeError(f"set_machine_code: `on` must be True or False, got {on!r}.")
    engine = engines.current()
    if hasattr(engine, "set_machine_code"):
        engine.set_machine_code(on)


@public("config.uses_machine_code")
def uses_machine_code() -> bool:
    """Whether the engine in use compiles programs to machine code of its own.

    Example:
        >>> config.uses_machine_code()
        False
    """
    engine = engines.current()
    return engine.uses_machine_code() if hasattr(engine, "uses_machine_code") else False


@public("config.num_threads")
def num_threads() -> int | None:
    """How many threads the engine computes with; None where the engine decides.

    Example:
        >>> config.num_threads() >= 1
        True
    """
    engine = engines.current()
    return engine.num_threads() if hasattr(engine, "num_threads") else None
