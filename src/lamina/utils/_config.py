"""`Config`: named values, by attribute or by key."""

import difflib
import json
from collections.abc import Iterator, MutableMapping
from typing import Any

from lamina._public import public


@public("utils.Config")
class Config(MutableMapping[str, Any]):
    """Named values that are read and set as attributes or as items, until they are frozen.

    Args:
        kwargs: the values.
    Raises AttributeError or KeyError for a name that is not there, with the one most like it; ValueError for changes of a frozen
        config.
    Example:
        >>> settings = lamina.utils.Config(learning_rate=0.1)
        >>> settings.seed = 3
        >>> settings["seed"], settings.as_dict()
        (3, {'learning_rate': 0.1, 'seed': 3})
    """

    def __init__(self, **kwargs: Any):
        object.__setattr__(self, "_values", dict(kwargs))
        object.__setattr__(self, "_is_frozen", False)

    @property
    def frozen(self) -> bool:
        """Whether changes are refused."""
        return self._is_frozen

    def freeze(self) -> None:
        """From now on changes are refused."""
        object.__setattr__(self, "_is_frozen", True)

    def unfreeze(self) -> None:
        """From now on changes are allowed again."""
        object.__setattr__(self, "_is_frozen", False)

    def as_dict(self) -> dict[str, Any]:
        """The values, in a dict of their own."""
        return dict(self._values)

    def to_json(self) -> str:
        """The values as JSON."""
        return json.dumps(self._values)

    def _check_open(self) -> None:
        if self._is_frozen:
            raise ValueError("Config: it is frozen; call unfreeze() to change it.")

    def _missing(self, name: str) -> str:
        near = difflib.get_close_matches(name, self._values, 1)
        return f"Config has no value {name!r}." + (f" Did you mean {near[0]!r}?" if near else "")

    def __getitem__(self, name: str) -> Any:
        if name not in self._values:
            raise KeyError(self._missing(name))
        return self._values[name]

    def __setitem__(self, name: str, value: Any) -> None:
        self._check_open()
        self._values[name] = value

    def __delitem__(self, name: str) -> None:
        self._check_open()
        if name not in self._values:
            raise KeyError(self._missing(name))
        del self._values[name]

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") or name not in self._values:
            raise AttributeError(self._missing(name))
        return self._values[name]

    def __setattr__(self, name: str, value: Any) -> None:
        self[name] = value

    def __delattr__(self, name: str) -> None:
        if name not in self._values:
            raise AttributeError(self._missing(name))
        del self[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)

    def __dir__(self) -> list[str]:
        return [*super().__dir__(), *self._values]

    def __repr__(self) -> str:
        return f"<Config {self._values}>"

    def __reduce__(self) -> Any:
        return _restored, (dict(self._values), self._is_frozen)


def _restored(values: dict[str, Any], is_frozen: bool) -> Config:
    config = Config(**values)
    if is_frozen:
        config.freeze()
    return config
