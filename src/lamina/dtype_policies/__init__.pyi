# Written by scripts/make_face.py; do not edit.

from lamina.variables._quantized_policy import AWQDTypePolicy as AWQDTypePolicy
from lamina.variables._dtype_policy import DTypePolicy as DTypePolicy
from lamina.variables._dtype_policy import DTypePolicyMap as DTypePolicyMap
from lamina.variables._dtype_policy import DTypePolicy as FloatDTypePolicy
from lamina.variables._quantized_policy import GPTQDTypePolicy as GPTQDTypePolicy
from lamina.variables._quantized_policy import Int4DTypePolicy as Int4DTypePolicy
from lamina.variables._quantized_policy import QuantizedDTypePolicy as QuantizedDTypePolicy
from lamina.variables._quantized_policy import QuantizedFloat8DTypePolicy as QuantizedFloat8DTypePolicy
from lamina.variables._dtype_policy import deserialize as deserialize
from lamina.variables._dtype_policy import get as get
from lamina.variables._dtype_policy import serialize as serialize
