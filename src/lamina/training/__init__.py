"""Training: compile, fit, evaluate, predict, callbacks and data sets."""

from ._data import PyDataset as PyDataset
from ._data import pack_x_y_sample_weight as pack_x_y_sample_weight
from ._data import unpack_x_y_sample_weight as unpack_x_y_sample_weight
from ._trainer import Trainer as Trainer
