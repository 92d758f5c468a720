"""`DataParallel`: the weights whole on every device, batches cut."""

import warnings
from typing import Any

import numpy as np

from lamina._public import public

from ._device_mesh import DeviceMesh
from ._devices import list_devices
from ._distribution import Distribution

_BATCH = "batch"


@public("distribution.DataParallel")
class DataParallel(Distribution):
    """Every device has all weights and computes its part of each batch; gradients are those of the whole batch.

    Args:
        device_mesh: DeviceMesh of one axis; of one with more the first is used, with a warning.
        devices: names of devices, in place of a mesh; without either all are used.
        auto_shard_dataset: whether each of several processes is given all data and takes its part of every batch. If not,
            it is given its part alone (a batch of each is a part of one), of the same number of batches in all.
    Raises NotImplementedError, naming the engines to use, for several devices on the native engine; ValueError for devices
        that are not there.
    Example:
        >>> distribution.DataParallel(devices=["cpu:0"])
        <DataParallel device_mesh=<DeviceMesh shape=(1,), axis_names=('batch',)>, batch_dim_name='batch'>
    """

    def __init__(self, device_mesh: DeviceMesh | None = None, devices: Any = None, auto_shard_dataset: bool = True):
        if device_mesh is None:
            found = np.array(list_devices() if devices is None else devices).ravel()
            device_mesh = DeviceMesh((found.size,), (_BATCH,), found)
        elif isinstance(device_mesh, DeviceMesh) and len(device_mesh.shape) > 1:
            warnings.warn(
                f"DataParallel: {device_mesh} has {len(device_mesh.shape)} axes; batches are cut along the first, "
                f"{device_mesh.axis_names[0]!r}.",
                stacklevel=2,
            )
        super().__init__(device_mesh, getattr(device_mesh, "axis_names", (_BATCH,))[0], auto_shard_dataset)
