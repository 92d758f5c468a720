"""All rules, by the name of the primitive."""

from collections.abc import Callable
from typing import Any

from ._elementwise import ELEMENTWISE
from ._loops import LOOPS
from ._moving import MOVING
from ._picking import PICKING
from ._products import PRODUCTS
from ._reductions import REDUCTIONS
from ._sequences import SEQUENCES
from ._strings import STRINGS

# rule(builder, call, names of the inputs) -> the name of the output, or a list of them.
Rule = Callable[[Any, Any, list[str]], Any]
RULES: dict[str, Rule] = {
    **ELEMENTWISE, **REDUCTIONS, **MOVING, **PICKING, **PRODUCTS, **SEQUENCES, **LOOPS, **STRINGS,
}  # fmt: skip
