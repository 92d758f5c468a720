"""The base of all layers: build once, call, state, masks, dtype policy, config."""

import functools
import inspect
from collections.abc import Callable
from typing import Any

from lamina import constraints, initializers, ops, regularizers, tree
from lamina._public import public
from lamina.ops._symbolic import KerasTensor, Node, Operation, any_symbolic, infer_spec
from lamina.variables import (
    AutocastScope,
    StateScope,
    Variable,
    current_path,
    get_autocast_scope,
    get_dtype_policy,
    get_scope,
    name_scope,
    serialize_dtype_policy,
    serialize_keras_object,
)
from lamina.variables import DTypePolicyMap as _PolicyMap

from ._call import Arguments, as_shapes, context, is_shape, map_shapes, shape_of, signature_of
from ._input_spec import check_inputs
from ._mask import get_masks, set_mask, set_masks
from ._old_arguments import rename_old_arguments, take_general_arguments
from ._state import Held


@public("layers.Layer", "Layer")
class Layer(Held, Operation):
    """A function of tensors with state: its weights are made in `build`, its calculation is `call`.

    A subclass defines `__init__` (its options), `build(input_shape)` (makes weights with `add_weight`; runs once, before
    the first call), `call(inputs, ...)` and `get_config`. `call` may take `training` and `mask`, which are then filled in.

    Args:
        activity_regularizer: regularizer of the output, added to the losses at every call.
        trainable: whether the weights are trained.
        dtype: dtype or dtype policy of weights and calculation; None means the global policy.
        autocast: whether float inputs are cast to the compute dtype.
        name: string without "/"; by default the class's name in snake case, with a number.

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

    def __init_subclass__(cls, **kwargs: Any):
        super().__init_subclass__(**kwargs)
        if "build" in cls.__dict__:
            cls.build = _build_once(cls.__dict__["build"])
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
        self.activity_regularizer = regularizers.get(activity_regularizer)
        self._input_shape_arg, self._initial_weights = take_general_arguments(self, kwargs)
        if kwargs:
            raise ValueError(
                f"{type(self).__name__}: unknown argument(s) {', '.join(sorted(kwargs))}. "
                "Every layer takes name, dtype, trainable, autocast and activity_regularizer."
            )
        self._set_policy(dtype)
        self.autocast = autocast
        self._trainable = bool(trainable)
        self._input_spec = None
        self._convert_input_args = True
        self._allow_non_tensor_positional_args = False
        self._build_shapes_dict: dict[str, Any] | None = None
        self._path: str | None = None
        self._losses: list[Any] = []
        self._loss_ids: set[int] = set()
        self._building = False
        self._called = False
        self.built = False
        self.supports_masking = type(self).compute_mask is not Layer.compute_mask
        self.supports_jit = True
        self._initialized = True

    def _set_policy(self, dtype: Any) -> None:
        self._dtype_policy = get_dtype_policy(dtype)

    @property
    def dtype_policy(self) -> Any:
        policy = self._dtype_policy
        return policy[self.path] if isinstance(policy, _PolicyMap) and self.path else policy

    @dtype_policy.setter
    def dtype_policy(self, value: Any) -> None:
        self._set_policy(value)

    dtype = property(lambda self: self.variable_dtype)
    variable_dtype = property(lambda self: self.dtype_policy.variable_dtype)
    compute_dtype = property(lambda self: self.dtype_policy.compute_dtype)
    input_dtype = property(lambda self: self.dtype_policy.compute_dtype)
    quantization_mode = property(lambda self: self.dtype_policy.quantization_mode)

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

    # Building

    def build(self, input_shape: Any) -> None:
        """Makes the weights. Called once, with the shape (or shapes) of the first inputs; None stands for any size."""
        shapes = as_shapes(input_shape)
        self._build_shapes_dict = {"input_shape": shapes}
        if self._has_unbuilt_layers():
            with self._scope():  # the layers inside are built by their own first call
                self._traced_spec(map_shapes(lambda shape: KerasTensor(shape, self.compute_dtype), shapes))
        self._mark_built()

    def _has_unbuilt_layers(self) -> bool:
        return any(not layer.built for layer in self._flatten_layers(include_self=False))

    def _build_at_init(self) -> None:
        """For layers without state: they are built as soon as they exist."""
        self._mark_built()

    def _mark_built(self) -> None:
        self.built = True
        if self._initial_weights is not None:
            weights, self._initial_weights = self._initial_weights, None
            self.set_weights(weights)
        object.__setattr__(self, "_locked", True)

    def _scope(self) -> name_scope:
        """The name scope of this layer; the first time decides the layer's path."""
        if self._path is None:
            parent = current_path()
            object.__setattr__(self, "_path", f"{parent}/{self.name}" if parent else self.name)
        return name_scope(self.name, caller=self)

    def _maybe_build(self, arguments: Arguments) -> None:
        if self.built:
            return
        shapes = arguments.shapes()
        if type(self).build is Layer.build:
            # Marked as built after the call, in which the layers inside are built.
            self._build_shapes_dict = self._shapes_by_name(shapes)
            symbolic = any(isinstance(x, KerasTensor) for x in tree.flatten(arguments.tensors))
            overrides_shape = type(self).compute_output_shape is not Layer.compute_output_shape
            if symbolic and overrides_shape and self._has_unbuilt_layers():
                self._traced_spec(**arguments.by_name)
            return
        names = _build_names(type(self).build)
        if len(names) <= 1:
            self.build(next(iter(shapes.values()), None))
        else:
            self.build(**self._match_shapes(names, shapes, "build"))

    @staticmethod
    def _shapes_by_name(shapes: dict[str, Any]) -> dict[str, Any]:
        if len(shapes) == 1:
            return {"input_shape": next(iter(shapes.values()))}
        return {f"{name}_shape": shape for name, shape in shapes.items()}

    def _match_shapes(self, names: list[str], shapes: dict[str, Any], method: str) -> dict[str, Any]:
        given = {f"{name}_shape": shape for name, shape in shapes.items()}
        optional = _optional_names(getattr(type(self), method))
        missing = [name for name in names if name not in given and name not in optional]
        if missing:
            raise ValueError(
                f"{self._owner}: {method}() asks for {missing}, but call() was given tensors named {list(shapes)}. "
                f"Name the arguments of {method}() like those of call(), with _shape at the end."
            )
        return {name: given[name] for name in names if name in given}

    def get_build_config(self) -> dict[str, Any] | None:
        """The shapes the layer was built with, for `build_from_config`."""
        shapes = self._build_shapes_dict
        if shapes is None:
            return None
        if len(shapes) == 1:
            return {"input_shape": next(iter(shapes.values()))}
        return {"shapes_dict": dict(shapes)}

    def build_from_config(self, config: dict[str, Any]) -> None:
        """Builds the layer with the shapes of `get_build_config`."""
        if not config:
            return
        if config.get("input_shape") is not None:
            self.build(as_shapes(config["input_shape"]))
        elif config.get("shapes_dict"):
            self.build(**{name: as_shapes(shape) for name, shape in config["shapes_dict"].items()})

    def add_weight(
        self,
        shape: Any = None,
        initializer: Any = None,
        dtype: Any = None,
        trainable: bool = True,
        autocast: bool = True,
        regularizer: Any = None,
        constraint: Any = None,
        aggregation: str | None = "none",
        overwrite_with_gradient: bool = False,
        name: str | None = None,
        **kwargs: Any,
    ) -> Variable:
        """Makes a variable of this layer.

        Args:
            shape: tuple of ints; `()` by default.
            initializer: initializer, its name, or a callable `(shape, dtype)`; by default Glorot's uniform one for
                floats, zeros for other dtypes.
            dtype: name of the dtype; by default the layer's variable dtype.
            trainable: whether an optimizer may change it.
            autocast: whether it reads in the compute dtype during calls.
            regularizer: penalty on it, added to the losses. constraint: projection after each update.
            aggregation: "none", "mean", "sum" or "only_first_replica".
            overwrite_with_gradient: whether its gradient replaces its value.
            name: string without "/".
        """
        if isinstance(shape, str):  # Keras 2: add_weight(name, shape)
            shape, name = (initializer if isinstance(initializer, (list, tuple)) else None), shape
            initializer = None if isinstance(initializer, (list, tuple)) else initializer
        kwargs.pop("layout", None), kwargs.pop("synchronization", None), kwargs.pop("experimental_autocast", None)
        if kwargs:
            raise TypeError(f"{self._owner}.add_weight: unknown argument(s) {sorted(kwargs)}.")
        if not self.__dict__.get("_initialized"):
            self._missing_super_init()
        shape = () if shape is None else shape
        dtype = ops.standardize_dtype(dtype or self.variable_dtype)
        if initializer is None:
            initializer = "glorot_uniform" if "float" in dtype else "zeros"
        sizes = (shape,) if isinstance(shape, int) else tuple(shape)
        if any(size is None for size in sizes):
            raise ValueError(
                f"{self._owner}.add_weight: the shape of {name!r} must be known; got {sizes}. An axis of the input "
                "that weights depend on has size None: give it in Input(shape=...)."
            )
        with self._scope():
            variable = Variable(
                initializers.get(initializer),
                shape=sizes,
                dtype=dtype,
                trainable=trainable,
                autocast=autocast,
                aggregation=aggregation,
                name=name,
            )
        variable.regularizer = regularizers.get(regularizer)
        variable.constraint = constraints.get(constraint)
        variable.overwrite_with_gradient = overwrite_with_gradient
        if trainable and not self.trainable:
            self.__dict__.setdefault("_frozen", set()).add(id(variable))
            variable.trainable = False
        self._track(name or "", variable)
        return variable

    def _missing_super_init(self) -> None:
        raise RuntimeError(
            f"{type(self).__name__}: call `super().__init__()` first in __init__(), before anything else is done."
        )

    # Calling

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        if not self.__dict__.get("_initialized"):
            self._missing_super_init()
        signature = signature_of(_function_of(self.call))
        if self._convert_input_args:
            args, kwargs = self._convert_arguments(args, kwargs)
        explicit_training = None if signature.has_training else kwargs.pop("training", None)
        arguments = Arguments(signature, args, kwargs, self._owner)
        if not self._allow_non_tensor_positional_args:
            self._check_positional(signature, args)
        given = arguments.by_name.get("training") if signature.has_training else explicit_training
        training = given
        if training is None:
            training = context.training if context.training is not None else signature.training_default
        masks = self._carried_masks(signature, arguments, kwargs)
        self._check_inputs(arguments)
        outer = context.training
        if context.depth == 0 and not self.__dict__.get("_keep_losses"):
            self._clear_losses()
        context.depth += 1
        context.training = training
        try:
            with self._scope():
                if not self.built:
                    self._maybe_build(arguments)
                    self._check_inputs(arguments)
                outputs = self._run(signature, args, kwargs, training, given)
                if not self.built:
                    self._mark_built()
                if not self._called:
                    object.__setattr__(self, "_called", True)
                if self.activity_regularizer is not None and not any_symbolic(outputs):
                    for output in tree.flatten(outputs):
                        self.add_loss(self.activity_regularizer(output))
        except Exception as error:
            self._add_note(error, arguments)
            raise
        finally:
            context.depth -= 1
            context.training = outer
        return self._pass_masks_on(arguments, outputs, masks)

    def _run(self, signature: Any, args: tuple, kwargs: dict, training: Any, given: Any) -> Any:
        if any_symbolic(args, kwargs):
            return self.symbolic_call(*args, **kwargs)
        if signature.has_training and training is not None and given is None:
            args, kwargs = _with_training(signature, args, kwargs, training)
        with self._autocast():
            return self.call(*args, **kwargs)

    def symbolic_call(self, *args: Any, **kwargs: Any) -> Any:
        """Records a call on KerasTensors and returns the KerasTensors it would give."""
        outputs = self.compute_output_spec(*args, **kwargs)
        given = {id(x) for x in tree.flatten((args, kwargs)) if isinstance(x, KerasTensor)}
        outputs = tree.map_structure(
            lambda x: KerasTensor(x.shape, x.dtype) if id(x) in given else x, outputs
        )
        Node(self, args, kwargs, outputs)
        return outputs

    def _check_inputs(self, arguments: Arguments) -> None:
        if self._input_spec is not None:
            shapes = self._build_shapes_dict or {}
            check_inputs(self._input_spec, arguments.first, self._owner, shapes.get("input_shape"))

    def _convert_arguments(self, args: tuple, kwargs: dict) -> tuple[tuple, dict]:
        if args and isinstance(args[0], (list, tuple)) and args[0] and _is_numbers(args[0]):
            args = (ops.convert_to_tensor(args[0]), *args[1:])
        dtype = self.input_dtype
        policy, autocast = self.dtype_policy, self.autocast

        def convert(x: Any) -> Any:
            if isinstance(x, (KerasTensor, bool, int, float, str, type(None))):
                return x
            converted = policy.convert_input(x, autocast, dtype)
            mask = getattr(x, "_keras_mask", None)
            return converted if mask is None or converted is x else set_mask(converted, mask)

        return (
            tuple(_map_known(convert, a) for a in args),
            {k: v if k.endswith("mask") else _map_known(convert, v) for k, v in kwargs.items()},
        )

    def _check_positional(self, signature: Any, args: tuple) -> None:
        for name, arg in zip(signature.names, args[:1]):
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

    def _carried_masks(self, signature: Any, arguments: Arguments, kwargs: dict) -> Any:
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

    def call(self, *args: Any, **kwargs: Any) -> Any:
        raise NotImplementedError(f"{type(self).__name__} must define call(self, inputs).")

    # Shapes without data

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """KerasTensors shaped like the outputs.

        If the class defines `compute_output_shape`, that and the compute dtype; else found by tracing `call`.
        """
        if type(self).compute_output_shape is not Layer.compute_output_shape:
            shapes = self._output_shapes(args, kwargs)
            return map_shapes(lambda shape: KerasTensor(shape, self.compute_dtype), shapes)
        return self._traced_spec(*args, **kwargs)

    def _output_shapes(self, args: tuple, kwargs: dict) -> Any:
        arguments = Arguments(signature_of(_function_of(self.call)), args, kwargs, self._owner)
        shapes = arguments.shapes()
        names = _build_names(type(self).compute_output_shape)
        if len(names) <= 1:
            return self.compute_output_shape(next(iter(shapes.values()), None))
        return self.compute_output_shape(**self._match_shapes(names, shapes, "compute_output_shape"))

    def _traced_spec(self, *args: Any, **kwargs: Any) -> Any:
        def call(*args: Any, **kwargs: Any) -> Any:
            args, kwargs = self._convert_arguments(args, kwargs) if self._convert_input_args else (args, kwargs)
            # State written while tracing (statistics, seeds) is thrown away.
            with StateScope(), self._autocast():
                return self.call(*args, **kwargs)

        context.in_spec += 1
        try:
            return infer_spec(call, *args, **kwargs)
        finally:
            context.in_spec -= 1

    def compute_output_shape(self, *args: Any, **kwargs: Any) -> Any:
        """The shape (or shapes) of the output for inputs of the given shape(s); None stands for any size."""
        def symbolic(shapes: Any) -> Any:
            return map_shapes(lambda shape: KerasTensor(shape, self.compute_dtype), as_shapes(shapes))

        call_kwargs = {name.removesuffix("_shape"): symbolic(shape) for name, shape in kwargs.items()}
        if "input" in call_kwargs:  # compute_output_shape(input_shape=...)
            args, call_kwargs = (kwargs["input_shape"], *args), {k: v for k, v in call_kwargs.items() if k != "input"}
        call_args = tuple(symbolic(shape) for shape in args)
        if not self.built and type(self).build is not Layer.build:
            self._maybe_build(Arguments(signature_of(_function_of(self.call)), call_args, call_kwargs, self._owner))
        return shape_of(self.compute_output_spec(*call_args, **call_kwargs))

    # Losses

    def add_loss(self, loss: Any) -> None:
        """Adds scalar tensors to the losses of this call; they are part of what training minimises."""
        losses = loss if isinstance(loss, (list, tuple)) else [loss]
        scope = get_scope()
        for value in losses:
            if value is None or callable(value):
                raise ValueError(f"{self._owner}.add_loss: expected a scalar tensor; got {value!r}.")
            if scope is None:
                self._losses.append(value)
            elif scope.collect_losses:
                scope.losses.append(value)
                self._loss_ids.add(id(value))

    def _clear_losses(self) -> None:
        scope = get_scope()
        for layer in self._flatten_layers():
            if scope is not None and layer._loss_ids:
                scope.losses[:] = [x for x in scope.losses if id(x) not in layer._loss_ids]
            layer._losses.clear()
            layer._loss_ids.clear()

    @property
    def losses(self) -> list[Any]:
        """The scalar losses of the last call: from `add_loss`, activity regularizers and weight regularizers."""
        scope = get_scope()
        found: list[Any] = []
        for layer in self._flatten_layers():
            if scope is None:
                found.extend(layer._losses)
            else:
                found.extend(x for x in scope.losses if id(x) in layer._loss_ids)
        for variable in self.trainable_weights:
            if variable.regularizer is not None:
                found.append(variable.regularizer(variable))
        return found

    def stateless_call(
        self,
        trainable_variables: Any,
        non_trainable_variables: Any,
        *args: Any,
        return_losses: bool = False,
        **kwargs: Any,
    ) -> tuple:
        """Calls the layer as a pure function of its state.

        Args:
            trainable_variables, non_trainable_variables: values, in the order of the attributes of those names.
            args, kwargs: arguments of the call.
            return_losses: whether the losses are returned, too.

        Returns: `(outputs, non_trainable_variables)`, the latter as changed by the call; `losses` third if asked for.
        """
        if not self.built:
            raise ValueError(f"{self._owner}.stateless_call: the layer must be built first.")
        pairs = []
        for kind, values in (
            ("trainable_variables", trainable_variables),
            ("non_trainable_variables", non_trainable_variables),
        ):
            variables, values = getattr(self, kind), list(values)
            if len(variables) != len(values):
                raise ValueError(
                    f"{self._owner}.stateless_call: expected {len(variables)} {kind}; got {len(values)}."
                )
            pairs.extend((v, ops.convert_to_tensor(value, dtype=v.dtype)) for v, value in zip(variables, values))
        with StateScope(pairs) as scope:
            outputs = self(*args, **kwargs)
            losses = self.losses if return_losses else None
            changed = [scope[v] for v in self.non_trainable_variables]
        return (outputs, changed, losses) if return_losses else (outputs, changed)

    # Config

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
        if type(self).get_config is Layer.get_config and type(self).__init__ is not Layer.__init__:
            config.update(self._arguments_of_init())
        return config

    def _arguments_of_init(self) -> dict[str, Any]:
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
            config["dtype"] = get_dtype_policy(config["dtype"])
        if cls.get_config is Layer.get_config and cls.__init__ is not Layer.__init__:
            config = _accepted(cls, config)
        try:
            return cls(**config)
        except TypeError as error:
            raise TypeError(
                f"{cls.__name__}.from_config: {error}. The config was {config!r}. Define get_config() so that it "
                "returns the arguments of __init__()."
            ) from error


class _Nothing:
    def __enter__(self) -> None: ...

    def __exit__(self, *exc: Any) -> None: ...


_nothing = _Nothing()


def _function_of(method: Any) -> Callable:
    """What a signature is looked up for: bound methods are made anew at each access, so the cache holds functions."""
    function = getattr(method, "__func__", None)
    return method if function is None else _unbound(function)


@functools.lru_cache(maxsize=None)
def _unbound(function: Callable) -> Callable:
    """A function with the signature of `function` without `self`."""
    signature = inspect.signature(function)

    def bare(*args: Any, **kwargs: Any) -> None: ...

    bare.__signature__ = signature.replace(parameters=list(signature.parameters.values())[1:])  # type: ignore[attr-defined]
    return bare


@functools.lru_cache(maxsize=None)
def _build_names(function: Callable) -> list[str]:
    parameters = list(inspect.signature(function).parameters.values())[1:]
    return [p.name for p in parameters if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]


@functools.lru_cache(maxsize=None)
def _optional_names(function: Callable) -> frozenset[str]:
    parameters = list(inspect.signature(function).parameters.values())[1:]
    return frozenset(p.name for p in parameters if p.default is not p.empty)


def _build_once(build: Callable) -> Callable:
    """`build` in the layer's name scope, remembering its shapes; afterwards the layer counts as built."""
    if getattr(build, "_is_build_once", False):
        return build

    @functools.wraps(build)
    def wrapper(self: Any, *args: Any, **kwargs: Any) -> Any:
        if self.__dict__.get("_building") or not self.__dict__.get("_initialized"):
            return build(self, *args, **kwargs)  # super().build(...)
        if args and is_shape(args[0]):
            args = (tuple(args[0]), *args[1:])
        object.__setattr__(self, "_building", True)
        object.__setattr__(self, "_locked", False)
        try:
            with self._scope():
                result = build(self, *args, **kwargs)
        finally:
            object.__setattr__(self, "_building", False)
        names = _build_names(build)
        shapes = {**dict(zip(names, args)), **{k: v for k, v in kwargs.items() if v is not None}}
        if shapes:
            object.__setattr__(
                self, "_build_shapes_dict", {"input_shape": next(iter(shapes.values()))} if len(shapes) == 1 else shapes
            )
        self._mark_built()
        return result

    wrapper._is_build_once = True  # type: ignore[attr-defined]
    return wrapper


def _with_training(signature: Any, args: tuple, kwargs: dict, training: Any) -> tuple[tuple, dict]:
    position = signature.names.index("training")
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


def _map_known(function: Callable, structure: Any) -> Any:
    return tree.map_structure(function, structure) if tree.is_nested(structure) else function(structure)


def _describe(value: Any) -> Any:
    def one(x: Any) -> Any:
        if hasattr(x, "shape") and hasattr(x, "dtype"):
            return f"{getattr(x.dtype, 'name', x.dtype)}{tuple(x.shape)}".replace(",)", ")").replace(", ", ",")
        return x

    return tree.map_structure(one, value)


def _accepted(cls: type, config: dict[str, Any]) -> dict[str, Any]:
    """The entries that `__init__` takes: a plain subclass may not pass on name, trainable and dtype."""
    parameters = inspect.signature(cls.__init__).parameters
    if any(p.kind is p.VAR_KEYWORD for p in parameters.values()):
        return config
    general = ("name", "trainable", "dtype", "activity_regularizer")
    return {k: v for k, v in config.items() if k in parameters or k not in general}

