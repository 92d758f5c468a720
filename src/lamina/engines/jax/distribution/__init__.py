"""Several devices, over `jax.sharding`, and several processes, over `jax.distributed`.

Every array of a step lies on one mesh, and XLA puts in what the devices must tell each other: so the step is the function that
it is on one device, and its numbers are the same, those drawn at random among them.
"""

from ._processes import gather as gather
from ._processes import initialize as initialize
from ._processes import list_devices as list_devices
from ._processes import num_processes as num_processes
from ._processes import process_id as process_id
from ._sharding import check as check
from ._sharding import lay_out as lay_out
from ._sharding import local as local
from ._sharding import mesh as mesh
from ._sharding import sharding as sharding
from ._sharding import whole as whole
from ._share import mean as mean
from ._share import share as share
