"""Where arrays lie."""

from typing import Any

import jax
import numpy as np
from jax.experimental import multihost_utils
from jax.sharding import Mesh, NamedSharding, PartitionSpec

from ._processes import name_of


def check(distribution: Any) -> None:
    """Nothing: every mesh will do."""


def mesh(device_mesh: Any) -> Mesh:
    """The mesh of the devices of these names."""
    names = device_mesh.devices.ravel().tolist()
    known = {name_of(device): device for device in jax.devices(names[0].partition(":")[0])}
    devices = np.array([known[name] for name in names], dtype=object).reshape(device_mesh.shape)
    return Mesh(devices, device_mesh.axis_names)


def sharding(layout: Any) -> NamedSharding:
    """JAX's own form of a TensorLayout."""
    return NamedSharding(layout.device_mesh.backend_mesh, PartitionSpec(*layout.axes))


def lay_out(x: Any, where: NamedSharding) -> Any:
    """`x` on these devices; inside a trace, what XLA is told of it."""
    if isinstance(x, jax.core.Tracer):
        return jax.lax.with_sharding_constraint(x, where)
    if where.is_fully_addressable:
        return jax.device_put(x, where)
    if isinstance(x, jax.Array) and x.sharding == where:
        return x
    values = np.asarray(whole(x))
    return jax.make_array_from_callback(values.shape, where, lambda index: values[index])


def local(x: Any) -> Any:
    """What this process computes with by itself: of what lies whole on devices of several processes, its own copy."""
    if isinstance(x, jax.Array) and not x.is_fully_addressable and x.is_fully_replicated:
        return x.addressable_data(0)
    return x


def whole(x: Any) -> Any:
    """All values of an array, from other processes too: where it is cut, all must ask."""
    if not isinstance(x, jax.Array) or x.is_fully_addressable or x.is_fully_replicated:
        return local(x)
    return multihost_utils.process_allgather(x, tiled=True)
