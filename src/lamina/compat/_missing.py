"""The sentence for a name that a stand-in does not have."""

import difflib
from typing import Any


def no_such_name(module: Any, name: str, where: str) -> str:
    """Says that `module` has no `name`, with the name most like it. `where` tells what the module stands for."""
    like = difflib.get_close_matches(name, [known for known in dir(module) if not known.startswith("_")], 1, 0.7)
    hint = f" Did you mean {like[0]!r}?" if like else ""
    return f"lamina has no {name!r} in what {module.__name__!r} stands for ({where}).{hint}"
