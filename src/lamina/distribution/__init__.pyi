# Written by scripts/make_face.py; do not edit.

from ._current import current as current
from ._current import in_use as in_use
from ._machinery import machinery_or_none as machinery_or_none
from ._processes import any_process as any_process
from ._processes import check_agreement as check_agreement
from ._processes import check_same_number as check_same_number
from ._processes import is_first as is_first
from ._processes import num_processes as num_processes
from ._replicas import mean_over_replicas as mean_over_replicas
from lamina.distribution._data_parallel import DataParallel as DataParallel
from lamina.distribution._device_mesh import DeviceMesh as DeviceMesh
from lamina.distribution._layout_map import LayoutMap as LayoutMap
from lamina.distribution._model_parallel import ModelParallel as ModelParallel
from lamina.distribution._tensor_layout import TensorLayout as TensorLayout
from lamina.distribution._distribute_tensor import distribute_tensor as distribute_tensor
from lamina.distribution._current import current as distribution
from lamina.distribution._devices import get_device_count as get_device_count
from lamina.distribution._initialize import initialize as initialize
from lamina.distribution._devices import list_devices as list_devices
from lamina.distribution._current import set_distribution as set_distribution
