"""The processes of `jax.distributed`."""

from typing import Any

import jax
import numpy as np
from jax.experimental import multihost_utils

LOST = (
    "Another process of this training has ended or cannot be reached, so that this one cannot go on. Start all of them again; "
    "with fit(resume=...) they go on from the last state."
)
_state = {"count": 1, "id": 0}


def initialize(addresses: str | None, count: int | None, process: int | None, timeout_s: int) -> None:
    """Joins this process to the others."""
    jax.config.update("jax_cpu_collectives_implementation", "gloo")
    jax.distributed.initialize(
        None if addresses is None else addresses.split(",")[0].strip(),
        count,
        process,
        heartbeat_timeout_seconds=timeout_s,
        shutdown_timeout_seconds=timeout_s,
    )
    _state.update(count=jax.process_count(), id=jax.process_index())


def num_processes() -> int:
    return _state["count"]


def process_id() -> int:
    return _state["id"]


def list_devices(kind: str | None = None) -> list[str]:
    """The devices of all processes."""
    try:
        found = jax.devices(kind)
    except RuntimeError:  # no such kind here
        return []
    return [name_of(device) for device in found]


def name_of(device: Any) -> str:
    platform = "gpu" if device.platform in ("cuda", "rocm") else device.platform
    return f"{platform}:{device.id}"


def gather(x: np.ndarray) -> np.ndarray:
    """The arrays of all processes, stacked; they must be of one shape."""
    return np.asarray(multihost_utils.process_allgather(x)).reshape(num_processes(), *x.shape)
