"""An extension of Griffe, which reads docstrings for the API pages: an example is shown as the session that it is.

Griffe knows a section `Examples:` after a blank line; of `Example:`, as our docstrings have it, it makes a remark or plain text.
"""

import re
from typing import Any

import griffe


class ShownAsSession(griffe.Extension):
    def on_object(self, *, obj: griffe.Object, **kwargs: Any) -> None:
        if obj.docstring is not None:
            obj.docstring.value = re.sub(r"\n+Example:\n", "\n\nExamples:\n", obj.docstring.value)
