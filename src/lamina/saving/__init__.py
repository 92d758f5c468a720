"""Files of models and weights, and the registry of what they may name."""

from lamina.variables import CustomObjectScope as CustomObjectScope
from lamina.variables import custom_object_scope as custom_object_scope
from lamina.variables import deserialize_keras_object as deserialize_keras_object
from lamina.variables import get_custom_objects as get_custom_objects
from lamina.variables import get_registered_name as get_registered_name
from lamina.variables import get_registered_object as get_registered_object
from lamina.variables import register_keras_serializable as register_keras_serializable
from lamina.variables import serialize_keras_object as serialize_keras_object

from ._api import load_model as load_model
from ._api import load_weights as load_weights
from ._api import save_model as save_model
from ._api import save_weights as save_weights
from ._errors import ModelFileError as ModelFileError
