"""What distributions have in common."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from lamina.engines import engine

from ._current import current, set_distribution
from ._device_mesh import DeviceMesh
from ._devices import list_devices
from ._machinery import ONE_DEVICE, machinery_or_none
from ._processes import num_processes, process_id
from ._tensor_layout import TensorLayout


class Distribution:
    """How variables and batches lie on the devices of a mesh.

    Args:
        device_mesh: DeviceMesh.
        batch_dim_name: the axis of the mesh along which batches are cut.
        auto_shard_dataset: whether each of several processes is given all data and takes its part of every batch. If not,
            it is given its part alone, and a batch is what all of them give.
    Raises NotImplementedError, naming engine and mesh, for a mesh on which the engine cannot train; ValueError for devices
        that are not there.
    """

    def __init__(self, device_mesh: DeviceMesh, batch_dim_name: str, auto_shard_dataset: bool = True):
        if not isinstance(device_mesh, DeviceMesh):
            raise ValueError(f"{type(self).__name__}: device_mesh must be a DeviceMesh; got {device_mesh!r}.")
        self._device_mesh = device_mesh
        self._batch_dim_name = batch_dim_name
        self._auto_shard_dataset = auto_shard_dataset
        self._check_mesh()

    def _check_mesh(self) -> None:
        kind, mesh = type(self).__name__, self._device_mesh
        if machinery_or_none() is None:
            if mesh.devices.size > 1:
                raise NotImplementedError(f"{kind} over {mesh}: the {engine.NAME} engine {ONE_DEVICE}.")
            return
        names = mesh.devices.ravel().tolist()
        known = list_devices(names[0].partition(":")[0])
        missing = [name for name in names if name not in known]
        if missing:
            raise ValueError(f"{kind} over {mesh}: there are no devices {missing}; there are {known}.")
        machinery_or_none().check(self)

    @property
    def device_mesh(self) -> DeviceMesh:
        return self._device_mesh

    @property
    def batch_dim_name(self) -> str:
        return self._batch_dim_name

    @property
    def auto_shard_dataset(self) -> bool:
        """Whether each process is given all data and takes its part."""
        return self._auto_shard_dataset

    @auto_shard_dataset.setter
    def auto_shard_dataset(self, value: bool) -> None:
        self._auto_shard_dataset = bool(value)

    @property
    def num_processes(self) -> int:
        return num_processes()

    @property
    def num_model_replicas(self) -> int:
        """Into how many parts batches are cut."""
        return self._device_mesh.size(self._batch_dim_name)

    @property
    def data_shard_id(self) -> int:
        """The number of the part of the data that this process is for; processes that share a replica have one."""
        return process_id() // max(num_processes() // self.num_model_replicas, 1)

    def get_data_layout(self, data_shape: Any) -> TensorLayout:
        """The layout of a batch of that shape: cut along the batch axis."""
        return TensorLayout((self._batch_dim_name, *[None] * (len(data_shape) - 1)), self._device_mesh)

    def get_variable_layout(self, variable: Any) -> TensorLayout:
        """The layout of a variable: its own, else what the distribution says, else whole on every device."""
        own = getattr(variable, "_layout", None)
        return own or self.get_tensor_layout(variable.path) or self.whole(variable.shape)

    def get_tensor_layout(self, path: str) -> TensorLayout | None:
        """The layout of what is found at that path; None for none."""
        return None

    def whole(self, shape: Any) -> TensorLayout:
        """The layout of what lies whole on every device."""
        return TensorLayout([None] * len(shape), self._device_mesh)

    def distribute_dataset(self, dataset: Any) -> Any:
        """The data set as it is: `fit` takes of every batch what belongs to this process."""
        return dataset

    distribute_tf_dataset = distribute_dataset

    @contextmanager
    def scope(self) -> Iterator[None]:
        """A context in which this is the distribution in use."""
        before = current()
        set_distribution(self)
        try:
            yield
        finally:
            set_distribution(before)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} device_mesh={self._device_mesh}, batch_dim_name={self._batch_dim_name!r}>"
