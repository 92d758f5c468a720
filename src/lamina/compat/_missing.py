"""The sentence for a name that a stand-in does not have."""

from typing import Any

from lamina._hints import did_you_mean


def no_such_name(module: Any, name: str, where: str) -> str:
    """Says that `module` has no `name`, with the name most like it. `where` tells what the module stands for."""
    hint = did_you_mean(name, [known for known in dir(module) if not known.startswith("_")])
    return f"lamina has no {name!r} in what {module.__name__!r} stands for ({where}).{hint}"
