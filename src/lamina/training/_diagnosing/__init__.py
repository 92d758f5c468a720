"""What is said of a network when it is compiled, when its training begins, and while it trains. Loaded when first needed."""

from ._at import Looked as Looked
from ._at import at_compile as at_compile
from ._at import at_fit as at_fit
from ._watch import Watch as Watch
