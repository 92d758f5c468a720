"""What runs, and what it runs on."""

import os
import platform
from typing import Any

import numpy as np
import threadpoolctl

from lamina import __version__, _settings, engines
from lamina._blas import advice
from lamina._public import public
from lamina.variables import dtype_policy


@public("config.describe")
def describe() -> dict[str, Any]:
    """What runs: engine, versions, cores and threads, BLAS library and kernels, settings.

    On the native engine also what it can do, measured in a third of a second: GFLOP/s of a large product, GB/s of a copy.
    """
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
        "precision": dtype_policy().name,
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
