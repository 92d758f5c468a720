"""Where every value of a program lives, decided before anything runs."""

from ._layout import Layout as Layout
from ._layout import lay_out as lay_out
from ._places import ALIGN as ALIGN
from ._places import CHUNK as CHUNK
from ._places import Joined as Joined
from ._places import Owned as Owned
from ._places import Place as Place
from ._places import Register as Register
from ._places import Scratch as Scratch
from ._places import Shares as Shares
from ._places import View as View
from ._places import aligned_bytes as aligned_bytes
from ._verify import verify_layout as verify_layout
from ._views import contiguous_strides as contiguous_strides
