"""Libraries that come with an extra."""

import importlib.util


def require(module: str, extra: str, what: str) -> None:
    """Raises ImportError that names the extra if the module is not installed."""
    if importlib.util.find_spec(module) is None:
        raise ImportError(f"{what} needs {module}: pip install 'lamina[{extra}]'")
