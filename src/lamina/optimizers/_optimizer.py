"""The base of optimizers: what happens around the update rule."""

import re
import warnings
from typing import Any

import numpy as np

from lamina import _settings, initializers, ops
from lamina._checks import check_fraction
from lamina._deprecation import warn_once
from lamina._public import public
from lamina.ops._symbolic import auto_name
from lamina.variables import (
    GradientTape,
    StateScope,
    Variable,
    deserialize_keras_object,
    name_scope,
    serialize_keras_object,
)

from ._branch import when
from ._clipping import clip_by_global_norm, clip_by_norm
from ._old_arguments import take_old_arguments
from ._old_updates import OldUpdates
from .schedules import LearningRateSchedule


@public("Optimizer", "optimizers.Optimizer", "optimizers.legacy.Optimizer")
class Optimizer(OldUpdates):
    """Changes variables against their gradients. Subclasses define `build`, `update_step` and `get_config`.

    Around the update rule, in this order: the loss scale is divided out, gradients are accumulated and clipped, weights
    decay by learning_rate · weight_decay · weight, the rule runs, the moving average is updated, constraints apply.

    Args:
        learning_rate: positive number, a LearningRateSchedule, or a callable without arguments that gives the rate.
        weight_decay: share of each weight, times the learning rate, taken away at each step; None for none.
        clipnorm: the greatest norm of the gradient of one variable. Of the three clip arguments at most one.
        clipvalue: the greatest absolute value of a gradient.
        global_clipnorm: the greatest norm of all gradients together.
        use_ema: whether a moving average of the weights is kept, average = m · average + (1 - m) · weight.
        ema_momentum: m.
        ema_overwrite_frequency: after how many steps the weights are set to the average; None for at the end only
            (`finalize_variable_values`).
        loss_scale_factor: number that the loss was multiplied by, so that float16 gradients do not vanish.
        gradient_accumulation_steps: number of steps, 2 or more, whose mean gradient makes one update. Schedules, averages,
            decay and constraints go by updates; between them nothing moves.
        name: name of the optimizer.
        kwargs: `lr` and `decay` of Keras 1 and 2.
    Raises ValueError for other values.
    """

    # Whether update_step treats each entry alone, so that all weights may be updated as one flat variable.
    elementwise = False

    def __init__(
        self,
        learning_rate: Any,
        weight_decay: float | None = None,
        clipnorm: float | None = None,
        clipvalue: float | None = None,
        global_clipnorm: float | None = None,
        use_ema: bool = False,
        ema_momentum: float = 0.99,
        ema_overwrite_frequency: int | None = None,
        loss_scale_factor: float | None = None,
        gradient_accumulation_steps: int | None = None,
        name: str | None = None,
        **kwargs: Any,
    ):
        where = type(self).__name__
        learning_rate, self._decay = take_old_arguments(kwargs, learning_rate, where)
        if kwargs:
            raise ValueError(f"{where}: unknown arguments {', '.join(sorted(kwargs))}.")
        if sum(clip is not None for clip in (clipnorm, clipvalue, global_clipnorm)) > 1:
            raise ValueError(
                f"{where}: at most one of clipnorm, clipvalue and global_clipnorm may be given; got "
                f"clipnorm={clipnorm!r}, clipvalue={clipvalue!r}, global_clipnorm={global_clipnorm!r}."
            )
        if gradient_accumulation_steps and not gradient_accumulation_steps >= 2:
            raise ValueError(
                f"{where}: gradient_accumulation_steps must be an integer, 2 or more; "
                f"got {gradient_accumulation_steps!r}."
            )
        if use_ema:
            check_fraction(ema_momentum, "ema_momentum", where)
            frequency = ema_overwrite_frequency
            if frequency is not None and (not isinstance(frequency, int) or frequency < 1):
                raise ValueError(
                    f"{where}: ema_overwrite_frequency must be a positive integer or None; got {frequency!r}."
                )
        self._variables: list[Variable] = []
        self.name = name or auto_name(where)
        self.weight_decay = weight_decay
        self.clipnorm = clipnorm
        self.clipvalue = clipvalue
        self.global_clipnorm = global_clipnorm
        self.use_ema = use_ema
        self.ema_momentum = ema_momentum
        self.ema_overwrite_frequency = ema_overwrite_frequency
        self.loss_scale_factor = loss_scale_factor
        self.gradient_accumulation_steps = gradient_accumulation_steps
        self.built = False
        self._trainable_variables: list[Variable] = []
        self._indices: dict[int, int] = {}
        self._slots: dict[str, list[Variable | None]] = {}
        self._excluded: tuple[list[Variable], re.Pattern | None] = ([], None)
        with name_scope(self.name, caller=self):
            self._iterations = Variable(
                0, name="iteration", dtype="int32", trainable=False, aggregation="only_first_replica"
            )
        self._set_learning_rate(learning_rate)

    def _set_learning_rate(self, value: Any) -> None:
        if not callable(value):
            if isinstance(value, bool) or (not np.isscalar(value) and np.ndim(value) != 0):
                value = None
            try:
                value = float(value)
            except (TypeError, ValueError):
                raise ValueError(
                    f"{type(self).__name__}: learning_rate must be a number, a LearningRateSchedule or a callable "
                    f"without arguments; got {value!r}."
                ) from None
            with name_scope(self.name, caller=self):
                value = Variable(
                    value,
                    name="learning_rate",
                    dtype=_settings.floatx(),
                    trainable=False,
                    aggregation="only_first_replica",
                )
        self._learning_rate = value

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, Variable):
            if "_variables" not in self.__dict__:
                raise RuntimeError(
                    f"{type(self).__name__}: call super().__init__() first in __init__(), before setting attributes."
                )
            self._track(value)
        super().__setattr__(name, value)

    def _track(self, variable: Variable) -> None:
        if not any(known is variable for known in self._variables):
            self._variables.append(variable)

    @property
    def variables(self) -> list[Variable]:
        """All state: the step counter, the learning rate, then the slots, in the order in which files hold them."""
        return list(self._variables)

    weights = variables

    @property
    def iterations(self) -> Any:
        """The number of updates so far."""
        if self.gradient_accumulation_steps:
            return ops.floor_divide(self._iterations.value, self.gradient_accumulation_steps)
        return self._iterations

    @iterations.setter
    def iterations(self, variable: Variable) -> None:
        if self.built:
            raise RuntimeError(f"{type(self).__name__}: iterations cannot be replaced once the optimizer is built.")
        self._variables = [v for v in self._variables if v is not self._iterations]
        self._iterations = variable

    @property
    def learning_rate(self) -> Any:
        """The current learning rate: a Variable, or the schedule's value at this step."""
        rate = self._learning_rate
        if isinstance(rate, LearningRateSchedule):
            return rate(ops.convert_to_tensor(self.iterations))
        return rate if isinstance(rate, Variable) else rate()

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        if isinstance(self._learning_rate, Variable):
            if not callable(value):
                self._learning_rate.assign(value)
                return
            self._variables = [v for v in self._variables if v is not self._learning_rate]
        elif not callable(value):
            raise TypeError(
                f"{type(self).__name__}: the learning rate follows {self._learning_rate!r}, so it cannot be set to "
                f"{value!r}. Make the optimizer with a number as learning_rate to change it later, by a callback too."
            )
        self._learning_rate = value

    lr = learning_rate  # Keras 1's name

    def _current_rate(self) -> Any:
        rate = ops.convert_to_tensor(self.learning_rate)
        if self._decay:
            steps = ops.cast(self.iterations, rate.dtype)
            rate = ops.divide(rate, ops.add(1.0, ops.multiply(self._decay, steps)))
        return rate

    def build(self, variables: Any) -> None:
        """Makes the state for these variables."""
        variables = list(variables)
        self._indices = {id(variable): i for i, variable in enumerate(variables)}
        self._trainable_variables = variables
        self.built = True
        if self.use_ema:
            self.add_slot("average", variables)
        if self.gradient_accumulation_steps:
            self.add_slot("gradient_accumulator", variables)

    def add_slot(self, name: str, variables: Any, initializer: Any = "zeros") -> list[Variable | None]:
        """A variable for each variable, of its shape and dtype: `slot(name, variable)` finds it again."""
        return self.add_slots((name,), variables, (initializer,))[0]

    def add_slots(self, names: Any, variables: Any, initializer: Any = None) -> list[list[Variable | None]]:
        """Several slots at once, in the order of files: all slots of the first variable, then of the second."""
        initializers_of = initializer or ["zeros"] * len(names)
        slots: list[list[Variable | None]] = [[] for _ in names]
        for variable in variables:
            for slot, name, how in zip(slots, names, initializers_of):
                skip = variable.overwrite_with_gradient
                slot.append(None if skip else self.add_variable_from_reference(variable, name, how))
        self._slots.update(zip(names, slots))
        return slots

    def slot(self, name: str, variable: Variable) -> Variable:
        """The slot of a variable."""
        return self._slots[name][self._get_variable_index(variable)]  # type: ignore[return-value]

    @property
    def slots(self) -> dict[str, list[Variable | None]]:
        """The slots by name, each a list in the order of the variables that the optimizer was built on."""
        return self._slots

    def adopt(self, variable: Variable, slots: dict[str, Variable]) -> None:
        """Makes `update_step` accept one more variable (all weights in a flat one, say) with slots of its own.

        They are no part of `variables`: they are to share the storage of those that are.
        """
        self._indices[id(variable)] = len(self._indices)
        for name, own in slots.items():
            entries = self._slots[name]
            entries.extend([None] * (len(self._indices) - 1 - len(entries)))
            entries.append(own)

    def __setstate__(self, state: dict[str, Any]) -> None:
        """A copy has variables of its own; what it adopted stays behind."""
        self.__dict__.update(state)
        self._indices = {id(variable): i for i, variable in enumerate(self._trainable_variables)}
        self._slots = {name: own[: len(self._trainable_variables)] for name, own in self._slots.items()}

    def _get_variable_index(self, variable: Variable) -> int:
        try:
            return self._indices[id(variable)]
        except KeyError:
            raise ValueError(
                f"{type(self).__name__} {self.name!r} was built without {variable!r}. Make a new optimizer for a new "
                "set of variables (or compile the model again after changing what is trainable)."
            ) from None

    def add_variable(
        self,
        shape: Any,
        initializer: Any = "zeros",
        dtype: Any = None,
        aggregation: str = "none",
        layout: Any = None,
        name: str | None = None,
    ) -> Variable:
        """A variable of the optimizer's state."""
        with name_scope(self.name, caller=self):
            variable = Variable(
                initializers.get(initializer),
                shape=tuple(shape),
                dtype=dtype,
                trainable=False,
                aggregation=aggregation,
                name=name,
                layout=layout,
            )
        self._track(variable)
        return variable

    def add_variable_from_reference(
        self, reference_variable: Variable, name: str | None = None, initializer: Any = "zeros"
    ) -> Variable:
        """A state variable of the shape and dtype of another."""
        path = reference_variable.path.replace("/", "_")
        return self.add_variable(
            reference_variable.shape, initializer, reference_variable.dtype, name=f"{path}_{name or 'var'}"
        )

    def add_optimizer_variables(self, trainable_variables: Any, name: Any, initializer: Any = "zeros") -> Any:
        """One list (or, for several names, a tuple of lists) of state variables, one for each trainable variable."""
        names = [name] if isinstance(name, str) else list(name)
        how = list(initializer) if isinstance(initializer, (list, tuple)) else [initializer] * len(names)
        if len(how) != len(names):
            raise ValueError(
                f"add_optimizer_variables: as many initializers as names are needed; got {name!r}, {initializer!r}."
            )
        slots = self.add_slots(names, trainable_variables, how)
        return slots[0] if isinstance(name, str) else tuple(slots)

    def assign(self, variable: Variable, value: Any) -> None:
        variable.assign(value)

    def assign_add(self, variable: Variable, value: Any) -> None:
        variable.assign_add(value)

    def assign_sub(self, variable: Variable, value: Any) -> None:
        variable.assign_sub(value)

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        """The update rule for one variable."""
        raise NotImplementedError(f"{type(self).__name__} must define update_step(gradient, variable, learning_rate).")

    def apply_gradients(self, grads_and_vars: Any) -> Variable:
        """Applies pairs of gradient and variable; returns the step counter."""
        pairs = list(grads_and_vars)
        self.apply([gradient for gradient, _ in pairs], [variable for _, variable in pairs])
        return self._iterations

    def minimize(self, loss: Any, var_list: Any, tape: Any = None) -> Variable:
        """One step down `loss`, as Keras 2 had it: a function without arguments, or a tensor that `tape` recorded.

        Args:
            loss: function that computes the loss from variables, or the loss.
            var_list: the variables, or a function that gives them.
            tape: the GradientTape that saw the loss, if it is a tensor.
        Returns: the step counter.
        """
        warn_once("Optimizer.minimize", "Optimizer.minimize is of Keras 2; write GradientTape and apply_gradients.")
        if callable(loss):
            with GradientTape() as tape:
                loss = loss()
        elif tape is None:
            raise ValueError(f"{type(self).__name__}.minimize: a loss that is a tensor needs tape=.")
        variables = list(var_list() if callable(var_list) else var_list)
        return self.apply_gradients(zip(tape.gradient(loss, variables), variables))

    def apply(self, grads: Any, trainable_variables: Any = None) -> None:
        """One step.

        Args:
            grads: list of gradients, each of the shape of its variable, or None where there is none.
            trainable_variables: the variables; by default those that the optimizer was built on.
        Raises ValueError if there is no gradient at all, or a variable is unknown.
        """
        grads = list(grads)
        if not grads:
            return
        if trainable_variables is None:
            if not self.built:
                raise ValueError(
                    f"{type(self).__name__}.apply: pass trainable_variables, or call build(variables) first."
                )
            trainable_variables = self._trainable_variables
        variables = list(trainable_variables)
        if len(grads) != len(variables):
            raise ValueError(
                f"{type(self).__name__}.apply: expected one gradient for each of the {len(variables)} variables; "
                f"got {len(grads)}."
            )
        if not self.built:
            self.build(variables)
        for variable in variables:
            self._get_variable_index(variable)
        grads, variables = self._without_missing(grads, variables)
        grads, variables = self._overwrite_with_gradients(grads, variables)
        if grads:
            if self.loss_scale_factor is not None:
                grads = [ops.divide(g, self.loss_scale_factor) for g in grads]
            self._apply_or_accumulate(grads, variables)
        self._iterations.assign_add(1)

    def _without_missing(self, grads: list, variables: list) -> tuple[list, list]:
        pairs = [(g, v) for g, v in zip(grads, variables) if g is not None]
        if not pairs:
            raise ValueError(
                f"{type(self).__name__}: no gradients for any variable: the loss does not depend on "
                f"{[v.path for v in variables]}."
            )
        if len(pairs) < len(grads):
            missing = [v.path for g, v in zip(grads, variables) if g is None]
            warnings.warn(
                f"{type(self).__name__}: the loss does not depend on {missing}, so they are not updated.", stacklevel=3
            )
        return [g for g, _ in pairs], [v for _, v in pairs]

    def _overwrite_with_gradients(self, grads: list, variables: list) -> tuple[list, list]:
        kept = [(g, v) for g, v in zip(grads, variables) if not v.overwrite_with_gradient]
        for gradient, variable in zip(grads, variables):
            if variable.overwrite_with_gradient:
                variable.assign(gradient)
        return [g for g, _ in kept], [v for _, v in kept]

    def _apply_or_accumulate(self, grads: list, variables: list) -> None:
        steps = self.gradient_accumulation_steps
        if not steps:
            self._update(grads, variables)
            return
        sums = [self.slot("gradient_accumulator", v) for v in variables]
        totals = [ops.add(g, s.value) for g, s in zip(grads, sums)]

        def update() -> None:
            self._update([ops.divide(total, steps) for total in totals], variables)
            for entry in sums:
                entry.assign(ops.zeros_like(entry.value))

        def accumulate() -> None:
            for entry, total in zip(sums, totals):
                entry.assign(total)

        is_update = ops.equal(ops.mod(ops.add(self._iterations.value, 1), steps), 0)
        when(is_update, update, accumulate)

    def _update(self, grads: list, variables: list) -> None:
        grads = self.clip_gradients(grads)
        self._apply_weight_decay(variables)
        self._backend_update_step(grads, variables, self._current_rate())
        if self.use_ema:
            self._update_average()
        for variable in variables:
            if variable.constraint is not None:
                variable.assign(variable.constraint(variable.value))

    def clip_gradients(self, grads: list) -> list:
        """The gradients, clipped as the arguments say."""
        if self.clipnorm:
            return [clip_by_norm(g, self.clipnorm) for g in grads]
        if self.global_clipnorm:
            return clip_by_global_norm(grads, self.global_clipnorm)
        if self.clipvalue:
            return [ops.clip(g, -self.clipvalue, self.clipvalue) for g in grads]
        return grads

    def _backend_update_step(self, grads: list, trainable_variables: list, learning_rate: Any) -> None:
        for gradient, variable in zip(grads, trainable_variables):
            self.update_step(gradient, variable, learning_rate)

    def exclude_from_weight_decay(self, var_list: Any = None, var_names: Any = None) -> None:
        """Leaves variables without weight decay.

        Args:
            var_list: the variables.
            var_names: regular expressions; a variable whose name holds a match is left out.
        Raises ValueError once the optimizer is built.
        """
        if self.built:
            raise ValueError(f"{type(self).__name__}: call exclude_from_weight_decay() before the optimizer is built.")
        pattern = re.compile("|".join(sorted(set(var_names)))) if var_names else None
        self._excluded = (list(var_list or ()), pattern)

    def uses_weight_decay(self, variable: Variable) -> bool:
        """Whether weight decay applies to a variable."""
        excluded, pattern = self._excluded
        return not any(variable is v for v in excluded) and (pattern is None or pattern.search(variable.name) is None)

    def weight_decay_of(self, variable: Variable) -> float | None:
        """The weight decay of a variable; None for none."""
        return self.weight_decay if self.uses_weight_decay(variable) else None

    def _apply_weight_decay(self, variables: list) -> None:
        for variable in variables:
            decay = self.weight_decay_of(variable)
            if decay is not None:
                shrink = ops.multiply(decay, ops.cast(self._current_rate(), variable.dtype))
                variable.assign_sub(ops.multiply(variable.value, shrink))

    def _update_average(self) -> None:
        # The first step has nothing to average with: it takes the weights as they are.
        is_first = ops.equal(ops.convert_to_tensor(self.iterations), 0)
        for variable in self._trainable_variables:
            average = self.slot("average", variable)
            if average is not None:
                momentum = ops.where(is_first, 0.0, self.ema_momentum)
                momentum = ops.cast(momentum, variable.dtype)
                new = ops.multiply(ops.subtract(1.0, momentum), variable.value)
                average.assign(ops.add(ops.multiply(momentum, average.value), new))
        if self.ema_overwrite_frequency:
            count = ops.add(ops.convert_to_tensor(self.iterations), 1)
            due = ops.equal(ops.mod(count, self.ema_overwrite_frequency), 0)
            when(due, lambda: self.finalize_variable_values(self._trainable_variables))

    def finalize_variable_values(self, var_list: Any) -> None:
        """Sets the variables to their moving averages, if these are kept; called at the end of training."""
        if not self.use_ema:
            return
        if len(var_list) != len(self._trainable_variables):
            raise ValueError(
                f"{type(self).__name__}: averages are kept for {len(self._trainable_variables)} variables; "
                f"got {len(var_list)}."
            )
        for variable, average in zip(var_list, self._slots["average"]):
            if average is not None:
                variable.assign(average.value)

    def scale_loss(self, loss: Any) -> Any:
        """The loss times `loss_scale_factor`, if there is one."""
        return loss if self.loss_scale_factor is None else ops.multiply(loss, self.loss_scale_factor)

    def stateless_apply(self, optimizer_variables: Any, grads: Any, trainable_variables: Any) -> tuple[list, list]:
        """One step as a pure function: (new trainable variables, new optimizer variables) as lists of tensors."""
        where = type(self).__name__
        if not self.built:
            raise ValueError(f"{where}.stateless_apply: call build(trainable_variables) first.")
        own, known = self.variables, self._trainable_variables
        for what, values, expected in (
            ("optimizer_variables", optimizer_variables, own),
            ("trainable_variables", trainable_variables, known),
        ):
            if len(values) != len(expected):
                raise ValueError(f"{where}.stateless_apply: expected {len(expected)} {what}; got {len(values)}.")
        with StateScope([*zip(known, trainable_variables), *zip(own, optimizer_variables)]) as scope:
            self.apply(grads)
        return [scope[v] for v in known], [scope[v] for v in own]

    def set_weights(self, weights: Any) -> None:
        """Sets all state from a list of arrays, in the order of `variables`."""
        if not self.built:
            raise ValueError(f"{type(self).__name__}.set_weights: call build(trainable_variables) first.")
        if len(weights) != len(self.variables):
            raise ValueError(
                f"{type(self).__name__}.set_weights: expected {len(self.variables)} arrays; got {len(weights)}."
            )
        for variable, value in zip(self.variables, weights):
            variable.assign(value)

    def get_weights(self) -> list[np.ndarray]:
        """All state as a list of arrays, in the order of `variables`."""
        return [variable.numpy() for variable in self.variables]

    def save_own_variables(self, store: Any) -> None:
        """Writes the state under "0", "1", ... in the order of `variables`."""
        for i, variable in enumerate(self.variables):
            store[str(i)] = variable.numpy()

    def load_own_variables(self, store: Any) -> None:
        """Reads what `save_own_variables` wrote; warns and leaves the state if it is that of another optimizer.

        What was saved before the first step holds no more than the step and the rate: then that is all there is to read.
        """
        variables = self.variables
        is_fresh = 0 < len(store) < len(variables) and "0" in store and not np.any(np.asarray(store["0"]))
        if len(store) != len(variables) and not is_fresh:
            hint = "" if self.built else " The optimizer is not built: compile and build the model first."
            warnings.warn(
                f"{type(self).__name__} {self.name!r}: the file holds {len(store)} variables, the optimizer has "
                f"{len(variables)}; its state is left as it is.{hint}",
                stacklevel=2,
            )
            return
        for i, variable in enumerate(variables[: len(store)]):
            variable.assign(np.asarray(store[str(i)]))

    def get_config(self) -> dict[str, Any]:
        rate = self._learning_rate
        config = {
            "name": self.name,
            "learning_rate": float(rate.numpy()) if isinstance(rate, Variable) else serialize_keras_object(rate),
            "weight_decay": self.weight_decay,
            "clipnorm": self.clipnorm,
            "global_clipnorm": self.global_clipnorm,
            "clipvalue": self.clipvalue,
            "use_ema": self.use_ema,
            "ema_momentum": self.ema_momentum,
            "ema_overwrite_frequency": self.ema_overwrite_frequency,
            "loss_scale_factor": self.loss_scale_factor,
            "gradient_accumulation_steps": self.gradient_accumulation_steps,
        }
        return {**config, "decay": self._decay} if self._decay else config

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> "Optimizer":
        config = dict(config)
        if isinstance(config.get("learning_rate"), dict):
            config["learning_rate"] = deserialize_keras_object(config["learning_rate"], custom_objects=custom_objects)
        return cls(**config)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} name={self.name}>"
