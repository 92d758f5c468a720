"""The share of a batch that each device computes."""

from typing import Any

import jax
import numpy as np
from jax.sharding import NamedSharding, PartitionSpec

from lamina import tree

from ._processes import num_processes
from ._sharding import lay_out


class Share:
    """How batches reach the devices of a distribution.

    A batch is cut along its first axis. One whose size does not divide by the number of parts (the last of an epoch) is computed
    whole on every device: the same numbers, without the help of the others.
    """

    averages = False  # what devices must tell each other XLA finds out
    keeps_data = property(lambda self: num_processes() == 1)  # on the devices, for steps to gather from

    def __init__(self, distribution: Any):
        self.parts = distribution.num_model_replicas
        self._is_given_all = distribution.auto_shard_dataset
        self._mesh = distribution.device_mesh.backend_mesh
        self._axis = distribution.batch_dim_name
        self._shards = num_processes() // max(num_processes() // self.parts, 1)
        self._processes = num_processes()

    def check(self, size: int, where: str) -> None:
        """Raises ValueError, naming both, for a size of batches that does not divide by the number of parts."""
        whole = size if self._is_given_all else size * self._shards
        if whole % self.parts:
            raise ValueError(
                f"{where}: batches of {whole} samples do not divide by the {self.parts} parts into which the mesh "
                f"{dict(self._mesh.shape)} cuts them along {self._axis!r}. Let the size of a batch be a multiple of "
                f"{self.parts}; only the last may be smaller."
            )

    def _where(self, x: Any, size: int) -> NamedSharding:
        axes = (self._axis,) if size and size % self.parts == 0 and len(x.shape) else ()
        return NamedSharding(self._mesh, PartitionSpec(*axes))

    def rows(self, size: int) -> Any:
        """Which rows of a batch of that size this process must have: a slice, or an array of places."""
        if self._processes == 1 or not self._is_given_all or size % self.parts:
            return slice(None)
        found = self._where(np.empty((size, 1)), size).addressable_devices_indices_map((size, 1))
        places = [np.arange(size)[index[0]] for index in found.values() if index is not None]
        return np.unique(np.concatenate(places))

    def put(self, batch: Any, size: int) -> Any:
        """A batch of `size` rows of which `batch` holds those of this process, on all devices.

        Raises ValueError if its parts cannot be put together.
        """
        if self._processes > 1 and not self._is_given_all:
            size *= self._shards
            if size % self.parts:
                raise ValueError(
                    f"A batch of {size // self._shards} samples from each of {self._shards} processes does not divide by the "
                    f"{self.parts} parts into which the mesh cuts batches. Give batches that do, the last one too, or "
                    "auto_shard_dataset=True and the same data to every process."
                )
        return tree.map_structure(lambda x: self._put(x, size), batch)

    def _put(self, x: Any, size: int) -> Any:
        if x is None or getattr(getattr(x, "dtype", None), "kind", "O") in "USO":
            return x
        where = self._where(x, size)
        if self._processes == 1 or not where.spec:
            return lay_out(x, where)
        return jax.make_array_from_process_local_data(where, np.asarray(x), (size, *x.shape[1:]))

    def batch(self, batch: Any) -> Any:
        """A batch that no other process has part in handing over (all have it), on all devices."""
        return tree.map_structure(self._place, batch)

    def _place(self, x: Any) -> Any:
        if not isinstance(x, np.ndarray) or x.dtype.kind in "USO":
            return x
        return lay_out(x, self._where(x, len(x) if x.ndim else 0))

    def traced(self, batch: Any) -> Any:
        """The batch of a traced step, cut."""
        return tree.map_structure(lambda x: None if x is None else lay_out(x, self._where(x, x.shape[0])), batch)

    def resident(self, x: Any) -> Any:
        """An array of the user's, whole on every device."""
        return lay_out(x, NamedSharding(self._mesh, PartitionSpec()))
