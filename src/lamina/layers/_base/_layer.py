"""The base of all layers: build once, call, state, masks, dtype policy, config."""

import inspect
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import numpy as np

from lamina import distribution, ops, regularizers, tree
from lamina._hints import did_you_mean
from lamina._lazy import lazy_module
from lamina._markup._html import Markup
from lamina._public import public
from lamina._telling import translated
from lamina._where import where
from lamina.engines import layer_base
from lamina.ops._convert import to_tensors
from lamina.ops._symbolic import KerasTensor, Node, Operation, any_symbolic
from lamina.variables import (
    AutocastScope,
    get_autocast_scope,
    get_dtype_policy,
)
from lamina.variables import DTypePolicyMap as _PolicyMap

from ._arguments import argument_names
from ._building import Building, build_once
from ._call import Arguments, context, signature_for
from ._closure import SymbolicLoss, with_losses_in_sight
from ._config import Configured
from ._input_spec import check_inputs
from ._losses import Losses
from ._mask import get_mask, get_masks, set_mask, set_masks
from ._old_arguments import rename_old_arguments, take_general_arguments
from ._old_attributes import OldAttributes
from ._remat import current_remat, remat

_notebook = lazy_module("lamina._markup._notebook")

if TYPE_CHECKING:
    EngineBase = object
else:
    EngineBase = layer_base()


@public("layers.Layer", "Layer")
class Layer(OldAttributes, Building, Losses, Configured, Operation, EngineBase):
    """A function of tensors with state: its weights are made in `build`, its calculation is `call`.

    A subclass defines `__init__` (its options), `build(input_shape)` (makes weights with `add_weight`; runs once, before
    the first call), `call(inputs, ...)` and `get_config`. `call` may take `training` and `mask`, which are then filled in.

    Args:
        activity_regularizer: regularizer of the output, added to the losses at every call, divided by the batch size.
        trainable: whether the weights are trained.
        dtype: dtype or dtype policy of weights and calculation; None means the global policy.
        autocast: whether float inputs are cast to the compute dtype.
        name: string without "/"; by default the class's name in snake case, with a number.

    Inputs and outputs: tensors `(batch, ...)`, or structures of them; what `call` takes and gives.

    Example:
        >>> class Scale(Layer):
        ...     def build(self, input_shape):
        ...         self.factor = self.add_weight(shape=input_shape[-1:], initializer="ones", name="factor")
        ...     def call(self, x):
        ...         return x * self.factor
        >>> Scale()(ops.ones((2, 3))).shape
        (2, 3)
    """

    is_host_layer = False  # runs on the host, on arrays of strings; the trainer calls it before the compiled step

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        if "build" in cls.__dict__:
            setattr(cls, "build", build_once(cls.__dict__["build"]))  # noqa: B010
        rename_old_arguments(cls)

    def __init__(
        self,
        *,
        activity_regularizer: Any = None,
        trainable: bool = True,
        dtype: Any = None,
        autocast: bool = True,
        name: str | None = None,
        **kwargs: Any,
    ):
        Operation.__init__(self, name=name)
        self.activity_regularizer: Any = regularizers.get(activity_regularizer)
        self._input_shape_arg, self._initial_weights = take_general_arguments(self, kwargs)
        if kwargs:
            raise ValueError(
                f"{type(self).__name__}: unknown argument(s) {', '.join(sorted(kwargs))}."
                f"{did_you_mean(sorted(kwargs)[0], argument_names(type(self)))} "
                "Every layer takes name, dtype, trainable, autocast and activity_regularizer."
            )
        self._set_policy(dtype)
        self.autocast = autocast
        if not isinstance(trainable, (bool, np.bool_)):
            raise ValueError(f"{type(self).__name__}: trainable must be True or False; got {trainable!r}.")
        self._trainable = bool(trainable)
        self._input_spec = None
        self._convert_input_args = True
        self._remat = None if hasattr(self, "train_step") else current_remat()  # models: their layers, one by one
        self._allow_non_tensor_positional_args = False
        self._build_shapes_dict: dict[str, Any] | None = None
        self._path: str | None = None
        self._losses: list[Any] = []
        self._loss_ids: set[int] = set()
        self._building = False
        self._called = False
        self.built = False
        self.supports_masking: bool = type(self).compute_mask is not Layer.compute_mask
        self.supports_jit = True
        self._initialized = True

    _general_init = __init__

    def _set_policy(self, dtype: Any) -> None:
        self._dtype_policy = get_dtype_policy(dtype)

    @property
    def dtype_policy(self) -> Any:
        policy = self._dtype_policy
        return policy[self.path] if isinstance(policy, _PolicyMap) and self.path else policy

    @dtype_policy.setter
    def dtype_policy(self, value: Any) -> None:
        self._set_policy(value)

    @property
    def dtype(self) -> str:
        return self.variable_dtype

    @property
    def variable_dtype(self) -> str:
        return self.dtype_policy.variable_dtype

    @property
    def compute_dtype(self) -> str:
        return self.dtype_policy.compute_dtype

    @property
    def input_dtype(self) -> str:
        return self.dtype_policy.compute_dtype

    @property
    def quantization_mode(self) -> str | None:
        return self.dtype_policy.quantization_mode

    @property
    def path(self) -> str | None:
        """The names of the scopes the layer was first used in and its own, joined by "/"."""
        return self._path

    @property
    def input_spec(self) -> Any:
        """InputSpec (or nested structure of them) that inputs are checked against."""
        return self._input_spec

    @input_spec.setter
    def input_spec(self, value: Any) -> None:
        self._input_spec = value

    @property
    def _owner(self) -> str:
        return f'{type(self).__name__} "{self.name}"'

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}, built={self.built}>"

    def _repr_html_(self) -> str:
        weights = [(w.path.rpartition("/")[2], Markup(f"{tuple(w.shape)} {w.dtype}")) for w in self.weights]
        said = f'"{self.name}"' + ("" if self.built else " · not built yet")
        return _notebook.config_card(self, type(self).__name__, _notebook.facts(weights), said=said, without=("name",))

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if not self.__dict__.get("_initialized"):
            self._missing_super_init()
        signature = signature_for(self)
        if self._convert_input_args:
            args, kwargs = self._convert_arguments(args, kwargs)
        explicit_training = None if signature.has_training else kwargs.pop("training", None)
        arguments = Arguments(signature, args, kwargs, self._owner)
        if not self._allow_non_tensor_positional_args:
            self._check_positional(signature, args)
        given = arguments.by_name.get("training") if signature.has_training else explicit_training
        training = given
        if training is None:
            training = context.training
        if training is None:
            training = self.__dict__.get("_training_mode", signature.training_default)
        masks = self._carried_masks(signature, arguments, kwargs)
        self._check_inputs(arguments)
        outer = context.training
        if context.depth == 0 and not self.__dict__.get("_keep_losses"):
            self._clear_losses()
        context.depth += 1
        context.training = training
        place = where.place
        try:
            with self._scope():
                where.place = (self._path or self.name, place[1])
                if not self.built:
                    self._maybe_build(arguments)
                    self._check_inputs(arguments)
                outputs = self._run(signature, args, kwargs, training, given)
                if distribution.in_use():
                    outputs = self._laid_out(outputs)
                if not self.built:
                    self._mark_built()
                if not self._called:
                    object.__setattr__(self, "_called", True)
                if self.activity_regularizer is not None and not any_symbolic(outputs):
                    for output in tree.flatten(outputs):
                        self.add_loss(self._activity_loss(output))
        except Exception as error:
            found = translated(error, self._owner, lambda: arguments.by_name)
            self._add_note(found, arguments)
            if found is error:
                raise
            raise found from error
        finally:
            context.depth -= 1
            context.training = outer
            where.place = place
        return self._pass_masks_on(arguments, outputs, masks)

    def _run(self, signature: Any, args: tuple[Any, ...], kwargs: dict[str, Any], training: Any, given: Any) -> Any:
        if any_symbolic(args, kwargs):
            return self.symbolic_call(*args, **kwargs)
        if signature.has_training and training is not None and given is None:
            args, kwargs = _with_training(signature, args, kwargs, training)
        call = self.call if self.quantization_mode is None else self.quantized_call
        with self._autocast():
            if self._remat is not None and training and self._remat.covers(self, args, kwargs):
                return self.rematerialized_call(call, *args, **kwargs)(*args, **kwargs)
            return call(*args, **kwargs)

    def _laid_out(self, outputs: Any) -> Any:
        """The outputs, lying as the distribution in use says of the path "<layer>/output"; but for batches that the mesh
        cannot cut, which are computed whole."""
        layout = distribution.current().get_tensor_layout(f"{self._path or self.name}/output")
        if layout is None or any_symbolic(outputs):
            return outputs
        parts = layout.device_mesh.size(layout.axes[0])
        if any(x.shape[0] % parts for x in tree.flatten(outputs)):
            return outputs
        return tree.map_structure(lambda x: distribution.distribute_tensor(x, layout), outputs)

    def _activity_loss(self, output: Any) -> Any:
        """The penalty of the output, the same for batches of any size: the mean over the samples."""
        loss = self.activity_regularizer(output)
        return loss if not len(output.shape) else ops.divide(loss, max(output.shape[0], 1))

    def rematerialized_call(self, layer_call: Any, *args: Any, **kwargs: Any) -> Any:
        """`layer_call` made to keep no intermediate values for the gradient, if the layer is in a RematScope."""
        return layer_call if self._remat is None else remat(layer_call)

    def _activated(self, x: Any) -> Any:
        """`x` after the layer's activation function, if it has one."""
        activation = self.activation
        if activation is None:
            return x
        saves = self._remat is not None and self._remat.mode == "activations" and context.training
        return remat(activation)(x) if saves else activation(x)

    def symbolic_call(self, *args: Any, **kwargs: Any) -> Any:
        """Records a call on KerasTensors and returns the KerasTensors it would give."""
        try:
            outputs = self.compute_output_spec(*args, **kwargs)
        except SymbolicLoss:
            if self.weights:
                raise
            return with_losses_in_sight(self, self.call, args, kwargs)
        given = {id(x) for x in tree.flatten((args, kwargs)) if isinstance(x, KerasTensor)}
        outputs = tree.map_structure(lambda x: KerasTensor(x.shape, x.dtype) if id(x) in given else x, outputs)
        Node(self, args, kwargs, outputs)
        return outputs

    def _check_inputs(self, arguments: Arguments) -> None:
        if self._input_spec is not None:
            shapes = self._build_shapes_dict or {}
            check_inputs(self._input_spec, arguments.first, self._owner, shapes.get("input_shape"))

    def _convert_arguments(
        self, args: tuple[Any, ...], kwargs: dict[str, Any]
    ) -> tuple[tuple[Any, ...], dict[str, Any]]:
        if args and isinstance(args[0], (list, tuple)) and args[0] and _is_numbers(args[0]):
            args = (ops.convert_to_tensor(args[0]), *args[1:])
        dtype = self.input_dtype
        policy, autocast = self.dtype_policy, self.autocast

        def convert(x: Any) -> Any:
            if isinstance(x, (KerasTensor, bool, int, float, str, type(None))):
                return x
            converted = policy.convert_input(x, autocast, dtype)
            mask = get_mask(x)
            return converted if mask is None or converted is x else set_mask(converted, mask)

        return (
            tuple(_map_known(convert, a) for a in args),
            {k: to_tensors(v) if k.endswith("mask") else _map_known(convert, v) for k, v in kwargs.items()},
        )

    def _check_positional(self, signature: Any, args: tuple[Any, ...]) -> None:
        for name, arg in zip(signature.names, args):
            for leaf in tree.flatten(arg):
                if leaf is not None and not (hasattr(leaf, "shape") or hasattr(leaf, "__tensor__")):
                    raise ValueError(
                        f"{self._owner}: expected a tensor, an array or a structure of them as {name!r}; got {leaf!r} "
                        f"of type {type(leaf).__name__}. Pass options by keyword."
                    )

    def _autocast(self) -> Any:
        dtype = self.compute_dtype if self.autocast else None
        scope = get_autocast_scope()
        if scope is None and (dtype is None or dtype == self.variable_dtype):
            return _nothing
        if scope is not None and scope.dtype == dtype:
            return _nothing
        return AutocastScope(dtype)

    def _carried_masks(self, signature: Any, arguments: Arguments, kwargs: dict[str, Any]) -> Any:
        """Fills in the mask arguments that `call` takes from the masks on the tensors; returns the first input's."""
        first_masks = None
        for i, (name, value) in enumerate(arguments.tensors.items()):
            if name.endswith("mask"):
                continue
            masks = get_masks(value)
            first_masks = masks if i == 0 else first_masks
            wanted = "mask" if i == 0 and not signature.accepts(f"{name}_mask") else f"{name}_mask"
            if masks is not None and signature.accepts(wanted) and arguments.by_name.get(wanted) is None:
                kwargs[wanted] = masks
        if kwargs.get("mask") is not None:
            return kwargs["mask"]
        return first_masks

    def _pass_masks_on(self, arguments: Arguments, outputs: Any, masks: Any) -> Any:
        if not self.supports_masking:
            return outputs
        if type(self).compute_mask is Layer.compute_mask and masks is None:
            return outputs
        return set_masks(outputs, self.compute_mask(arguments.first, masks))

    def compute_mask(self, inputs: Any, previous_mask: Any) -> Any:
        """The mask of the output, from the inputs and their masks. By default the mask is passed on."""
        return previous_mask

    def _add_note(self, error: Exception, arguments: Arguments) -> None:
        if getattr(error, "_lamina_noted", False):
            return
        try:
            error._lamina_noted = True  # type: ignore[attr-defined]
        except AttributeError:
            return
        shapes = {name: _describe(value) for name, value in arguments.by_name.items()}
        listing = ", ".join(f"{name}={value}" for name, value in shapes.items())
        error.add_note(f"In layer {self._owner}, called with {listing}.")

    def quantize(self, mode: str | None = None, type_check: bool = True, config: Any = None) -> Any:
        """Puts integers, or floats of eight bits, in the place of the weights. NotImplementedError for layers without it."""
        raise NotImplementedError(f"{self._owner}: {type(self).__name__} has no quantised form.")

    def quantized_build(self, input_shape: Any, mode: str) -> Any:
        """Makes the variables of the quantised form. NotImplementedError for layers without it."""
        raise NotImplementedError(f"{self._owner}: {type(self).__name__} has no quantised form.")

    def quantized_call(self, *args: Any, **kwargs: Any) -> Any:
        """The calculation under a dtype policy of quantisation; `call`, unless a layer has another."""
        return self.call(*args, **kwargs)

    def call(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} must define call(self, inputs).")


class _Nothing:
    def __enter__(self) -> None: ...

    def __exit__(self, *exc: Any) -> None: ...


_nothing = _Nothing()


def _with_training(
    signature: Any, args: tuple[Any, ...], kwargs: dict[str, Any], training: Any
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    by_keyword = signature.signature.parameters["training"].kind is inspect.Parameter.KEYWORD_ONLY
    position = len(args) if by_keyword else signature.names.index("training")
    if position < len(args):
        return (*args[:position], training, *args[position + 1 :]), kwargs
    return args, {**kwargs, "training": training}


def _is_numbers(value: Any) -> bool:
    """Whether a nested list holds plain numbers only."""
    while isinstance(value, (list, tuple)) and value:
        if not all(type(v) is type(value[0]) for v in value):
            return all(isinstance(v, (int, float)) for v in value)
        value = value[0]
    return isinstance(value, (int, float))


def _map_known(function: Callable[..., Any], structure: Any) -> Any:
    return tree.map_structure(function, structure) if tree.is_nested(structure) else function(structure)


def _describe(value: Any) -> Any:
    def one(x: Any) -> Any:
        if hasattr(x, "shape") and hasattr(x, "dtype"):
            return f"{ops.dtype(x)}{tuple(x.shape)}".replace(",)", ")").replace(", ", ",")
        return x

    return tree.map_structure(one, value)
