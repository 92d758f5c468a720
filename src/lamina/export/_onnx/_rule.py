"""The type of a rule."""

from collections.abc import Callable
from typing import Any

# rule(builder, call, names of the inputs) -> the name of the output, or a list of them.
Rule = Callable[[Any, Any, list[str]], Any]
