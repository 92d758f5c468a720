"""RNN over any cell, and what the layers made for one cell share."""

import dataclasses
from collections.abc import Callable
from typing import Any, Unpack

from lamina import ops, regularizers, tree
from lamina._public import public
from lamina._typing import TensorLike
from lamina.ops._symbolic import KerasTensor
from lamina.variables import Variable, deserialize_keras_object, serialize_keras_object

from .._base._arguments import GeneralArguments, LayerArguments
from .._base._call import function_of, signature_of
from .._base._input_spec import InputSpec
from .._base._layer import Layer
from ._cell import RecurrentCell
from ._stacked_rnn_cells import StackedRNNCells


@dataclasses.dataclass
class _Kept:
    """State that belongs to `variables`, but neither to `weights` nor to files: like a seed's."""

    state: Variable


@public("layers.RNN")
class RNN(Layer):
    """Goes over the steps of a sequence with a cell: `output, states = cell(input, states)` at each step.

    Args:
        cell: a layer (or object) with `call(inputs, states)`, `state_size` (an int, or a list with one for each state)
            and maybe `output_size` and `get_initial_state(batch_size)`; or a list of cells, which are stacked.
        return_sequences: whether the outputs of all steps are returned, not only the last one.
        return_state: whether the last states are returned after the output.
        go_backwards: whether the last step comes first; sequences are returned in the order of processing.
        stateful: whether a batch starts with the states that the batch before ended with (`reset_state` clears them).
        unroll: whether every step becomes a part of its own in the compiled program.
        zero_output_for_mask: whether the output of a masked step is zero, not that of the step before.

    Input `(batch, steps, ...)`; output `(batch, steps, units)` with return_sequences, else `(batch, units)`. A step where
    the mask `(batch, steps)` is False leaves the states as they are and repeats the last output.

    Example:
        >>> RNN(LSTMCell(3), return_sequences=True)(ops.ones((2, 5, 4))).shape
        (2, 5, 3)
    """

    def __init__(
        self,
        cell: Any,
        return_sequences: bool = False,
        return_state: bool = False,
        go_backwards: bool = False,
        stateful: bool = False,
        unroll: bool = False,
        zero_output_for_mask: bool = False,
        **kwargs: Unpack[LayerArguments],
    ):
        if isinstance(cell, (list, tuple)):
            cell = StackedRNNCells(cell)
        for needed in ("call", "state_size"):
            if not hasattr(cell, needed):
                raise ValueError(f"{type(self).__name__}: a cell must have {needed}; {cell!r} has none.")
        if not isinstance(cell.state_size, (int, list, tuple)):
            raise ValueError(
                f"{type(self).__name__}: the cell's state_size must be an int or a list of ints, one for each state; got "
                f"{cell.state_size!r}."
            )
        super().__init__(**kwargs)
        self.cell = cell
        self.return_sequences = return_sequences
        self.return_state = return_state
        self.go_backwards = go_backwards
        self.stateful = stateful
        self.unroll = unroll
        self.zero_output_for_mask = zero_output_for_mask
        self.supports_masking = True
        self.state_size: Any = [cell.state_size] if isinstance(cell.state_size, int) else list(cell.state_size)
        # Not tracked: the last states are no weights.
        object.__setattr__(self, "states", None)

    @property
    def _seed_generators(self) -> list[Any]:
        return [*super()._seed_generators, *(_Kept(v) for v in tree.flatten(self.states) if v is not None)]

    def compute_output_shape(self, sequences_shape: Any, initial_state_shape: Any = None) -> Any:
        batch, steps = sequences_shape[:2]
        states = tree.map_structure(lambda size: (batch, size), self.state_size)
        size = self._output_size()
        output = (batch, steps, size) if self.return_sequences else (batch, size)
        return (output, *states) if self.return_state else output

    def compute_mask(self, inputs: TensorLike, previous_mask: TensorLike) -> Any:
        """The mask of the input with return_sequences; states have none."""
        masks = tree.flatten(previous_mask)
        mask = masks[0] if masks and self.return_sequences else None
        if not self.return_state:
            return mask
        return [mask, *tree.map_structure(lambda size: None, self.state_size)]

    def build(self, sequences_shape: Any, initial_state_shape: Any = None) -> None:
        if len(sequences_shape) < 3:
            raise ValueError(
                f"{self._owner}: expected sequences of shape (batch, steps, features); got {tuple(sequences_shape)}. "
                "A recurrent layer before it needs return_sequences=True."
            )
        batch = sequences_shape[0]
        step = (batch, *sequences_shape[2:])
        if isinstance(self.cell, Layer) and not self.cell.built:
            if type(self.cell).build is Layer.build:  # its layers are built by a call
                states = tree.map_structure(
                    lambda size: KerasTensor((batch, size), self.compute_dtype), self.state_size
                )
                self.cell(KerasTensor(step, self.compute_dtype), states)
            else:
                self.cell.build(step)
        if self.stateful:
            if batch is None:
                raise ValueError(
                    f"{self._owner}: stateful=True keeps the states of each sequence of the batch, so the batch size must "
                    f"be known; got an input of shape {sequences_shape}. Give it in Input(batch_shape=...)."
                )
            with self._scope():
                states = tree.map_structure(self._state_variable, self.get_initial_state(batch))
            object.__setattr__(self, "states", states)

    def _state_variable(self, value: Any) -> Variable:
        return Variable(value, trainable=False, dtype=self.variable_dtype, name="rnn_state")

    def get_initial_state(self, batch_size: Any) -> Any:
        """The states that a sequence starts with: a list of tensors `(batch_size, size)`."""
        if hasattr(self.cell, "get_initial_state"):
            states = self.cell.get_initial_state(batch_size=batch_size)
            return list(states) if tree.is_nested(states) else [states]
        return tree.map_structure(lambda size: ops.zeros((batch_size, size), dtype=self.compute_dtype), self.state_size)

    def reset_state(self) -> None:
        """Sets the kept states of a stateful layer to zero."""
        for state in tree.flatten(self.states):
            if state is not None:
                state.assign(ops.zeros_like(state.value))

    reset_states = reset_state

    def call(
        self,
        sequences: TensorLike,
        initial_state: TensorLike = None,
        mask: TensorLike = None,
        training: bool | None = False,
    ) -> Any:
        states = self._first_states(sequences, initial_state)
        mask = self._checked_mask(mask, sequences)
        result = self.whole_sequence(sequences, states, mask, training)
        if result is None:
            result = self._step_by_step(sequences, states, mask, training)
        output, states = tree.map_structure(lambda x: ops.cast(x, self.compute_dtype), result)
        if self.stateful:
            for kept, state in zip(tree.flatten(self.states), tree.flatten(states)):
                kept.assign(state)
        return (output, *states) if self.return_state else output

    def _checked_mask(self, mask: Any, sequences: Any) -> Any:
        if mask is None:
            return None
        mask = tree.flatten(mask)[0]
        shape, wanted = tuple(ops.shape(mask)), tuple(ops.shape(sequences)[:2])
        if shape not in (wanted, (1, wanted[1])):
            raise ValueError(
                f"{self._owner}: expected a mask `(batch, steps)`, here {wanted}, as an array; got one of shape {shape}."
            )
        return mask if shape == wanted else ops.broadcast_to(mask, wanted)

    def _first_states(self, sequences: Any, initial_state: Any) -> list[Any]:
        batch = ops.shape(sequences)[0]
        if self.stateful:
            expected = tree.flatten(self.states)[0].shape[0]
            if batch != expected:
                raise ValueError(
                    f"{self._owner}: stateful=True was built for batches of {expected} sequences; got {batch}."
                )
        if initial_state is None:
            initial_state = self.states if self.stateful else self.get_initial_state(batch)
        states = list(initial_state) if tree.is_nested(initial_state) else [initial_state]
        wanted, shapes = self._state_shapes(batch), [tuple(s.shape) for s in tree.flatten(states)]
        if shapes != wanted:
            raise ValueError(f"{self._owner}: expected initial states of shapes {wanted}; got {shapes}.")
        states = tree.pack_sequence_as(self.state_size, tree.flatten(states))
        dtype = getattr(self.cell, "compute_dtype", self.compute_dtype)
        return tree.map_structure(lambda x: ops.cast(ops.convert_to_tensor(x), dtype), states)

    def _state_shapes(self, batch: Any) -> list[tuple[Any, ...]]:
        return [(batch, size) for size in tree.flatten(self.state_size)]

    def whole_sequence(self, sequences: Any, states: list[Any], mask: Any, training: Any) -> Any:
        """`(output, states)` from the engine's kernel for the whole sequence, or None where there is none."""
        return None

    def _step_by_step(self, sequences: Any, states: list[Any], mask: Any, training: Any) -> tuple[Any, list[Any]]:
        cell = self.cell
        takes_training = isinstance(cell, Layer) and signature_of(function_of(cell.call)).has_training
        options = {"training": training} if takes_training else {}
        run = cell if callable(cell) else cell.call

        def step(states: Any, row: Any) -> tuple[Any, Any]:
            output, new = run(row[0], states, **options)
            return tree.pack_sequence_as(states, tree.flatten(new)), output

        def masked_step(carry: Any, row: Any) -> tuple[Any, Any]:
            (states, last), here = carry, row[1]
            new, output = step(states, row)
            new = tree.map_structure(lambda n, o: ops.where(_like(here, n), n, o), new, states)
            kept = ops.zeros_like(output) if self.zero_output_for_mask else ops.cast(last, output.dtype)
            output = ops.where(_like(here, output), output, kept)
            return (new, ops.cast(output, last.dtype)), output

        rows = [ops.swapaxes(sequences, 0, 1)]
        if mask is not None:
            rows.append(ops.swapaxes(ops.cast(mask, "bool"), 0, 1))
        loop = _unrolled if self.unroll else ops.scan
        held = _draw_masks(cell, ops.shape(sequences)[0]) if training else []
        try:
            if mask is None:
                states, outputs = loop(step, states, rows, reverse=self.go_backwards)
            else:
                carry = (states, self._output_before(states))
                (states, _), outputs = loop(masked_step, carry, rows, reverse=self.go_backwards)
        finally:
            for inner in held:
                inner.hold_masks(None)
        if not self.return_sequences:
            return outputs[0 if self.go_backwards else -1], states
        return ops.swapaxes(ops.flip(outputs, 0) if self.go_backwards else outputs, 0, 1), states

    def _output_before(self, states: list[Any]) -> Any:
        """What masked steps repeat before any step has counted: for the cells whose output is their first state, that
        state; else zeros."""
        cell = self.cell.cells[-1] if isinstance(self.cell, StackedRNNCells) else self.cell
        first = tree.flatten(states[-1] if tree.is_nested(states[-1]) else states)[0]
        shape = (first.shape[0], self._output_size())
        if isinstance(cell, RecurrentCell) and tuple(first.shape) == shape:
            return first
        return ops.zeros(shape, dtype=first.dtype)

    def _output_size(self) -> int:
        size = getattr(self.cell, "output_size", None)
        return tree.flatten(self.state_size)[0] if size is None else size

    def get_config(self) -> dict[str, Any]:
        names = ("return_sequences", "return_state", "go_backwards", "stateful", "unroll", "zero_output_for_mask")
        config = {**super().get_config(), **{name: getattr(self, name) for name in names}}
        config["cell"] = serialize_keras_object(self.cell)
        return config

    @classmethod
    def from_config(cls, config: dict[str, Any], custom_objects: dict[str, Any] | None = None) -> Any:
        config = dict(config)
        if "cell" in config:
            config["cell"] = deserialize_keras_object(config["cell"], custom_objects=custom_objects)
        return super().from_config(config)


def _like(mask: Any, x: Any) -> Any:
    """A mask `(batch,)` with axes of size 1 up to the rank of x."""
    return ops.reshape(mask, (-1, *(1,) * (len(x.shape) - 1)))


def _unrolled(step: Callable[..., Any], states: Any, rows: list[Any], reverse: bool) -> tuple[Any, Any]:
    """`ops.scan` as a loop in Python."""
    steps = range(rows[0].shape[0])
    outputs = []
    for t in reversed(steps) if reverse else steps:
        states, output = step(states, [row[t] for row in rows])
        outputs.append(output)
    return states, ops.stack(outputs[::-1] if reverse else outputs)


def _draw_masks(cell: Any, batch: Any) -> list[RecurrentCell]:
    """Draws the dropout masks of all cells, which then use them at every step; returns those cells."""
    cells = cell.cells if isinstance(cell, StackedRNNCells) else [cell]
    cells = [c for c in cells if isinstance(c, RecurrentCell) and (c.dropout or c.recurrent_dropout)]
    for c in cells:
        c.hold_masks(c.draw_masks(batch))
    return cells


def of_cell(name: str) -> property:
    """The layer's attribute is its cell's."""
    return property(lambda self: getattr(self.cell, name), doc=f"The cell's {name}.")


class OverCell(RNN):
    """The base of the layers made for one cell, which take the arguments of both."""

    def __init__(
        self, cell: Any, activity_regularizer: Any = None, use_cudnn: Any = None, **kwargs: Unpack[GeneralArguments]
    ):
        super().__init__(cell, activity_regularizer=activity_regularizer, **kwargs)
        if use_cudnn not in ("auto", True, False, None):
            raise ValueError(f'{self._owner}: use_cudnn must be "auto", True or False; got {use_cudnn!r}.')
        if use_cudnn is not None:  # not every such layer has the argument
            self.use_cudnn = use_cudnn
        self.input_spec = InputSpec(ndim=3)

    units: Any = of_cell("units")
    activation: Any = of_cell("activation")
    use_bias: Any = of_cell("use_bias")
    kernel_initializer: Any = of_cell("kernel_initializer")
    recurrent_initializer: Any = of_cell("recurrent_initializer")
    bias_initializer: Any = of_cell("bias_initializer")
    kernel_regularizer: Any = of_cell("kernel_regularizer")
    recurrent_regularizer: Any = of_cell("recurrent_regularizer")
    bias_regularizer: Any = of_cell("bias_regularizer")
    kernel_constraint: Any = of_cell("kernel_constraint")
    recurrent_constraint: Any = of_cell("recurrent_constraint")
    bias_constraint: Any = of_cell("bias_constraint")
    dropout: Any = of_cell("dropout")
    recurrent_dropout: Any = of_cell("recurrent_dropout")
    seed: Any = of_cell("seed")

    def fits_kernel(self) -> bool:
        """Whether the engine's kernel does what the cell does: usual activations, the same state for all gates."""
        return getattr(self, "use_cudnn", "auto") is not False and not self.cell.recurrent_dropout

    def engine_kernel(self) -> Callable[..., Any]:
        """The engine's kernel for a whole sequence."""
        raise NotImplementedError

    def whole_sequence(self, sequences: TensorLike, states: TensorLike, mask: TensorLike, training: bool | None) -> Any:
        kernel = self.engine_kernel()
        # Not every engine's kernel takes a mask.
        if not self.fits_kernel() or (mask is not None and not signature_of(kernel).accepts("mask")):
            return None
        if training and 0 < self.cell.dropout < 1:
            masks, _ = self.cell.draw_masks(ops.shape(sequences)[0])
            sequences = ops.multiply(sequences, ops.expand_dims(masks[0], 1))
        weights = (self.cell.kernel, self.cell.recurrent_kernel, self.cell.bias)
        tensors = [None if w is None else ops.convert_to_tensor(w) for w in weights]
        options = {} if mask is None else {"mask": mask}
        result = kernel(
            sequences, *states, *tensors, reverse=self.go_backwards, sequences=self.return_sequences, **options
        )
        outputs, *others = result if isinstance(result, tuple) else (result,)
        last = outputs[:, -1] if self.return_sequences else outputs
        if mask is not None and self.zero_output_for_mask:
            outputs = ops.where(self._kept(mask), outputs, ops.zeros_like(outputs))
        return outputs, [last, *others]

    def _kept(self, mask: Any) -> Any:
        """Of the outputs, all or the last one, which belong to a step that counts."""
        mask = ops.cast(mask, "bool")
        if not self.return_sequences:
            return mask[:, 0 if self.go_backwards else -1, None]
        return (ops.flip(mask, 1) if self.go_backwards else mask)[..., None]

    def get_config(self) -> dict[str, Any]:
        config = super().get_config()
        config.pop("cell")
        own = {k: v for k, v in self.cell.get_config().items() if k not in ("name", "trainable", "dtype")}
        return {**config, **own, "activity_regularizer": regularizers.serialize(self.activity_regularizer)}
