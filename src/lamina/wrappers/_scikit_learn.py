"""scikit-learn's bases; without it empty ones, so that the wrappers can be named, and making one says what is missing."""

import importlib
import importlib.util
from typing import Any

from lamina._extras import require


def _base(name: str) -> Any:
    if importlib.util.find_spec("sklearn") is None:
        return type(name, (), {})
    return getattr(importlib.import_module("sklearn.base"), name)


BaseEstimator = _base("BaseEstimator")
ClassifierMixin = _base("ClassifierMixin")
RegressorMixin = _base("RegressorMixin")
TransformerMixin = _base("TransformerMixin")


def part(name: str) -> Any:
    """A module of scikit-learn: "utils.validation"."""
    return importlib.import_module(f"sklearn.{name}")


def require_scikit_learn(what: str) -> None:
    """Raises ImportError that names the extra if it is not installed."""
    require("sklearn", "scikit-learn", what)
