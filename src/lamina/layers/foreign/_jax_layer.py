"""`JaxLayer`."""

import importlib
import inspect
from collections.abc import Callable
from typing import Any, Unpack

from lamina._public import public
from lamina.variables import SeedGenerator, Variable, deserialize_keras_object, serialize_keras_object

from .._base._arguments import LayerArguments
from .._base._call import map_shapes
from .._base._layer import Layer
from ._needs import needs_engine

_CALL_TAKES = ("params", "state", "rng", "inputs", "training")
_INIT_TAKES = ("rng", "inputs", "training")


@public("layers.JaxLayer")
class JaxLayer(Layer):
    """A function of JAX as a layer, on the jax engine: its parameters are trained like those of any other layer.

    `call_fn` takes some of `params`, `state`, `rng`, `inputs` and `training`, by these names: trees of trainable and of other
    arrays, a key `(2,)` uint32 (None outside training), the inputs, and whether this is training. It gives the outputs, or
    `(outputs, new_state)` if it takes `state`. `init_fn(rng, inputs, training)`, which may leave out `rng` and `training`,
    gives `params`, or `(params, state)`, for inputs of ones in which unknown sizes are 1.

    To be saved, both must be functions registered with `saving.register_keras_serializable`: a file holds no code.

    Args:
        call_fn: the function.
        init_fn: makes the first parameters when the layer is built; not needed if they are given.
        params, state: trees of arrays to begin with.
        seed: int, of the keys; by default a fresh one.
        native_serialization_platforms: has no effect here.

    Inputs and outputs: tensors `(batch, ...)`, or trees of them, as the function takes and gives them.
    Raises ValueError on other engines, and for functions that take other arguments.

    Example (on the jax engine):

        def dense(params, inputs):
            return inputs @ params["w"]

        layer = layers.JaxLayer(dense, params={"w": np.ones((3, 2))})
    """

    def __init__(
        self,
        call_fn: Callable[..., Any],
        init_fn: Callable[..., Any] | None = None,
        params: Any = None,
        state: Any = None,
        seed: int | None = None,
        native_serialization_platforms: Any = None,
        **kwargs: Unpack[LayerArguments],
    ):
        super().__init__(**kwargs)
        needs_engine(self, "jax")
        self.call_fn, self.init_fn = call_fn, init_fn
        self._call_takes = self._arguments_of(call_fn, "call_fn", _CALL_TAKES)
        self._init_takes = [] if init_fn is None else self._arguments_of(init_fn, "init_fn", _INIT_TAKES)
        self.native_serialization_platforms = native_serialization_platforms
        self._seeds = SeedGenerator(seed)
        self._arrays: dict[str, list[Variable]] = {"params": [], "state": []}
        self._trees: dict[str, Any] = {}
        has_weights = "params" in self._call_takes or "state" in self._call_takes
        if params is not None or state is not None or not has_weights:
            with self._scope():
                self._hold(params, state)
            self._mark_built()
        elif init_fn is None:
            raise ValueError(f"{self._owner}: call_fn takes params or state; give init_fn=, or params= and state=.")

    def _arguments_of(self, function: Callable[..., Any], name: str, known: tuple[str, ...]) -> list[str]:
        names = list(inspect.signature(function).parameters)
        unknown = [n for n in names if n not in known]
        if unknown or "inputs" not in names:
            raise ValueError(
                f"{self._owner}: {name} takes {', '.join(names) or 'nothing'}; it must take inputs, and may take "
                f"{', '.join(n for n in known if n != 'inputs')}."
            )
        return names

    def _hold(self, params: Any, state: Any) -> None:
        for kind, tree in (("params", params), ("state", state)):
            found, self._trees[kind] = _jax().tree_util.tree_flatten_with_path(tree)
            made = [
                Variable(array, trainable=kind == "params", name=_name_of(path) or kind, dtype=str(array.dtype))
                for path, array in ((path, _jax().numpy.asarray(leaf)) for path, leaf in found)
            ]
            self._arrays = {**self._arrays, kind: made}

    @property
    def params(self) -> Any:
        """The trainable parameters, a tree of variables."""
        return self._tree_of("params", self._arrays["params"])

    @property
    def state(self) -> Any:
        """The rest, a tree of variables."""
        return self._tree_of("state", self._arrays["state"])

    def _tree_of(self, kind: str, leaves: list[Any]) -> Any:
        return _jax().tree_util.tree_unflatten(self._trees[kind], leaves) if kind in self._trees else None

    def build(self, input_shape: Any) -> None:
        ones = _jax().numpy.ones
        inputs = map_shapes(lambda shape: ones([1 if n is None else n for n in shape]), input_shape)
        given = {"inputs": inputs, "training": True}
        if "rng" in self._init_takes:
            given["rng"] = self._first_rng()
        made = self.init_fn(*(given[name] for name in self._init_takes))  # type: ignore[misc]
        self._hold(*(made if "state" in self._call_takes else (made, None)))

    def _first_rng(self) -> Any:
        """What `init_fn` gets as `rng`."""
        return _jax().numpy.asarray(self._seeds.next())

    def _rng(self, training: bool | None) -> Any:
        """What `call_fn` gets as `rng`."""
        return self._seeds.next() if training else None

    def call(self, inputs: Any, training: bool | None = False) -> Any:
        given = {"inputs": inputs, "training": bool(training)}
        given |= {kind: self._tree_of(kind, [v.value for v in held]) for kind, held in self._arrays.items()}
        if "rng" in self._call_takes:
            given["rng"] = self._rng(training)
        result = self.call_fn(*(given[name] for name in self._call_takes))
        if "state" not in self._call_takes:
            return result
        outputs, new_state = result
        self._set_state(new_state)
        return outputs

    def _set_state(self, new_state: Any) -> None:
        values, tree = _jax().tree_util.tree_flatten(new_state)
        if tree != self._trees["state"]:
            raise ValueError(
                f"{self._owner}: call_fn gave a state of the structure {tree}; expected {self._trees['state']}."
            )
        for variable, value in zip(self._arrays["state"], values):
            variable.assign(value)

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "call_fn": serialize_keras_object(self.call_fn),
            "init_fn": serialize_keras_object(self.init_fn),
            "native_serialization_platforms": self.native_serialization_platforms,
        }

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None, safe_mode: Any = None
    ) -> Any:
        functions = {
            key: deserialize_keras_object(config[key], custom_objects=custom_objects) for key in ("call_fn", "init_fn")
        }
        return cls(**{**config, **functions})


def _jax() -> Any:
    return importlib.import_module("jax")


def _name_of(path: tuple[Any, ...]) -> str:
    """`dense_kernel` for ["dense"]["kernel"]."""
    parts = (getattr(key, "key", getattr(key, "idx", getattr(key, "name", ""))) for key in path)
    return "_".join(str(part).replace("/", "_") for part in parts)
