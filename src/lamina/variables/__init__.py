"""State: variables, names, seeds, dtype policies, and the registry of objects that files may name."""

from ._dtype_policy import DTypePolicy as DTypePolicy
from ._dtype_policy import DTypePolicyMap as DTypePolicyMap
from ._dtype_policy import deserialize as deserialize_dtype_policy  # noqa: F401
from ._dtype_policy import dtype_policy as dtype_policy
from ._dtype_policy import get as get_dtype_policy  # noqa: F401
from ._dtype_policy import serialize as serialize_dtype_policy  # noqa: F401
from ._dtype_policy import set_dtype_policy as set_dtype_policy
from ._from_file import FromFile as FromFile
from ._from_file import refuse_path as refuse_path
from ._from_file import take_room as take_room
from ._gradient_tape import GradientTape as GradientTape
from ._identify import get_object as get_object
from ._name_scope import current_path as current_path
from ._name_scope import name_scope as name_scope
from ._quantized_policy import CALIBRATED_BITS as CALIBRATED_BITS
from ._quantized_policy import QUANTIZATION_MODES as QUANTIZATION_MODES
from ._quantized_policy import AWQDTypePolicy as AWQDTypePolicy
from ._quantized_policy import GPTQDTypePolicy as GPTQDTypePolicy
from ._quantized_policy import Int4DTypePolicy as Int4DTypePolicy
from ._quantized_policy import QuantizedDTypePolicy as QuantizedDTypePolicy
from ._quantized_policy import QuantizedFloat8DTypePolicy as QuantizedFloat8DTypePolicy
from ._registry import CustomObjectScope as CustomObjectScope
from ._registry import ObjectSharingScope as ObjectSharingScope
from ._registry import add_resolver as add_resolver
from ._registry import deserialize_keras_object as deserialize_keras_object
from ._registry import find_class as find_class
from ._registry import find_function as find_function
from ._registry import find_public as find_public
from ._registry import get_custom_objects as get_custom_objects
from ._registry import get_registered_name as get_registered_name
from ._registry import get_registered_object as get_registered_object
from ._registry import register_keras_serializable as register_keras_serializable
from ._registry import serialize_keras_object as serialize_keras_object
from ._registry import serialize_shared as serialize_shared
from ._scope import AutocastScope as AutocastScope
from ._scope import StateScope as StateScope
from ._scope import get_autocast_scope as get_autocast_scope
from ._scope import get_scope as get_scope
from ._seed_generator import SeedGenerator as SeedGenerator
from ._seed_generator import global_seed_generator as global_seed_generator
from ._seed_generator import host_generator as host_generator
from ._seed_generator import make_default_seed as make_default_seed
from ._seed_generator import set_random_seed as set_random_seed
from ._variable import Variable as Variable

custom_object_scope = CustomObjectScope
