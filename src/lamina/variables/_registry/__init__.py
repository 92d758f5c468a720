"""From names to objects and back: the only way in which a file's names become classes or functions.

A name is looked up in the table of public names, among the registered custom objects and in the objects given by the
caller. Nothing that a file names is imported, and no code from a file is run.
"""

from ._custom_objects import CustomObjectScope as CustomObjectScope
from ._custom_objects import custom_object as custom_object
from ._custom_objects import get_custom_objects as get_custom_objects
from ._custom_objects import get_registered_name as get_registered_name
from ._custom_objects import get_registered_object as get_registered_object
from ._custom_objects import register_keras_serializable as register_keras_serializable
from ._find import add_resolver as add_resolver
from ._find import find_class as find_class
from ._find import find_function as find_function
from ._find import find_public as find_public
from ._find import lookup as lookup
from ._read import deserialize_keras_object as deserialize_keras_object
from ._sharing import ObjectSharingScope as ObjectSharingScope
from ._write import serialize_keras_object as serialize_keras_object
from ._write import serialize_shared as serialize_shared
