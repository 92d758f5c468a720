"""Penalties on weights and activities (`lamina.regularizers`)."""

from ._norms import L1 as L1
from ._norms import L1L2 as L1L2
from ._norms import L2 as L2
from ._orthogonal import OrthogonalRegularizer as OrthogonalRegularizer
from ._regularizer import Regularizer as Regularizer
from ._serialization import deserialize as deserialize
from ._serialization import get as get
from ._serialization import serialize as serialize

l1, l2, l1_l2, orthogonal_regularizer = L1, L2, L1L2, OrthogonalRegularizer
