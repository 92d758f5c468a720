"""The same bits from the same seed on a GPU too."""

import os

import torch


def enable_determinism() -> None:
    """Has torch choose algorithms that give the same bits each time, or raise where it has none."""
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # cuBLAS asks for it, before its first use
    torch.use_deterministic_algorithms(True)
    torch.backends.cudnn.benchmark = False
