"""The type of a rule."""

from collections.abc import Callable
from typing import Any

# rule(writer, call, names of the inputs, names of the outputs) writes the lines of a call.
Rule = Callable[[Any, Any, list[str], list[str]], None]
