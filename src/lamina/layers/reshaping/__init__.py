"""The same numbers in another shape or order."""

from ._flatten import Flatten as Flatten
from ._permute import Permute as Permute
from ._repeat_vector import RepeatVector as RepeatVector
from ._reshape import Reshape as Reshape
