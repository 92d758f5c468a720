"""Where batches come from."""

from ._arrays import ArrayData as ArrayData
from ._arrays import as_arrays as as_arrays
from ._arrays import is_frame as is_frame
from ._arrays import is_table as is_table
from ._arrays import split as split
from ._py_dataset import PyDataset as PyDataset
from ._stream import StreamData as StreamData
from ._unpack import pack_x_y_sample_weight as pack_x_y_sample_weight
from ._unpack import unpack_x_y_sample_weight as unpack_x_y_sample_weight
