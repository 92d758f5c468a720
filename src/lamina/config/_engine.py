"""Which engine runs, and what it runs on."""

import os
from typing import Any

from lamina import engines
from lamina._blas import advice
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
    """What runs: engine, versions, cores and threads, BLAS library and kernels, settings.

    On the native engine also what it can do, measured in a third of a second: GFLOP/s of a large product, GB/s of a copy.
    """
    import platform

    import numpy as np
    import threadpoolctl

    import lamina as face  # the dtype policy stands on a higher floor
    from lamina import __version__, _settings

    pools = [
        {k: p.get(k) for k in ("user_api", "internal_api", "version", "architecture", "num_threads")}
        for p in threadpoolctl.threadpool_info()
    ]
    engine = engines.current()
    described = {
        "lamina": __version__,
        "python": platform.python_version(),
        "numpy": np.__version__,
        "engine": engine.NAME,
        "chosen by": engines.reason(),
        "to choose": f"LAMINA_ENGINE={'|'.join(engines.available())}|auto, or lamina.config.set_engine(name)",
        "device": engine.device(),
        "precision": face.config.dtype_policy().name,
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "blas": pools,
        "floatx": _settings.floatx(),
        "image_data_format": _settings.image_data_format(),
    }
    described["threads"] = engine.num_threads() if hasattr(engine, "num_threads") else f"as {engine.NAME} decides"
    if hasattr(engine, "peaks"):
        flops, bandwidth = engine.peaks()
        described["matmul"] = f"{flops / 1e9:.0f} GFLOP/s (float32, measured)"
        described["memory"] = f"{bandwidth / 1e9:.1f} GB/s (copying, measured)"
    hints = [hint for p in pools if (hint := advice(p["architecture"]))]
    if hints:
        described["hint"] = hints[0]
    return described


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
