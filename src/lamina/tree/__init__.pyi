# Written by scripts/make_face.py; do not edit.

from lamina.tree._traverse import MAP_TO_NONE as MAP_TO_NONE
from lamina.tree._compare import assert_same_paths as assert_same_paths
from lamina.tree._compare import assert_same_structure as assert_same_structure
from lamina.tree._core import flatten as flatten
from lamina.tree._core import flatten_with_path as flatten_with_path
from lamina.tree._core import is_nested as is_nested
from lamina.tree._traverse import lists_to_tuples as lists_to_tuples
from lamina.tree._traverse import map_shape_structure as map_shape_structure
from lamina.tree._core import map_structure as map_structure
from lamina.tree._core import map_structure_up_to as map_structure_up_to
from lamina.tree._core import pack_sequence_as as pack_sequence_as
from lamina.tree._traverse import traverse as traverse
