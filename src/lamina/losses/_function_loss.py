"""Losses made of a function `(y_true, y_pred, **arguments)`."""

from typing import Any

from lamina import tree
from lamina.ops._symbolic import any_symbolic
from lamina.variables import add_resolver, deserialize_keras_object, serialize_keras_object

from ._loss import Loss, match_ranks


class LossFunctionWrapper(Loss):
    """Makes a Loss of a function that gives a value for each sample.

    Args:
        fn: function `(y_true, y_pred, **kwargs)`.
        reduction, name, dtype: as for `Loss`.
        kwargs: further arguments of `fn`.
    """

    _keras_module = "keras.src.losses.losses"

    def __init__(
        self, fn: Any, reduction: Any = "sum_over_batch_size", name: str | None = None, dtype: Any = None, **kwargs: Any
    ):
        super().__init__(name=name, reduction=reduction, dtype=dtype)
        self.fn = fn
        self._fn_kwargs = kwargs
        if type(self) is not LossFunctionWrapper:
            for key, value in kwargs.items():
                setattr(self, key, value)

    def call(self, y_true: Any, y_pred: Any) -> Any:
        if tree.is_nested(y_pred):
            pairs = [match_ranks(t, p) for t, p in zip(tree.flatten(y_true), tree.flatten(y_pred), strict=True)]
            y_true = tree.pack_sequence_as(y_true, [t for t, _ in pairs])
            y_pred = tree.pack_sequence_as(y_pred, [p for _, p in pairs])
        else:
            y_true, y_pred = match_ranks(y_true, y_pred)
        return self._with_value(self.fn(y_true, y_pred, **self._fn_kwargs), y_true, y_pred)

    def _with_value(self, loss: Any, y_true: Any, y_pred: Any) -> Any:
        """The loss, if it is not symbolic while what it was given has values."""
        if any_symbolic(loss) and not any_symbolic((y_true, y_pred)):
            raise TypeError(
                f"The loss {self.name!r} uses a symbolic tensor of a model, which has no value when a batch is trained: a "
                "loss sees y_true and y_pred only. Make the tensor an output of the model and join it to the predictions "
                "(layers.concatenate), put it into y, or override compute_loss(x, y, y_pred, sample_weight), which sees "
                "the inputs x."
            )
        return loss

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        if type(self) is LossFunctionWrapper:
            config["fn"] = serialize_keras_object(self.fn)
        return {**config, **serialize_keras_object(self._fn_kwargs)}

    @classmethod
    def from_config(cls, config: dict[str, Any]) -> "Loss":
        if "fn" in config:
            config = deserialize_keras_object(config)
        return cls(**config)

    def __repr__(self) -> str:
        return f"<{type(self).__name__}({getattr(self.fn, '__name__', self.fn)}, {self._fn_kwargs})>"


add_resolver(lambda module, name: LossFunctionWrapper if (module, name) == (_HOME, "LossFunctionWrapper") else None)
_HOME = LossFunctionWrapper._keras_module
