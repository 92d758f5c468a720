"""What this engine cannot do with several devices, by name."""

import os
from typing import Any

from ._processes import num_processes

_OTHERS = (
    "The torch engine trains data-parallel, one process a device; the jax engine cuts weights too (LAMINA_ENGINE=jax)."
)


def check(distribution: Any) -> None:
    """Raises NotImplementedError for anything but data parallel on one axis, ValueError unless there is a process a device,
    RuntimeError in one of several processes that have not been joined."""
    started = int(os.environ.get("WORLD_SIZE", "1"))
    if started != num_processes() == 1:
        raise RuntimeError(
            f"torchrun started {started} processes, and this one has not been joined to the others: call "
            "distribution.initialize() first thing in the program."
        )
    mesh = distribution.device_mesh
    kind = type(distribution).__name__
    if kind != "DataParallel" or len(mesh.shape) > 1:
        raise NotImplementedError(f"{kind} over {mesh}: {_OTHERS}")
    if mesh.devices.size != num_processes():
        raise ValueError(
            f"{kind} over {mesh}: there are {num_processes()} processes for {mesh.devices.size} devices. Start the program with "
            f"`torchrun --nproc-per-node {mesh.devices.size}`, and call distribution.initialize() first thing in it."
        )


def mesh(device_mesh: Any) -> Any:
    raise NotImplementedError(f"{device_mesh}: {_OTHERS}")


def sharding(layout: Any) -> Any:
    raise NotImplementedError(f"{layout}: {_OTHERS}")


def lay_out(x: Any, where: Any) -> Any:
    raise NotImplementedError(f"distribute_tensor: {_OTHERS}")
