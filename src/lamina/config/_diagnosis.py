"""Whether training says what is wrong with a network: as warnings, as errors, or not at all."""

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager

from lamina._public import public

MODES = ("warn", "error", "off")
_set: dict[str, str | frozenset[str]] = {}


@public("config.set_diagnosis")
def set_diagnosis(mode: str = "warn", ignore: Iterable[str] = ()) -> None:
    """Sets what `compile` and `fit` do with what they find wrong with a network.

    By default what `LAMINA_DIAGNOSIS` says, else "warn"; the rules left out are those of `LAMINA_DIAGNOSIS_IGNORE`, by commas.

    Args:
        mode: "warn" (DiagnosisWarning), "error" (DiagnosisError), or "off": nothing is looked for.
        ignore: ids of rules that are left out.
    Raises ValueError for another mode.
    Example:
        >>> config.set_diagnosis("warn", ignore=["dropout-rate"])
        >>> config.diagnosis()
        'warn'
    """
    _set["mode"] = check_mode(mode, "set_diagnosis: mode")
    _set["ignore"] = frozenset(ignore)


@public("config.diagnosis")
def diagnosis() -> str:
    """What is done with what is found wrong with a network: "warn", "error" or "off".

    Example:
        >>> config.diagnosis() in ("warn", "error", "off")
        True
    """
    if "mode" not in _set:
        _set["mode"] = check_mode(os.environ.get("LAMINA_DIAGNOSIS") or "warn", "The environment's LAMINA_DIAGNOSIS")
    return str(_set["mode"])


@contextmanager
def checking() -> Iterator[None]:
    """Within it the first fit of a program ends it with what was found (`training._diagnosing.Looked`)."""
    before = diagnosis()
    _set["mode"] = "check"
    try:
        yield
    finally:
        _set["mode"] = before


def ignored_rules() -> frozenset[str]:
    """The ids of the rules that are left out."""
    if "ignore" not in _set:
        names = os.environ.get("LAMINA_DIAGNOSIS_IGNORE", "").split(",")
        _set["ignore"] = frozenset(name.strip() for name in names if name.strip())
    return frozenset(_set["ignore"])


def check_mode(mode: str, name: str) -> str:
    """The mode itself. Raises ValueError if it is none."""
    if mode not in MODES:
        raise ValueError(f"{name} must be one of {', '.join(map(repr, MODES))}; got {mode!r}.")
    return mode
