"""Functions on tensors: on arrays, on Variables, inside a trace, and on symbolic `KerasTensor`s (`lamina.ops`)."""

from lamina._lazy import attach

from . import _operators as _operators  # what symbolic tensors answer to +, [], ...

# What the floors above use and users do not.
from ._dtypes import is_float_dtype as is_float_dtype
from ._dtypes import is_int_dtype as is_int_dtype
from ._dtypes import result_type as result_type
from ._dtypes import standardize_dtype as standardize_dtype
from ._symbolic import KerasTensor as KerasTensor
from ._symbolic import is_keras_tensor as is_keras_tensor

__getattr__, __dir__, __all__ = attach(__name__)
