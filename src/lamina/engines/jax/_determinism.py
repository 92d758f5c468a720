"""The same bits from the same seed on a GPU too."""

import os

_FLAG = "--xla_gpu_deterministic_ops=true"


def enable_determinism() -> None:
    """Has XLA choose algorithms that give the same bits each time; it reads that when JAX starts its devices."""
    flags = os.environ.get("XLA_FLAGS", "")
    if _FLAG not in flags:
        os.environ["XLA_FLAGS"] = f"{flags} {_FLAG}".strip()
