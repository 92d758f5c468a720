"""From raw columns and pictures to numbers that a network can use."""

from ._category_encoding import CategoryEncoding as CategoryEncoding
from ._discretization import Discretization as Discretization
from ._hashing import Hashing as Hashing
from ._integer_lookup import IntegerLookup as IntegerLookup
from ._normalization import Normalization as Normalization
from ._rescaling import Rescaling as Rescaling
from ._resizing import Resizing as Resizing
from ._string_lookup import StringLookup as StringLookup
