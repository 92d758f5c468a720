"""Names of models and layers in written programs: whatever they hold, they stay what they are written as."""

import re


def plain(text: str) -> str:
    """A name for comments and docstrings: no line ends, no quotes or stars that could end them."""
    return "".join(c if c.isprintable() and c not in '"\\*' else "_" for c in text)


def identifier(name: str) -> str:
    """A name of ASCII letters, digits and underscores that does not begin with a digit."""
    found = re.sub(r"[^0-9A-Za-z_]", "_", name)
    return f"_{found}" if not found or found[0].isdigit() else found
