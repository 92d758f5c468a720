"""`Unfit`: data that cannot be drawn, told in the page's language too."""

from typing import Any

from lamina.serving._refused import Refused


class Unfit(Refused):
    """A request with data that does not fit.

    Attributes: `key` of the page's sentence, and the `values` that stand in it.
    """

    def __init__(self, key: str, message: str, **values: Any):
        super().__init__(422, message)
        self.key, self.values = key, values
