"""How a layer comes by its weights and by the shapes of its outputs: the part that runs once, without data."""

import functools
import inspect
from collections.abc import Callable
from typing import Any

from lamina import constraints, initializers, ops, regularizers, tree
from lamina._weak_cache import weakly_cached
from lamina.ops._symbolic import KerasTensor, infer_spec
from lamina.variables import StateScope, Variable, current_path, name_scope

from ._call import Arguments, as_shapes, is_shape, map_shapes, shape_of, signature_for, spec_trace
from ._old_attributes import takes_old_order
from ._state import Held


class Building(Held):
    """The part of a layer that makes weights, once, and answers for shapes and dtypes without data."""

    def build(self, input_shape: Any) -> None:
        """Makes the weights. Called once, with the shape (or shapes) of the first inputs; None stands for any size."""
        shapes = as_shapes(input_shape)
        self._build_shapes_dict = {"input_shape": shapes}
        if shapes is not None and self._has_unbuilt_layers():
            with self._scope():  # the layers inside are built by their own first call
                self._traced_spec(map_shapes(lambda shape: KerasTensor(shape, self.compute_dtype), shapes))
        self._mark_built()

    def _has_unbuilt_layers(self) -> bool:
        return any(not layer.built for layer in self._flatten_layers(include_self=False))

    def _build_at_init(self) -> None:
        """For layers without state: they are built as soon as they exist, unless a subclass has a `build` of its own."""
        if type(self).build is Building.build:
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
        if type(self).build is Building.build:
            # Marked as built after the call, in which the layers inside are built.
            self._build_shapes_dict = self._shapes_by_name(shapes)
            object.__setattr__(self, "_locked", True)
            symbolic = any(isinstance(x, KerasTensor) for x in tree.flatten(arguments.tensors))
            overrides_shape = type(self).compute_output_shape is not Building.compute_output_shape
            if symbolic and overrides_shape and self._has_unbuilt_layers():
                args, kwargs = arguments.given
                self._traced_spec(*args, **kwargs)
            return
        names = _build_names(type(self).build)
        if len(names) <= 1:
            self.build(next(iter(shapes.values()), None))
        else:
            self.build(**self._match_shapes(names, arguments.shapes(with_masks=True), "build"))

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
            return {"input_shape": None} if self.built and _needs_no_shape(type(self).build) else None
        if len(shapes) == 1:
            return {"input_shape": next(iter(shapes.values()))}
        if signature_for(self).catches_all:
            return None  # several of `*args`, which have no names to build by: the first call builds it
        return {"shapes_dict": dict(shapes)}

    def build_from_config(self, config: dict[str, Any]) -> None:
        """Builds the layer with the shapes of `get_build_config`."""
        if not config:
            return
        if config.get("input_shape") is not None:
            self.build(as_shapes(config["input_shape"]))
        elif "input_shape" in config and _needs_no_shape(type(self).build):
            self.build()
        elif config.get("shapes_dict"):
            shapes = {name: as_shapes(shape) for name, shape in config["shapes_dict"].items()}
            if _build_names(type(self).build) == ["input_shape"]:
                self._build_by_tracing(shapes)
            else:
                self.build(**shapes)

    def _build_by_tracing(self, shapes: dict[str, Any]) -> None:
        """Calls a layer that has no `build` of its own for several tensors, without data, so that the layers inside are built.

        What such a call needs beside tensors is not known here: then the first call builds it.
        """
        self._build_shapes_dict = shapes
        specs = {
            name.removesuffix("_shape"): map_shapes(lambda shape: KerasTensor(shape, self.compute_dtype), shape)
            for name, shape in shapes.items()
        }
        if _required_names(type(self).call) <= set(specs):
            with self._scope():
                self._traced_spec(**specs)
            self._mark_built()

    def add_variable(
        self,
        shape: Any,
        initializer: Any,
        dtype: Any = None,
        trainable: bool = True,
        autocast: bool = True,
        regularizer: Any = None,
        constraint: Any = None,
        name: str | None = None,
    ) -> Variable:
        """`add_weight`, as Keras names it beside."""
        return self.add_weight(shape, initializer, dtype, trainable, autocast, regularizer, constraint, name=name)

    @takes_old_order
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
            shape: tuple[Any, ...] of ints; `()` by default.
            initializer: initializer, its name, or a callable `(shape, dtype)`; by default Glorot's uniform one for
                floats, zeros for other dtypes.
            dtype: name of the dtype; by default the layer's variable dtype.
            trainable: whether an optimizer may change it.
            autocast: whether it reads in the compute dtype during calls.
            regularizer: penalty on it, added to the losses. constraint: projection after each update.
            aggregation: "none", "mean", "sum" or "only_first_replica".
            overwrite_with_gradient: whether its gradient replaces its value.
            name: string without "/".
            kwargs: `experimental_autocast`, Keras 2's name of autocast; `layout`, a distribution.TensorLayout; `synchronization`,
                which has no effect.
        """
        autocast = kwargs.pop("experimental_autocast", autocast)
        layout, _ = kwargs.pop("layout", None), kwargs.pop("synchronization", None)
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
                layout=layout,
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

    def compute_output_spec(self, *args: Any, **kwargs: Any) -> Any:
        """KerasTensors shaped like the outputs.

        If the class defines `compute_output_shape`, that and the compute dtype; else found by tracing `call`.
        """
        if type(self).compute_output_shape is not Building.compute_output_shape:
            shapes = self._output_shapes(args, kwargs)
            return map_shapes(lambda shape: KerasTensor(shape, self.compute_dtype), shapes)
        return self._traced_spec(*args, **kwargs)

    def _output_shapes(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Any:
        arguments = Arguments(signature_for(self), args, kwargs, self._owner)
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

        with spec_trace(args, kwargs):
            return infer_spec(call, *args, **kwargs)

    def compute_output_shape(self, *args: Any, **kwargs: Any) -> Any:
        """The shape (or shapes) of the output for inputs of the given shape(s); None stands for any size."""

        def symbolic(shapes: Any) -> Any:
            return map_shapes(lambda shape: KerasTensor(shape, self.compute_dtype), as_shapes(shapes))

        call_kwargs = {name.removesuffix("_shape"): symbolic(shape) for name, shape in kwargs.items()}
        if "input" in call_kwargs:  # compute_output_shape(input_shape=...)
            args, call_kwargs = (kwargs["input_shape"], *args), {k: v for k, v in call_kwargs.items() if k != "input"}
        call_args = tuple(symbolic(shape) for shape in args)
        if not self.built and type(self).build is not Building.build:
            self._maybe_build(Arguments(signature_for(self), call_args, call_kwargs, self._owner))
        # Called by an override through super(), the spec must not ask the override again.
        asks_shape = type(self).compute_output_spec is Building.compute_output_spec
        spec = self._traced_spec if asks_shape else self.compute_output_spec
        return shape_of(spec(*call_args, **call_kwargs))


@weakly_cached
def _build_names(function: Callable[..., Any]) -> list[str]:
    parameters = list(inspect.signature(function).parameters.values())[1:]
    return [p.name for p in parameters if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]


@weakly_cached
def _optional_names(function: Callable[..., Any]) -> frozenset[str]:
    parameters = list(inspect.signature(function).parameters.values())[1:]
    return frozenset(p.name for p in parameters if p.default is not p.empty)


@weakly_cached
def _required_names(function: Callable[..., Any]) -> frozenset[str]:
    parameters = list(inspect.signature(function).parameters.values())[1:]
    given = (inspect.Parameter.VAR_POSITIONAL, inspect.Parameter.VAR_KEYWORD)
    return frozenset(p.name for p in parameters if p.default is p.empty and p.kind not in given)


def _needs_no_shape(build: Callable[..., Any]) -> bool:
    return bool(_build_names(build)) and not _required_names(build)


def build_once(build: Callable[..., Any]) -> Callable[..., Any]:
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
