"""Old spellings of Keras 1 and 2: understood, with one note each."""

import os
import sys
import warnings

_HERE = os.path.dirname(os.path.abspath(__file__)) + os.sep
_warned: set[str] = set()


def warn_once(key: str, message: str, category: type[Warning] = DeprecationWarning) -> None:
    """Warns (with DeprecationWarning) the first time that `key` is met in this process, at the user's line."""
    if key in _warned:
        return
    _warned.add(key)
    warn_at_user(category(message))


def warn_at_user(warning: Warning) -> None:
    """Warns at the user's line: the innermost that is not of this package."""
    frame = sys._getframe(1)
    while frame.f_back is not None and frame.f_code.co_filename.startswith((_HERE, "<frozen importlib")):
        frame = frame.f_back
    warnings.warn_explicit(
        warning, type(warning), frame.f_code.co_filename, frame.f_lineno, module=frame.f_globals.get("__name__", ""),
        registry=frame.f_globals.setdefault("__warningregistry__", {}),
    )  # fmt: skip


def forget_warnings() -> None:
    """Makes every note due again (for tests and `utils.clear_session`)."""
    _warned.clear()
