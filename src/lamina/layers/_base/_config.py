"""Layers as configs: what they were made with, and layers made from that."""

import inspect
from typing import Any

from lamina import regularizers
from lamina.variables import DTypePolicyMap, get_dtype_policy, serialize_dtype_policy, serialize_keras_object

from ._state import Held


class Configured(Held):
    """The part of a layer that gives its config and takes it up again. `_general_init` is the `__init__` that all share."""

    _general_init: Any

    def get_config(self) -> dict[str, Any]:
        """The arguments from which `from_config` makes a like layer.

        A class that does not override it gets the arguments that its `__init__` was given, if they can be saved.
        """
        config: dict[str, Any] = {
            "name": self.name,
            "trainable": self.trainable,
            "dtype": serialize_dtype_policy(self._dtype_policy),
        }
        if self.activity_regularizer is not None:
            config["activity_regularizer"] = regularizers.serialize(self.activity_regularizer)
        if type(self).get_config is Configured.get_config and type(self).__init__ is not type(self)._general_init:
            config.update(self._arguments_of_init())
        return config

    def _arguments_of_init(self) -> dict[str, Any]:
        found = self._given_arguments()
        for key in ("name", "trainable", "dtype", "activity_regularizer"):
            if found.get(key) is None or key == "dtype":
                found.pop(key, None)
        try:
            return {name: serialize_keras_object(value) for name, value in found.items()}
        except (TypeError, ValueError) as error:
            raise NotImplementedError(
                f"{type(self).__name__} was made with arguments that cannot be saved as they are ({error}). "
                "Define get_config(), returning the arguments of __init__ as a dict."
            ) from None

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Any:
        """A layer made from what `get_config` returned."""
        config = dict(config)
        if isinstance(config.get("dtype"), dict):
            policy = get_dtype_policy(config["dtype"])
            is_plain = not isinstance(policy, DTypePolicyMap) and policy.quantization_mode is None
            config["dtype"] = policy.name if is_plain else policy  # as users' classes expect it
        if cls.get_config is Configured.get_config and cls.__init__ is not cls._general_init:
            config = _accepted(cls, config)
        try:
            return cls(**config)
        except (TypeError, ValueError) as error:
            raise TypeError(
                f"{cls.__name__}.from_config: {error}. The config was {config!r}. Define get_config() so that it "
                "returns the arguments of __init__()."
            ) from error


def _accepted(cls: type, config: dict[str, Any]) -> dict[str, Any]:
    """The entries that `__init__` takes: a plain subclass may not pass on name, trainable and dtype."""
    parameters = inspect.signature(cls.__init__).parameters
    if any(p.kind is p.VAR_KEYWORD for p in parameters.values()):
        return config
    general = ("name", "trainable", "dtype", "activity_regularizer")
    return {k: v for k, v in config.items() if k in parameters or k not in general}
