"""Operations on nested structures (`lamina.tree`)."""

from ._core import flatten as flatten
from ._core import is_nested as is_nested
from ._core import map_structure as map_structure
from ._core import pack_sequence_as as pack_sequence_as
