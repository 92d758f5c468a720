"""What weights must satisfy after each update (`lamina.constraints`)."""

from ._constraint import Constraint as Constraint
from ._non_neg import NonNeg as NonNeg
from ._norms import MaxNorm as MaxNorm
from ._norms import MinMaxNorm as MinMaxNorm
from ._norms import UnitNorm as UnitNorm
from ._serialization import deserialize as deserialize
from ._serialization import get as get
from ._serialization import serialize as serialize

max_norm, min_max_norm, non_neg, unit_norm = MaxNorm, MinMaxNorm, NonNeg, UnitNorm
