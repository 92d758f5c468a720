"""Training on several devices, hosts and processes, by the machinery of the engine (`lamina.distribution`)."""

from lamina._lazy import attach

# What the floors above use and users do not.
from ._current import current as current
from ._current import in_use as in_use
from ._machinery import machinery_or_none as machinery_or_none
from ._processes import any_process as any_process
from ._processes import check_agreement as check_agreement
from ._processes import check_same_number as check_same_number
from ._processes import is_first as is_first
from ._processes import num_processes as num_processes
from ._replicas import mean_over_replicas as mean_over_replicas

__getattr__, __dir__, __all__ = attach(__name__)
