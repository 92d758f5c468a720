"""All rules, by the name of the primitive."""

from ._elementwise import ELEMENTWISE
from ._loops import LOOPS
from ._moving import MOVING
from ._picking import PICKING
from ._products import PRODUCTS
from ._reductions import REDUCTIONS
from ._rule import Rule
from ._sequences import SEQUENCES
from ._strings import STRINGS

RULES: dict[str, Rule] = {
    **ELEMENTWISE, **REDUCTIONS, **MOVING, **PICKING, **PRODUCTS, **SEQUENCES, **LOOPS, **STRINGS,
}  # fmt: skip
