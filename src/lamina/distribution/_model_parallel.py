"""`ModelParallel`: weights cut as a map says, and batches."""

from typing import Any

from lamina._public import public

from ._distribution import Distribution
from ._layout_map import LayoutMap
from ._tensor_layout import TensorLayout


@public("distribution.ModelParallel")
class ModelParallel(Distribution):
    """The weights that a LayoutMap names are cut along axes of its mesh, and what the optimizer keeps of them with them; batches
    are cut along one axis. A weight cut along the batch axis too is fully sharded.

    Args:
        layout_map: LayoutMap.
        batch_dim_name: the axis of the mesh for batches; by default the first.
        auto_shard_dataset: as for DataParallel.
        kwargs: `device_mesh`, which is that of the layout map.
    Raises ValueError without a layout map, for a name that the mesh has not, and for processes that cannot share out replicas;
        NotImplementedError on an engine that cannot cut weights.
    Example:
        >>> mesh = distribution.DeviceMesh((1, 1), ("batch", "model"), ["cpu:0"])
        >>> distribution.ModelParallel(layout_map=distribution.LayoutMap(mesh)).num_model_replicas
        1
    """

    def __init__(
        self, *, layout_map: LayoutMap | None = None, batch_dim_name: str | None = None, auto_shard_dataset: bool = True,
        **kwargs: Any,
    ):  # fmt: skip
        kwargs.pop("device_mesh", None)
        if kwargs:
            raise TypeError(f"ModelParallel: unknown arguments {sorted(kwargs)}.")
        if not isinstance(layout_map, LayoutMap):
            raise ValueError(f"ModelParallel: layout_map must be a LayoutMap; got {layout_map!r}.")
        mesh = layout_map.device_mesh
        name = mesh.axis_names[0] if batch_dim_name is None else batch_dim_name
        if name not in mesh.axis_names:
            raise ValueError(f"ModelParallel: batch_dim_name={name!r} is no axis of {mesh}.")
        self._layout_map = layout_map
        super().__init__(mesh, name, auto_shard_dataset)
        replicas = self.num_model_replicas
        if self.num_processes > replicas and self.num_processes % replicas:
            raise ValueError(
                f"ModelParallel: {self.num_processes} processes cannot share {replicas} replicas of the model evenly. Change the "
                f"shape of {mesh} or the number of processes."
            )

    def get_tensor_layout(self, path: str) -> TensorLayout | None:
        """The layout that the map has for that path; None for none."""
        return self._layout_map[path]
