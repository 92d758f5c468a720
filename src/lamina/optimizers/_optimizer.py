"""The base of optimizers."""

from typing import Any, Unpack

from lamina._lazy import lazy_module
from lamina._public import public
from lamina.ops._symbolic import auto_name
from lamina.variables import Variable, deserialize_keras_object, serialize_keras_object

from ._old_arguments import take_old_arguments
from ._old_updates import OldUpdates
from ._options import DEFAULTS, CommonOptions, Options, with_options
from ._step import Step

_notebook = lazy_module("lamina._markup._notebook")


@public("Optimizer", "optimizers.Optimizer", "optimizers.legacy.Optimizer")
class Optimizer(Step, OldUpdates):
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
    Example:
        >>> class Descent(optimizers.Optimizer):
        ...     def update_step(self, gradient, variable, learning_rate):
        ...         variable.assign_sub(learning_rate * gradient)
        >>> weight = Variable([1.0])
        >>> Descent(0.1, clipvalue=0.25).apply([[0.5]], [weight])
        >>> weight.value
        Tensor([0.975], dtype=float32)
    """

    # Whether update_step treats each entry alone, so that all weights may be updated as one flat variable.
    elementwise = False

    @with_options
    def __init__(self, learning_rate: Any, **kwargs: Unpack[CommonOptions]):
        where = type(self).__name__
        rest: dict[str, Any] = dict(kwargs)
        name = rest.pop("name", None)
        learning_rate, decay = take_old_arguments(rest, learning_rate, where)
        unknown = sorted(rest.keys() - DEFAULTS.keys())
        if unknown:
            raise ValueError(f"{where}: unknown arguments {', '.join(unknown)}.")
        self._init_slots(name or auto_name(where))
        Options.__init__(self, **rest)
        self._init_rate(learning_rate, decay)

    def get_config(self) -> dict[str, Any]:
        rate = self._learning_rate
        config = {
            "name": self.name,
            "learning_rate": float(rate.numpy()) if isinstance(rate, Variable) else serialize_keras_object(rate),
            **self.options(),
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

    def _repr_html_(self) -> str:
        return _notebook.config_card(self, type(self).__name__, said=f'"{self.name}"', without=("name",))
