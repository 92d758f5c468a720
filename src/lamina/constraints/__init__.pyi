# Written by scripts/make_face.py; do not edit.

from lamina.constraints._constraint import Constraint as Constraint
from lamina.constraints._norms import MaxNorm as MaxNorm
from lamina.constraints._norms import MinMaxNorm as MinMaxNorm
from lamina.constraints._non_neg import NonNeg as NonNeg
from lamina.constraints._norms import UnitNorm as UnitNorm
from lamina.constraints._serialization import deserialize as deserialize
from lamina.constraints._serialization import get as get
from lamina.constraints._norms import MaxNorm as max_norm
from lamina.constraints._norms import MinMaxNorm as min_max_norm
from lamina.constraints._non_neg import NonNeg as non_neg
from lamina.constraints._serialization import serialize as serialize
from lamina.constraints._norms import UnitNorm as unit_norm
