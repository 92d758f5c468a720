# Written by scripts/make_face.py; do not edit.

from lamina.quantizers._calibrated_config import AWQConfig as AWQConfig
from lamina.quantizers._abs_max import AbsMaxQuantizer as AbsMaxQuantizer
from lamina.quantizers._config import Float8QuantizationConfig as Float8QuantizationConfig
from lamina.quantizers._calibrated_config import GPTQConfig as GPTQConfig
from lamina.quantizers._config import Int4QuantizationConfig as Int4QuantizationConfig
from lamina.quantizers._config import Int8QuantizationConfig as Int8QuantizationConfig
from lamina.quantizers._config import QuantizationConfig as QuantizationConfig
from lamina.quantizers._abs_max import Quantizer as Quantizer
from lamina.quantizers._abs_max import abs_max_quantize as abs_max_quantize
from lamina.quantizers._grouped import abs_max_quantize_grouped_with_zero_point as abs_max_quantize_grouped_with_zero_point
from lamina.quantizers._float8 import compute_float8_amax_history as compute_float8_amax_history
from lamina.quantizers._float8 import compute_float8_scale as compute_float8_scale
from lamina.quantizers._serialization import deserialize as deserialize
from lamina.quantizers._fake_quant import fake_quant_with_min_max_vars as fake_quant_with_min_max_vars
from lamina.quantizers._serialization import get as get
from lamina.quantizers._packing import pack_int2 as pack_int2
from lamina.quantizers._packing import pack_int4 as pack_int4
from lamina.quantizers._float8 import quantize_and_dequantize as quantize_and_dequantize
from lamina.quantizers._serialization import serialize as serialize
from lamina.quantizers._packing import unpack_int2 as unpack_int2
from lamina.quantizers._packing import unpack_int4 as unpack_int4
