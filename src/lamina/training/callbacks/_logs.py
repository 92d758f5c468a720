"""`Logs`: values by name, asked for by the names of old too."""

from typing import Any

from lamina._deprecation import warn_once

# What Keras before 2.3 called the values of metrics=["mae"] and its like.
_LONG = {
    "mean_squared_error": "mse",
    "mean_absolute_error": "mae",
    "mean_absolute_percentage_error": "mape",
    "mean_squared_logarithmic_error": "msle",
}


class Logs(dict):
    """The logs of an epoch, or the history.

    'acc' stands for 'accuracy' and 'mean_absolute_error' for 'mae', with or without 'val_'.
    """

    def __missing__(self, key: str) -> Any:
        today = self._today(key)
        if today is None:
            raise KeyError(f"{key!r}; the history holds {list(self)}.")
        warn_once("history.acc", f"history[{key!r}] is called {today!r} since Keras 2.3.")
        return self[today]

    def get(self, key: str, default: Any = None) -> Any:
        """The value of that name, `default` if there is none."""
        return self[key] if key in self or self._today(key) is not None else default

    def _today(self, key: Any) -> str | None:
        if not isinstance(key, str):
            return None
        is_validation = key.startswith("val_")
        name = key.removeprefix("val_")
        if name in _LONG:
            short = key.replace(name, _LONG[name])
            return short if short in self else None
        if name != "acc":
            return None
        found = [k for k in self if k.endswith("accuracy") and k.startswith("val_") is is_validation]
        return found[0] if len(found) == 1 else None
