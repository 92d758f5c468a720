"""Control flow that can be traced, a construct a file.

On arrays it is plain Python. On tracers the bodies are traced once into graphs of their own, which a primitive runs.
"""

from ._cond import cond as cond
from ._custom_gradient import custom_gradient as custom_gradient
from ._custom_gradient import stop_gradient as stop_gradient
from ._scan import scan as scan
from ._scan import vectorized_map as vectorized_map
from ._while import while_loop as while_loop
