"""The processes of `torch.distributed`."""

import os
from datetime import timedelta
from typing import Any

import numpy as np
import torch
from torch import distributed

from .._tensors import DEVICE

LOST = (
    "Another process of this training has ended or cannot be reached, so that this one cannot go on. Start all of them again; "
    "with fit(resume=...) they go on from the last state."
)


def initialize(addresses: str | None, count: int | None, process: int | None, timeout_s: int) -> None:
    """Joins this process to the others: as torchrun says, where it was started by it and nothing is given."""
    backend = "nccl" if DEVICE.type == "cuda" else "gloo"
    timeout = timedelta(seconds=timeout_s)
    if addresses is None and "RANK" in os.environ:
        distributed.init_process_group(backend, timeout=timeout)
        return
    if addresses is None or count is None or process is None:
        raise ValueError(
            "initialize: start the program with torchrun, or give job_addresses, num_processes and process_id; got "
            f"{addresses!r}, {count!r} and {process!r}."
        )
    first = addresses.split(",")[0].strip()
    distributed.init_process_group(
        backend, init_method=f"tcp://{first}", world_size=count, rank=process, timeout=timeout
    )


def _is_joined() -> bool:
    return distributed.is_available() and distributed.is_initialized()


def num_processes() -> int:
    return distributed.get_world_size() if _is_joined() else 1


def process_id() -> int:
    return distributed.get_rank() if _is_joined() else 0


def list_devices(kind: str | None = None) -> list[str]:
    """The devices of all processes; each has one, of the number of the process."""
    own = "gpu" if DEVICE.type == "cuda" else DEVICE.type
    if kind not in (None, own):
        return []
    count = num_processes() if _is_joined() or own != "gpu" else torch.cuda.device_count()
    return [f"{own}:{i}" for i in range(count)]


def gather(x: np.ndarray) -> np.ndarray:
    """The arrays of all processes, stacked; they must be of one shape."""
    return np.stack(gather_objects(x))


def gather_objects(x: Any) -> list[Any]:
    """What each process gives."""
    found: list[Any] = [None] * num_processes()
    distributed.all_gather_object(found, x)
    return found
