"""Several tensors become one."""

from ._concatenate import Concatenate as Concatenate
from ._concatenate import concatenate as concatenate
from ._dot import Dot as Dot
from ._dot import dot as dot
from ._elementwise import Add as Add
from ._elementwise import Average as Average
from ._elementwise import Maximum as Maximum
from ._elementwise import Minimum as Minimum
from ._elementwise import Multiply as Multiply
from ._elementwise import Subtract as Subtract
from ._elementwise import add as add
from ._elementwise import average as average
from ._elementwise import maximum as maximum
from ._elementwise import minimum as minimum
from ._elementwise import multiply as multiply
from ._elementwise import subtract as subtract
