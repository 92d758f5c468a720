"""The share of a batch that each device computes."""

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from typing import Any

import jax
import numpy as np
from jax.sharding import NamedSharding, PartitionSpec

from lamina import tree

from ._processes import LOST, num_processes
from ._sharding import lay_out

# What XLA says where another process is gone.
_SIGNS = ("Gloo", "NCCL", "UNAVAILABLE", "heartbeat", "DEADLINE_EXCEEDED", "Connection")


class Share:
    """How batches reach the devices of a distribution.

    A batch is cut along its first axis. One whose size does not divide by the number of parts (the last of an epoch) is computed
    whole on every device: the same numbers, without the help of the others.
    """

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

    def batch(self, batch: Any) -> tuple[Any, None]:
        """A batch that `put` gave or that every process has, on all devices; and that it is whole."""
        return tree.map_structure(self._place, batch), None

    def part(self, part: None) -> AbstractContextManager[None]:
        """Around the trace of a step: nothing, as it is traced for the whole batch."""
        return nullcontext()

    def joined(self, changes: list[tuple[Any, Any, Any]], part: None) -> list[Any]:
        """The new values of variables, from (variable, old, new): those of the whole batch already."""
        return [new for _, _, new in changes]

    def logs(self, logs: Any, part: None) -> Any:
        return logs

    def whole(self, outputs: Any, part: None) -> Any:
        return outputs

    def check_loss(self, functions: list[Any]) -> None:
        """Nothing: a loss sees the whole batch."""

    def _place(self, x: Any) -> Any:
        if not isinstance(x, np.ndarray) or x.dtype.kind in "USO":
            return x
        return lay_out(x, self._where(x, len(x) if x.ndim else 0))

    @contextmanager
    def told(self) -> Iterator[None]:
        """Around a step: raises ConnectionError if another process is gone."""
        try:
            yield
        except jax.errors.JaxRuntimeError as error:
            if self._processes == 1 or not any(sign in str(error) for sign in _SIGNS):
                raise
            raise ConnectionError(LOST) from error

    def traced(self, batch: Any) -> Any:
        """The batch of a traced step, cut."""
        return tree.map_structure(lambda x: None if x is None else lay_out(x, self._where(x, x.shape[0])), batch)

    def resident(self, x: Any) -> Any:
        """An array of the user's, whole on every device."""
        return lay_out(x, NamedSharding(self._mesh, PartitionSpec()))


def share(distribution: Any) -> Share:
    """How batches are shared out."""
    return Share(distribution)


def mean(tensors: list[Any]) -> list[Any]:
    """Gradients: those of the whole batch already."""
    return tensors
