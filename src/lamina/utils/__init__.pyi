# Written by scripts/make_face.py; do not edit.

from lamina.variables._registry._custom_objects import CustomObjectScope as CustomObjectScope
from lamina.training._data._py_dataset import PyDataset as PyDataset
from lamina.training._data._py_dataset import PyDataset as Sequence
from lamina.utils._session import clear_session as clear_session
from lamina.variables._registry._custom_objects import CustomObjectScope as custom_object_scope
from lamina.variables._registry._read import deserialize_keras_object as deserialize_keras_object
from lamina.config._switches import disable_interactive_logging as disable_interactive_logging
from lamina.config._switches import enable_interactive_logging as enable_interactive_logging
from lamina.variables._registry._custom_objects import get_custom_objects as get_custom_objects
from lamina.variables._registry._custom_objects import get_registered_name as get_registered_name
from lamina.variables._registry._custom_objects import get_registered_object as get_registered_object
from lamina.config._switches import is_interactive_logging_enabled as is_interactive_logging_enabled
from lamina.compat._backend._dtypes import is_keras_tensor as is_keras_tensor
from lamina.utils._encoding import normalize as normalize
from lamina.training._data._unpack import pack_x_y_sample_weight as pack_x_y_sample_weight
from lamina.utils._sequences import pad_sequences as pad_sequences
from lamina.variables._registry._custom_objects import register_keras_serializable as register_keras_serializable
from lamina.variables._registry._write import serialize_keras_object as serialize_keras_object
from lamina.variables._seed_generator import set_random_seed as set_random_seed
from lamina.compat._backend._dtypes import standardize_dtype as standardize_dtype
from lamina.utils._encoding import to_categorical as to_categorical
from lamina.training._data._unpack import unpack_x_y_sample_weight as unpack_x_y_sample_weight
