"""Moving averages of the weights."""

from typing import Any

from lamina import ops

from ._branch import when
from ._learning_rate import LearningRate


class Averages(LearningRate):
    """The part of an optimizer that keeps average = m · average + (1 - m) · weight for each weight."""

    def _update_average(self) -> None:
        # The first step has nothing to average with: it takes the weights as they are.
        is_first = ops.equal(ops.convert_to_tensor(self.iterations), 0)
        for variable in self._trainable_variables:
            average = self.slot("average", variable)
            if average is not None:
                momentum = ops.where(is_first, 0.0, self.ema_momentum)
                momentum = ops.cast(momentum, variable.dtype)
                new = (1.0 - momentum) * variable.value
                average.assign(momentum * average.value + new)
        if self.ema_overwrite_frequency:
            count = ops.convert_to_tensor(self.iterations) + 1
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
