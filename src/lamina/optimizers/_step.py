"""One step of an optimizer: what happens around the update rule."""

import re
import warnings
from typing import Any

from lamina import distribution, ops
from lamina.variables import StateScope, Variable

from ._averages import Averages
from ._branch import when
from ._clipping import clip_by_global_norm, clip_by_norm


class Step(Averages):
    """The part of an optimizer that takes gradients and makes a step."""

    _excluded: tuple[list[Variable], re.Pattern[str] | None] = ([], None)  # left without weight decay

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

    def update_step(self, gradient: Any, variable: Variable, learning_rate: Any) -> None:
        """The update rule for one variable."""
        raise NotImplementedError(f"{type(self).__name__} must define update_step(gradient, variable, learning_rate).")

    def apply_gradients(self, grads_and_vars: Any) -> Variable:
        """Applies pairs of gradient and variable; returns the step counter."""
        pairs = list(grads_and_vars)
        self.apply([gradient for gradient, _ in pairs], [variable for _, variable in pairs])
        return self._iterations

    def apply(self, grads: Any, trainable_variables: Any = None) -> None:
        """One step.

        Args:
            grads: list[Any] of gradients, each of the shape of its variable, or None where there is none.
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
        grads, variables = self._without_missing(distribution.mean_over_replicas(grads), variables)
        grads, variables = self._overwrite_with_gradients(grads, variables)
        if grads:
            grads = [ops.convert_to_tensor(g) for g in grads]
            if self.loss_scale_factor is not None:
                grads = [g / self.loss_scale_factor for g in grads]
            self._apply_or_accumulate(grads, variables)
        self._iterations.assign_add(1)

    def _without_missing(self, grads: list[Any], variables: list[Any]) -> tuple[list[Any], list[Any]]:
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

    def _overwrite_with_gradients(self, grads: list[Any], variables: list[Any]) -> tuple[list[Any], list[Any]]:
        kept = [(g, v) for g, v in zip(grads, variables) if not v.overwrite_with_gradient]
        for gradient, variable in zip(grads, variables):
            if variable.overwrite_with_gradient:
                variable.assign(gradient)
        return [g for g, _ in kept], [v for _, v in kept]

    def _apply_or_accumulate(self, grads: list[Any], variables: list[Any]) -> None:
        steps = self.gradient_accumulation_steps
        if not steps:
            self._update(grads, variables)
            return
        sums = [self.slot("gradient_accumulator", v) for v in variables]
        totals = [g + s.value for g, s in zip(grads, sums)]

        def update() -> None:
            self._update([total / steps for total in totals], variables)
            for entry in sums:
                entry.assign(ops.zeros_like(entry.value))

        def accumulate() -> None:
            for entry, total in zip(sums, totals):
                entry.assign(total)

        is_update = ops.equal(ops.mod(self._iterations.value + 1, steps), 0)
        when(is_update, update, accumulate)

    def _update(self, grads: list[Any], variables: list[Any]) -> None:
        grads = self.clip_gradients(grads)
        self._apply_weight_decay(variables)
        self._backend_update_step(grads, variables, self._current_rate())
        if self.use_ema:
            self._update_average()
        for variable in variables:
            if variable.constraint is not None:
                variable.assign(variable.constraint(variable.value))

    def clip_gradients(self, grads: list[Any]) -> list[Any]:
        """The gradients, clipped as the arguments say."""
        if self.clipnorm:
            return [clip_by_norm(g, self.clipnorm) for g in grads]
        if self.global_clipnorm:
            return clip_by_global_norm(grads, self.global_clipnorm)
        if self.clipvalue:
            return [ops.clip(g, -self.clipvalue, self.clipvalue) for g in grads]
        return grads

    def _backend_update_step(self, grads: list[Any], trainable_variables: list[Any], learning_rate: Any) -> None:
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

    def _apply_weight_decay(self, variables: list[Any]) -> None:
        for variable in variables:
            decay = self.weight_decay_of(variable)
            if decay is not None:
                shrink = decay * ops.cast(self._current_rate(), variable.dtype)
                variable.assign_sub(variable.value * shrink)

    def scale_loss(self, loss: Any) -> Any:
        """The loss times `loss_scale_factor`, if there is one."""
        return loss if self.loss_scale_factor is None else loss * self.loss_scale_factor

    def stateless_apply(
        self, optimizer_variables: Any, grads: Any, trainable_variables: Any
    ) -> tuple[list[Any], list[Any]]:
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
