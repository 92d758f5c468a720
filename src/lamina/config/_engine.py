"""Which engine runs, and what it runs on."""

import os
from typing import Any

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


@public("config.describe")
def describe() -> dict[str, Any]:
    """What runs: engine, versions, cores, BLAS library and kernels, settings."""
    import platform

    import numpy as np
    import threadpoolctl

    from lamina import __version__, _settings

    pools = [
        {k: p.get(k) for k in ("user_api", "internal_api", "version", "architecture", "num_threads")}
        for p in threadpoolctl.threadpool_info()
    ]
    return {
        "lamina": __version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "engine": engines.current().NAME,
        "chosen by": "LAMINA_ENGINE" if "LAMINA_ENGINE" in os.environ else "default",
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "blas": pools,
        "floatx": _settings.floatx(),
        "image_data_format": _settings.image_data_format(),
    }


@public("config.show")
def show() -> None:
    """Prints what `describe` tells."""
    for name, value in describe().items():
        if name == "blas":
            for pool in value:
                print(f"{'blas':>18}: " + ", ".join(f"{k} {v}" for k, v in pool.items() if v is not None))
        else:
            print(f"{name:>18}: {value}")


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
    """How many threads the engine computes with; None where the engine decides."""
    engine = engines.current()
    return engine.num_threads() if hasattr(engine, "num_threads") else None
