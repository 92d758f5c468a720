"""A loss scale that finds its own size, for float16."""

from typing import Any

from lamina import distribution, initializers, ops
from lamina._checks import check_positive, check_positive_int
from lamina._public import public
from lamina.variables import deserialize_keras_object, serialize_keras_object

from ._branch import when
from ._optimizer import Optimizer
from ._options import DEFAULTS


@public("optimizers.LossScaleOptimizer", "mixed_precision.LossScaleOptimizer")
class LossScaleOptimizer(Optimizer):
    """Multiplies the loss by a scale and divides the gradients by it, so that small float16 gradients do not vanish.

    A step with a gradient that is not finite is left out and halves the scale; after `dynamic_growth_steps` good steps
    the scale doubles.

    Args:
        inner_optimizer: the optimizer that makes the steps.
        initial_scale: the scale at the start.
        dynamic_growth_steps: see above.
        name: name of the optimizer.
    Example:
        >>> weight = Variable([1.0])
        >>> optimizer = optimizers.LossScaleOptimizer(optimizers.SGD(0.1), initial_scale=4.0)
        >>> optimizer.apply([np.array([2.0])], [weight])  # the gradient of four times the loss
        >>> weight.value
        Tensor([0.95], dtype=float32)
    """

    def __init__(
        self,
        inner_optimizer: Optimizer,
        initial_scale: float = 2.0**15,
        dynamic_growth_steps: int = 2000,
        name: str | None = None,
        **kwargs: Any,
    ):
        if not kwargs.pop("dynamic", True):
            raise ValueError(
                "LossScaleOptimizer: dynamic=False: set loss_scale_factor= on the inner optimizer instead."
            )
        for argument, nothing in DEFAULTS.items():  # what belongs on the inner optimizer
            if kwargs.pop(argument, nothing) != nothing:
                raise ValueError(f"LossScaleOptimizer: set {argument}= on the inner optimizer instead.")
        if not isinstance(inner_optimizer, Optimizer):
            raise ValueError(f"LossScaleOptimizer: inner_optimizer must be an Optimizer; got {inner_optimizer!r}.")
        check_positive(initial_scale, "initial_scale", type(self).__name__)
        check_positive_int(dynamic_growth_steps, "dynamic_growth_steps", type(self).__name__)
        super().__init__(learning_rate=0.0, name=name, **kwargs)
        self.inner_optimizer = inner_optimizer
        self.initial_scale = initial_scale
        self.dynamic_growth_steps = dynamic_growth_steps
        inner_optimizer.loss_scale_factor = None

    def build(self, variables: Any) -> None:
        self.step_counter: Any = self.add_variable((), "zeros", dtype="int32", name="step_counter")
        start = initializers.Constant(self.initial_scale)
        self.dynamic_scale: Any = self.add_variable((), start, dtype="float32", name="dynamic_scale")
        self.inner_optimizer.build(variables)
        super().build(variables)

    @property
    def variables(self) -> list[Any]:
        return [*self._variables, *self.inner_optimizer.variables]

    def apply(self, grads: Any, trainable_variables: Any = None) -> None:
        """One step, left out if a gradient is not finite."""
        grads = [None if g is None else ops.convert_to_tensor(g) for g in grads]
        if not self.built:
            if trainable_variables is None:
                raise ValueError("LossScaleOptimizer.apply: pass trainable_variables, or call build(variables) first.")
            self.build(list(trainable_variables))
        variables = self._trainable_variables if trainable_variables is None else list(trainable_variables)
        grads = distribution.mean_over_replicas(
            grads
        )  # before it is asked whether they are finite: all must find the same
        when(self.check_finite(grads), lambda: self._good_step(grads, variables), self._bad_step)

    def _good_step(self, grads: list[Any], variables: list[Any]) -> None:
        scale = self.dynamic_scale.value
        is_plain = [g is None or v.overwrite_with_gradient for g, v in zip(grads, variables)]
        unscaled = [g if plain else ops.divide(g, ops.cast(scale, g.dtype)) for g, plain in zip(grads, is_plain)]
        self.inner_optimizer.apply(unscaled, variables)
        grows = ops.equal(self.step_counter.value, self.dynamic_growth_steps - 1)
        self.dynamic_scale.assign(ops.where(grows, scale * 2.0, scale))
        self.step_counter.assign(ops.where(grows, 0, self.step_counter.value + 1))

    def _bad_step(self) -> None:
        self.step_counter.assign(0)
        self.dynamic_scale.assign(self.dynamic_scale.value * 0.5)

    def check_finite(self, grads: Any) -> Any:
        """Whether all entries of all gradients are finite, as a boolean scalar."""
        finite = ops.convert_to_tensor(True)
        for gradient in grads:
            if gradient is not None:
                finite = ops.logical_and(finite, ops.all(ops.isfinite(gradient)))
        return finite

    @property
    def learning_rate(self) -> Any:
        return self.inner_optimizer.learning_rate

    @learning_rate.setter
    def learning_rate(self, value: Any) -> None:
        self.inner_optimizer.learning_rate = value

    @property  # type: ignore[misc]
    def iterations(self) -> Any:
        return self.inner_optimizer.iterations

    def scale_loss(self, loss: Any) -> Any:
        """The loss times the scale."""
        loss = ops.convert_to_tensor(loss)
        scale = ops.cast(self.dynamic_scale.value, loss.dtype) if self.built else self.initial_scale
        return loss * scale

    def finalize_variable_values(self, var_list: Any) -> None:
        self.inner_optimizer.finalize_variable_values(var_list)

    def get_config(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "inner_optimizer": serialize_keras_object(self.inner_optimizer),
            "initial_scale": self.initial_scale,
            "dynamic_growth_steps": self.dynamic_growth_steps,
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: Any = None) -> "LossScaleOptimizer":
        config = dict(config)
        inner = deserialize_keras_object(config.pop("inner_optimizer"), custom_objects=custom_objects)
        return cls(inner, **config)
