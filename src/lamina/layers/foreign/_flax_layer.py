"""`FlaxLayer`."""

import importlib
import inspect
from typing import Any, Unpack

from lamina._extras import require
from lamina._public import public
from lamina.variables import deserialize_keras_object, serialize_keras_object

from .._base._arguments import LayerArguments
from ._jax_layer import JaxLayer


@public("layers.FlaxLayer")
class FlaxLayer(JaxLayer):
    """A module of Flax (`flax.linen.Module`) as a layer, on the jax engine.

    The collection "params" is trained; the others are state that the module may change. The method takes the inputs first,
    and may take `training`. Keys go to "params" and "dropout" when it is initialised, to "dropout" in training.

    To be saved, the module's class must be registered with `saving.register_keras_serializable`, with a `get_config` and
    `from_config`: a file holds no code.

    Args:
        module: the module.
        method: what to call: a name, or a function `(module, inputs, ...)`; `__call__` by default.
        variables: the module's variables, by collection; made by its `init` when the layer is built, otherwise.
    Raises ValueError on other engines; ImportError if flax is not installed.

    Inputs and outputs: tensors `(batch, ...)`, as the module takes and gives them.

    Example (on the jax engine):

        layer = layers.FlaxLayer(flax.linen.Dense(4))
    """

    def __init__(self, module: Any, method: Any = None, variables: Any = None, **kwargs: Unpack[LayerArguments]):
        require("flax", "flax", "FlaxLayer")
        self.__dict__.update(module=module, method=method)  # before the base asks for the functions made of them
        function = getattr(module, method) if isinstance(method, str) else method or module.__call__
        self.__dict__["_takes_training"] = "training" in inspect.signature(function).parameters
        params, state = (None, None) if variables is None else _parted(variables)
        super().__init__(self._apply, self._init, params, state, **kwargs)

    def _apply(self, params: Any, state: Any, rng: Any, inputs: Any, training: bool) -> Any:
        collections = {**(state or {}), **({} if params is None else {"params": params})}
        outputs, changed = self.module.apply(
            collections, inputs, rngs=rng, method=self.method, mutable=_all_but_params(), **self._further(training)
        )
        return outputs, {**(state or {}), **changed}

    def _init(self, rng: Any, inputs: Any) -> Any:
        return _parted(self.module.init(rng, inputs, method=self.method, **self._further(True)))

    def _further(self, training: bool) -> dict[str, Any]:
        return {"training": training} if self._takes_training else {}

    def _first_rng(self) -> Any:
        return {name: super(FlaxLayer, self)._first_rng() for name in ("params", "dropout")}

    def _rng(self, training: bool | None) -> Any:
        return {"dropout": super()._rng(training)} if training else None

    def get_config(self) -> dict[str, Any]:
        config = super(JaxLayer, self).get_config()
        return {**config, "module": serialize_keras_object(self.module), "method": serialize_keras_object(self.method)}

    @classmethod
    def from_config(
        cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None, safe_mode: Any = None
    ) -> Any:
        given = {k: deserialize_keras_object(config[k], custom_objects=custom_objects) for k in ("module", "method")}
        return cls(**{**config, **given})


def _parted(variables: Any) -> tuple[Any, Any]:
    """The parameters and the other collections."""
    return variables.get("params"), {k: v for k, v in variables.items() if k != "params"}


def _all_but_params() -> Any:
    return importlib.import_module("flax.core").DenyList(["params"])
