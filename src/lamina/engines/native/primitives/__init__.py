"""The primitives, a file a family; importing this package fills the registry and the tables of NumPy's functions."""

from . import _conv as _conv
from . import _cumulative as _cumulative
from . import _elementwise as _elementwise
from . import _gru as _gru
from . import _indexing as _indexing
from . import _linalg as _linalg
from . import _lstm as _lstm
from . import _pool as _pool
from . import _random as _random
from . import _reduction as _reduction
from . import _shape as _shape
from . import _simple_rnn as _simple_rnn
from . import _softmax as _softmax
