"""The base of everything that can stand in a symbolic graph: layers and ops."""

import inspect
import re
from collections import defaultdict
from typing import Any, Self

from lamina._public import public

from ._infer import infer_spec
from ._keras_tensor import any_symbolic
from ._node import Node

_name_counts: dict[str, int] = defaultdict(int)


def to_snake_case(name: str) -> str:
    name = re.sub(r"\W+", "", name)
    name = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    return re.sub(r"([a-z])([A-Z])", r"\1_\2", name).lower()


def auto_name(prefix: str) -> str:
    """`"dense"`, then `"dense_1"`, ...: unique names as Keras gives them."""
    prefix = to_snake_case(prefix)
    count = _name_counts[prefix]
    _name_counts[prefix] += 1
    return prefix if count == 0 else f"{prefix}_{count}"


def check_name(name: Any, where: str) -> None:
    """Raises ValueError for what is no name: names are parts of the paths of variables, and of places in files."""
    if not isinstance(name, str) or "/" in name or "\0" in name:
        raise ValueError(f"{where}: name must be a string without '/'; got {name!r}.")


def reset_names() -> None:
    """Starts automatic naming anew (`utils.clear_session`)."""
    _name_counts.clear()


@public("Operation")
class Operation:
    """Something callable on tensors and on KerasTensors. Subclasses define `call`, maybe `compute_output_spec`.

    Example:
        >>> class Scale(Operation):
        ...     def __init__(self, factor, name=None):
        ...         super().__init__(name=name)
        ...         self.factor = factor
        ...     def call(self, x):
        ...         return x * self.factor
        >>> Scale(2.0, name="scale").get_config()
        {'factor': 2.0, 'name': 'scale'}
    """

    _auto_arguments: tuple[tuple[Any, ...], dict[str, Any]]

    def __new__(cls, *args: Any, **kwargs: Any) -> Self:
        instance = super().__new__(cls)
        object.__setattr__(instance, "_auto_arguments", (args, kwargs))
        return instance

    def __init__(self, name: str | None = None):
        if name is None:
            name = auto_name(type(self).__name__)
        check_name(name, type(self).__name__)
        self.name = name
        self._inbound_nodes: list[Node] = []
        self._outbound_nodes: list[Node] = []

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if any_symbolic(args, kwargs):
            return self.symbolic_call(*args, **kwargs)
        is_quantized = getattr(self, "quantization_mode", None) is not None
        return (self.quantized_call if is_quantized else self.call)(*args, **kwargs)

    def symbolic_call(self, *args: Any, **kwargs: Any) -> Any:
        """Records a call on KerasTensors and returns the KerasTensors it would give."""
        outputs = self.compute_output_spec(*args, **kwargs)
        Node(self, args, kwargs, outputs)
        return outputs

    def call(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} must define call().")

    def quantized_call(self, *args: Any, **kwargs: Any) -> Any:
        """What is computed in the place of `call` once `quantization_mode` is set."""
        raise NotImplementedError(f"{type(self).__name__} has a quantization_mode; it must define quantized_call().")

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """KerasTensors shaped like the outputs, found by tracing `call` without data."""
        return infer_spec(self.call, *args, **kwargs)

    def get_config(self) -> dict[str, Any]:
        """The arguments from which `from_config` makes a like operation: those that `__init__` was given.

        A subclass that overrides it gets the name here. Raises NotImplementedError for arguments that are not plain.
        """
        if type(self).get_config is not Operation.get_config:
            return {"name": self.name}
        found, signature = self._given_arguments(), inspect.signature(type(self).__init__)
        kinds = {p.kind for p in signature.parameters.values()}
        if "name" in signature.parameters or inspect.Parameter.VAR_KEYWORD in kinds:
            found["name"] = self.name
        takes_more = any(p.kind is p.VAR_POSITIONAL and p.name in found for p in signature.parameters.values())
        if takes_more or not _is_plain(found):
            raise NotImplementedError(
                f"{type(self).__name__} was made with arguments that cannot be saved as they are. Define get_config(), "
                "returning the arguments of __init__ as a dict."
            )
        return found

    def _given_arguments(self) -> dict[str, Any]:
        """What `__init__` was given, by name, with its defaults; what an argument `**kwargs` took stands by its own names."""
        args, kwargs = self._auto_arguments
        signature = inspect.signature(type(self).__init__)
        bound = signature.bind(self, *args, **kwargs)
        bound.apply_defaults()
        found: dict[str, Any] = {}
        for name, value in list(bound.arguments.items())[1:]:
            kind = signature.parameters[name].kind
            if kind is inspect.Parameter.VAR_KEYWORD:
                found.update(value)
            elif kind is not inspect.Parameter.VAR_POSITIONAL or value:
                found[name] = value
        return found

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> Self:
        """An operation made from what `get_config` returned."""
        return cls(**config)

    def _nth(self, attribute: str) -> Any:
        if not self._inbound_nodes:
            raise AttributeError(f"{type(self).__name__} {self.name!r} has never been called on a KerasTensor.")
        node = self._inbound_nodes[0]
        flat = getattr(node, attribute)
        return flat[0] if len(flat) == 1 else flat

    @property
    def input(self) -> Any:
        return self._nth("input_tensors")

    @property
    def output(self) -> Any:
        return self._nth("output_tensors")


def _is_plain(value: Any) -> bool:
    if isinstance(value, dict):
        return all(isinstance(key, str) and _is_plain(entry) for key, entry in value.items())
    if isinstance(value, (list, tuple)):
        return all(map(_is_plain, value))
    return value is None or isinstance(value, (bool, int, float, str))
