from typing import Any

from lamina import ops, tree
from lamina._checks import check_one_of
from lamina._public import public
from lamina._typing import TensorLike
from lamina.variables import deserialize_keras_object, serialize_keras_object

from .._base._call import function_of, signature_of
from .._base._layer import Layer


@public("layers.Bidirectional")
class Bidirectional(Layer):
    """A recurrent layer and its like that reads from the end, their outputs joined.

    Args:
        layer: recurrent layer; the forward layer is a new one with its config.
        merge_mode: how outputs are joined: "concat", "sum", "mul", "ave", or None for a pair of outputs.
        weights: initial weights, those of the forward layer first.
        backward_layer: recurrent layer with the opposite `go_backwards`; None makes it from `layer`.

    With return_sequences the backward outputs are put in the order of the input first. States are those of the forward
    layer, then those of the backward one.

    Input `(batch, steps, features)`; output that of the layer, `(batch, units)` or with return_sequences
    `(batch, steps, units)`, its last axis twice as long with merge_mode "concat".

    Example:
        >>> Bidirectional(LSTM(4, return_sequences=True))(ops.ones((2, 5, 3))).shape
        (2, 5, 8)

    Reference: Schuster & Paliwal, Bidirectional recurrent neural networks, IEEE Trans. Signal Processing 45, 1997
    """

    def __init__(
        self,
        layer: Any,
        merge_mode: str = "concat",
        weights: TensorLike = None,
        backward_layer: Any = None,
        **kwargs: Any,
    ):
        for what in (layer, backward_layer):
            if not isinstance(what, Layer) and not (what is None and what is backward_layer):
                raise ValueError(f"Bidirectional: layer and backward_layer must be layers; got {what!r}.")
            if what is not None and not hasattr(what, "go_backwards"):
                raise ValueError(
                    f"Bidirectional: layer and backward_layer must be recurrent, such as LSTM, GRU or RNN(cell); got {what!r}."
                )
        if merge_mode is not None:
            check_one_of(merge_mode, ("concat", "sum", "mul", "ave"), "merge_mode", "Bidirectional")
        super().__init__(**kwargs)
        self.forward_layer: Any = _again(layer, "forward_")
        self.backward_layer = backward_layer
        if backward_layer is None:
            self.backward_layer: Any = _again(layer, "backward_", go_backwards=not layer.go_backwards)
        self._check_pair()
        for one in (self.forward_layer, self.backward_layer):
            if hasattr(one, "zero_output_for_mask"):
                one.zero_output_for_mask = one.return_sequences
        self.merge_mode = merge_mode
        if weights:
            half = len(weights) // 2
            self.forward_layer._initial_weights = weights[:half]
            self.backward_layer._initial_weights = weights[half:]
        self.stateful: Any = layer.stateful
        self.return_sequences: Any = layer.return_sequences
        self.return_state: Any = layer.return_state
        self.supports_masking = True
        self.input_spec = layer.input_spec

    def _check_pair(self) -> None:
        ahead, back = self.forward_layer, self.backward_layer
        if ahead.go_backwards == back.go_backwards:
            raise ValueError(
                f"{self._owner}: one of the layers must have go_backwards=True, the other False; both have "
                f"{ahead.go_backwards}."
            )
        for name in ("stateful", "return_sequences", "return_state"):
            a, b = getattr(ahead, name), getattr(back, name)
            if a != b:
                raise ValueError(
                    f"{self._owner}: both layers must have the same {name}; the forward layer has {a}, the backward "
                    f"layer {b}."
                )

    @property
    def states(self) -> Any:
        """The kept states of both layers if stateful, else None."""
        return [*self.forward_layer.states, *self.backward_layer.states] if self.forward_layer.states else None

    def reset_state(self) -> None:
        """Sets the kept states of stateful layers to zero."""
        self.forward_layer.reset_state()
        self.backward_layer.reset_state()

    reset_states = reset_state

    def build(self, sequences_shape: Any, initial_state_shape: Any = None) -> None:
        for layer in (self.forward_layer, self.backward_layer):
            if not layer.built:
                layer.build(sequences_shape)

    def compute_output_shape(self, sequences_shape: Any, initial_state_shape: Any = None) -> Any:
        shapes = self.forward_layer.compute_output_shape(sequences_shape)
        output, states = (shapes[0], shapes[1:]) if self.return_state else (shapes, ())
        if self.merge_mode is None:
            return (output, output, *states, *states)
        if self.merge_mode == "concat":
            output = (*output[:-1], 2 * output[-1])
        return (output, *states, *states) if self.return_state else output

    def compute_mask(self, inputs: TensorLike, previous_mask: TensorLike) -> Any:
        """The mask of the input for the output(s) with return_sequences; states have none."""
        masks = tree.flatten(previous_mask)
        mask = masks[0] if masks and self.return_sequences else None
        outputs = [mask] if self.merge_mode else [mask, mask]
        if self.return_state:
            outputs += [None] * (2 * len(tree.flatten(self.forward_layer.state_size)))
        return outputs if len(outputs) > 1 else mask

    def call(
        self,
        sequences: TensorLike,
        initial_state: TensorLike = None,
        mask: TensorLike = None,
        training: bool | None = None,
    ) -> Any:
        signature = signature_of(function_of(self.forward_layer.call))
        options = {"training": training, "mask": mask}
        options = {name: value for name, value in options.items() if signature.accepts(name)}
        starts: list[Any] = [{}, {}]
        if initial_state is not None:
            half = len(initial_state) // 2
            starts = [{"initial_state": initial_state[:half]}, {"initial_state": initial_state[half:]}]
        y = self.forward_layer(sequences, **starts[0], **options)
        back = self.backward_layer(sequences, **starts[1], **options)
        states: tuple[Any, ...] = ()
        if self.return_state:
            states, y, back = (*y[1:], *back[1:]), y[0], back[0]
        y, back = ops.cast(y, self.compute_dtype), ops.cast(back, self.compute_dtype)
        if self.return_sequences:
            back = ops.flip(back, 1)
        if self.merge_mode is None:
            return (y, back, *states)
        output = _MERGES[self.merge_mode](y, back)
        return (output, *states) if self.return_state else output

    def get_config(self) -> dict[str, Any]:
        return {
            **super().get_config(),
            "merge_mode": self.merge_mode,
            "layer": serialize_keras_object(self.forward_layer),
            "backward_layer": serialize_keras_object(self.backward_layer),
        }

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Any:
        config = dict(config)
        for name in ("layer", "backward_layer"):
            if config.get(name) is not None:
                config[name] = deserialize_keras_object(config[name], custom_objects=custom_objects)
        return super().from_config(config)


_MERGES = {
    "concat": lambda y, back: ops.concatenate([y, back], axis=-1),
    "sum": ops.add,
    "mul": ops.multiply,
    "ave": lambda y, back: ops.divide(ops.add(y, back), 2),
}


def _again(layer: Layer, prefix: str, **changes: Any) -> Any:
    """A new layer with the config of `layer`."""
    config = {**layer.get_config(), **changes, "name": f"{prefix}{layer.name.removeprefix(prefix)}"}
    again = type(layer).from_config(config)
    if hasattr(layer, "use_cudnn"):  # not a part of the config
        again.use_cudnn = layer.use_cudnn
    return again
