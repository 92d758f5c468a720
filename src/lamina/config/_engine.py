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

    The results of compiled programs do not depend on it on the native engine; on torch and jax sums may round otherwise. Raises
    ValueError unless `n` is a positive integer.
    """
    check_positive_int(n, "n", "set_num_threads")
    engine = engines.current()
    if hasattr(engine, "set_num_threads"):
        engine.set_num_threads(n)


@public("config.set_machine_code")
def set_machine_code(on: bool, at_once: bool = False) -> None:
    """Whether the native engine compiles programs to machine code, from now on; by default it does where llvmlite is installed.

    A program begins as calls of NumPy and goes over when it has run for about as long as compiling lasts, after a number of
    steps that depends on the program alone. `LAMINA_MACHINE` in the environment says the same from the start: `0`, `1`, or
    `now`. Results differ from those of NumPy's calls by rounding alone, and depend neither on the number of threads nor on
    what was compiled before. The other engines have compilers of their own, and nothing changes there.

    Args:
        on: False leaves programs as they are, those compiled already too.
        at_once: whether a program is compiled before its first call, which waits for it.
    Raises:
        TypeError: `on` or `at_once` is not a bool.
        ImportError: llvmlite is missing, which the extra `fast` brings.
    """
    for name, value in (("on", on), ("at_once", at_once)):
        if not isinstance(value, bool):
            raise TypeError(f"set_machine_code: `{name}` must be True or False, got {value!r}.")
    engine = engines.current()
    if hasattr(engine, "set_machine_code"):
        engine.set_machine_code(on, at_once)


@public("config.uses_machine_code")
def uses_machine_code() -> bool:
    """Whether the engine in use compiles programs to machine code of its own, at once or later.

    Example:
        >>> "with machine code" if config.uses_machine_code() else "without"
        'with...'
    """
    engine = engines.current()
    return engine.uses_machine_code() if hasattr(engine, "uses_machine_code") else False


@public("config.enable_determinism")
def enable_determinism() -> None:
    """Asks for kernels that give the same bits each time, where an engine has others: jax and torch on a GPU.

    Call it before anything is computed. On the native engine, and on CPUs, results are the same anyway (docs/determinism.md).
    On torch an operation without such a kernel raises RuntimeError from then on.

    Example:
        >>> config.enable_determinism()
    """
    engine = engines.current()
    if hasattr(engine, "enable_determinism"):
        engine.enable_determinism()


@public("config.num_threads")
def num_threads() -> int | None:
    """How many threads the engine computes with; None where the engine decides.

    Example:
        >>> config.num_threads() >= 1
        True
    """
    engine = engines.current()
    return engine.num_threads() if hasattr(engine, "num_threads") else None
