"""What layers of preprocessing that calculate with tensors have beside others."""

from typing import Any

from lamina import ops


class ConvertsWeight:
    """A layer with values of its own that may be arrays of anybody's."""

    def convert_weight(self, weight: Any) -> Any:
        """The array as a tensor of the engine in use; a tensor as it is."""
        return ops.convert_to_tensor(weight)
