# Written by scripts/make_face.py; do not edit.

from lamina.regularizers._norms import L1 as L1
from lamina.regularizers._norms import L1L2 as L1L2
from lamina.regularizers._norms import L2 as L2
from lamina.regularizers._orthogonal import OrthogonalRegularizer as OrthogonalRegularizer
from lamina.regularizers._regularizer import Regularizer as Regularizer
from lamina.regularizers._serialization import deserialize as deserialize
from lamina.regularizers._serialization import get as get
from lamina.regularizers._norms import L1 as l1
from lamina.regularizers._norms import L1L2 as l1_l2
from lamina.regularizers._norms import L2 as l2
from lamina.regularizers._orthogonal import OrthogonalRegularizer as orthogonal_regularizer
from lamina.regularizers._serialization import serialize as serialize
