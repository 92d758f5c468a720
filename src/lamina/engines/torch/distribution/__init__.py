"""Several processes, each with a device of its own, over `torch.distributed`: data parallel.

A step is one traced graph, gradients included, so that the hooks of `DistributedDataParallel` would never see them; they are
added up over the processes by an operator inside that graph, all in one go.
"""

from ._processes import gather as gather
from ._processes import initialize as initialize
from ._processes import list_devices as list_devices
from ._processes import num_processes as num_processes
from ._processes import process_id as process_id
from ._reduce import mean as mean
from ._refusals import check as check
from ._refusals import lay_out as lay_out
from ._refusals import mesh as mesh
from ._refusals import sharding as sharding
from ._share import share as share
