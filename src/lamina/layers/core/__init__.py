"""Layers at the core of most networks."""

from ._dense import Dense as Dense
from ._einsum_dense import EinsumDense as EinsumDense
from ._embedding import Embedding as Embedding
from ._identity import Identity as Identity
from ._input_layer import Input as Input
from ._input_layer import InputLayer as InputLayer
from ._lambda import Lambda as Lambda
from ._masking import Masking as Masking
from ._wrapper import Wrapper as Wrapper
