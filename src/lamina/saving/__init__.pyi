# Written by scripts/make_face.py; do not edit.

from lamina.variables._registry._custom_objects import CustomObjectScope as CustomObjectScope
from lamina.saving._file_editor import KerasFileEditor as KerasFileEditor
from lamina.saving._errors import ModelFileError as ModelFileError
from lamina.variables._registry._custom_objects import CustomObjectScope as custom_object_scope
from lamina.variables._registry._read import deserialize_keras_object as deserialize_keras_object
from lamina.saving._hub import from_hub as from_hub
from lamina.variables._registry._custom_objects import get_custom_objects as get_custom_objects
from lamina.variables._registry._custom_objects import get_registered_name as get_registered_name
from lamina.variables._registry._custom_objects import get_registered_object as get_registered_object
from lamina.saving._api import load_model as load_model
from lamina.saving._api import load_weights as load_weights
from lamina.saving._hub import push_to_hub as push_to_hub
from lamina.variables._registry._custom_objects import register_keras_serializable as register_keras_serializable
from lamina.saving._api import save_model as save_model
from lamina.saving._api import save_weights as save_weights
from lamina.variables._registry._write import serialize_keras_object as serialize_keras_object
