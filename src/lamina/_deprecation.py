"""Old spellings of Keras 1 and 2: understood, with one note each."""

import warnings

_warned: set[str] = set()


def warn_once(key: str, message: str, category: type[Warning] = DeprecationWarning) -> None:
    """Warns (with DeprecationWarning) the first time that `key` is met in this process."""
    if key not in _warned:
        _warned.add(key)
        warnings.warn(message, category, stacklevel=3)


def forget_warnings() -> None:
    """Makes every note due again (for tests and `utils.clear_session`)."""
    _warned.clear()
