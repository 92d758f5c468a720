"""Operations on nested structures (`lamina.tree`)."""

from ._compare import assert_same_paths as assert_same_paths
from ._compare import assert_same_structure as assert_same_structure
from ._core import flatten as flatten
from ._core import flatten_with_path as flatten_with_path
from ._core import is_nested as is_nested
from ._core import map_structure as map_structure
from ._core import map_structure_up_to as map_structure_up_to
from ._core import pack_sequence_as as pack_sequence_as
from ._traverse import MAP_TO_NONE as MAP_TO_NONE
from ._traverse import lists_to_tuples as lists_to_tuples
from ._traverse import map_shape_structure as map_shape_structure
from ._traverse import traverse as traverse
