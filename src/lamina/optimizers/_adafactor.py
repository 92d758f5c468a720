"""Adafactor: Adam-like steps with little memory."""

from typing import Any, Unpack

from lamina import ops
from lamina._checks import check_each, check_non_negative, check_not_positive, check_positive
from lamina._public import public
from lamina.variables import Variable

from ._optimizer import Optimizer
from ._options import CommonOptions, with_options


def _rms(x: Any) -> Any:
    return ops.sqrt(ops.mean(ops.square(x)))


@public("optimizers.Adafactor")
class Adafactor(Optimizer):
    """The mean square of the gradient of a matrix is kept as its row means and column means alone.

    Args:
        learning_rate: number, LearningRateSchedule or callable.
        beta_2_decay: the averages weigh old values by 1 - t^beta_2_decay at step t.
        epsilon_1: small number added to squared gradients.
        epsilon_2: the least scale of a weight.
        clip_threshold: the greatest root mean square of an update.
        relative_step: whether the rate is at most 1 / sqrt(t).
        The others are those of `Optimizer`.
    Example:
        >>> weight = Variable([1.0])
        >>> optimizers.Adafactor(0.1).apply([[0.5]], [weight])
        >>> weight.value
        Tensor([0.9], dtype=float32)

    Reference: Shazeer and Stern, Adafactor, 2018, arXiv:1804.04235.
    """

    @with_options
    def __init__(
        self,
        learning_rate: Any = 0.001,
        beta_2_decay: float = -0.8,
        epsilon_1: float = 1e-30,
        epsilon_2: float = 1e-3,
        clip_threshold: float = 1.0,
        relative_step: bool = True,
        **options: Unpack[CommonOptions],
    ):
        super().__init__(learning_rate, **options)
        where = type(self).__name__
        check_not_positive(beta_2_decay, "beta_2_decay", where)
        check_each(check_non_negative, where, epsilon_1=epsilon_1, epsilon_2=epsilon_2)
        check_positive(clip_threshold, "clip_threshold", where)
        self.beta_2_decay = beta_2_decay
        self.epsilon_1 = epsilon_1
        self.epsilon_2 = epsilon_2
        self.clip_threshold = clip_threshold
        self.relative_step = relative_step

    def build(self, variables: Any) -> None:
        if self.built:
            return
        super().build(variables)
        for name in ("rows", "columns", "velocity"):
            self._slots[name] = []
        for variable in variables:
            rows, columns, velocity = self._new_slots(variable)
            self._slots["rows"].append(rows)
            self._slots["columns"].append(columns)
            self._slots["velocity"].append(velocity)

    def _new_slots(self, variable: Any) -> tuple[Any, Any, Any]:
        if variable.overwrite_with_gradient:
            return None, None, None
        shape, name = variable.shape, variable.name
        if len(shape) < 2:
            # Without use, but files have a place for them.
            rows, columns = (Variable(0, name=name, trainable=False) for _ in range(2))
            self._track(rows)
            self._track(columns)
        else:
            rows = self.add_variable(shape[:-1], dtype=variable.dtype, name=name)
            columns = self.add_variable((*shape[:-2], shape[-1]), dtype=variable.dtype, name=name)
        return rows, columns, self.add_variable_from_reference(variable, "velocity")

    def update_step(self, gradient: Any, variable: Any, learning_rate: Any) -> None:
        rate = ops.cast(learning_rate, variable.dtype)
        gradient = ops.cast(gradient, variable.dtype)
        step = ops.cast(self.iterations + 1, variable.dtype)
        slowing = 1.0 / ops.sqrt(step)
        if self.relative_step and isinstance(self._learning_rate, Variable):
            rate = ops.minimum(rate, slowing)
        scale = ops.maximum(_rms(variable.value), self.epsilon_2) * ops.minimum(rate, slowing)
        squares = ops.square(gradient) + self.epsilon_1
        beta_2 = 1.0 - step**self.beta_2_decay
        mean_square = self._mean_square(variable, squares, beta_2)
        self.slot("velocity", variable).assign(mean_square)
        update = gradient / ops.sqrt(mean_square)
        limit = ops.maximum(_rms(update) / self.clip_threshold, 1.0)
        variable.assign_sub((scale / limit) * update)

    def _mean_square(self, variable: Any, squares: Any, beta_2: Any) -> Any:
        rest = 1.0 - beta_2
        if len(variable.shape) < 2:
            old = self.slot("velocity", variable).value
            return beta_2 * old + rest * squares
        rows, columns = self.slot("rows", variable), self.slot("columns", variable)
        r = beta_2 * rows.value + rest * ops.mean(squares, axis=-1)
        c = beta_2 * columns.value + rest * ops.mean(squares, axis=-2)
        rows.assign(r)
        columns.assign(c)
        share = r / ops.mean(r, axis=-1, keepdims=True)
        return ops.expand_dims(share, -1) * ops.expand_dims(c, -2)

    def get_config(self) -> dict[str, Any]:
        own = {
            "beta_2_decay": self.beta_2_decay,
            "epsilon_1": self.epsilon_1,
            "epsilon_2": self.epsilon_2,
            "clip_threshold": self.clip_threshold,
            "relative_step": self.relative_step,
        }
        return {**super().get_config(), **own}
