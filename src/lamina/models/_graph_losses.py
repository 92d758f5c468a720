"""What a functional model computes beside its outputs: losses added on its tensors, and tensors that a loss refers to."""

from typing import Any

from lamina.layers import Layer
from lamina.layers._base._closure import AddsLosses
from lamina.layers._base._old_arguments import without_inputs
from lamina.ops._symbolic import KerasTensor, Node, run_nodes, sort_nodes


class GraphLosses(Layer):
    """The part of a functional model that knows these tensors, the calls that lead to them, and their values."""

    def _forget_losses(self) -> None:
        self._added_losses, self._watched, self._further_nodes = [], [], []
        self._closed_losses = [
            x for node in self._nodes if isinstance(node.operation, AddsLosses) for x in node.args[1]
        ]

    @without_inputs
    def add_loss(self, loss: Any) -> None:
        """Adds to what training minimises and `evaluate` reports.

        Args:
            loss: scalar tensors of this call, inside `call`; or KerasTensors made from the model's own, outside: these are
                computed at every call, and are part of the model's files and clones. What is no scalar is summed.
        Raises ValueError for KerasTensors that depend on something else than the model's inputs.
        """
        losses = loss if isinstance(loss, (list, tuple)) else [loss]
        symbolic = [x for x in losses if isinstance(x, KerasTensor)]
        if symbolic:
            before = list(self._added_losses)
            self._added_losses = before + symbolic
            try:
                self._set_further("add_loss")
            except ValueError:
                self._added_losses = before
                raise
        rest = [x for x in losses if not isinstance(x, KerasTensor)]
        if rest:
            super().add_loss(rest)

    def watch(self, tensors: list[KerasTensor]) -> None:
        """Keeps the values of these tensors of the model at every call, for `value_of`.

        Raises ValueError for tensors that depend on something else than the model's inputs, or on layers not in the model.
        """
        before, self._watched = self._watched, list(tensors)
        try:
            self._set_further("loss")
        except ValueError:
            self._watched = before
            raise

    def _set_further(self, what: str) -> None:
        own = {id(node) for node in self._nodes}
        added, further = ([n for n in self._leading_to(x, what) if id(n) not in own] for x in self._further_tensors())
        known = {id(layer) for layer in self._flatten_layers()}
        for node in further:
            if isinstance(node.operation, Layer) and id(node.operation) not in known and node not in added:
                raise ValueError(
                    f"{self._owner}: the {what} refers to a tensor that needs the layer {node.operation.name!r}, which is "
                    "not in the model. Add the term by model.add_loss(tensor), which takes the layer in."
                )
        ids = {id(node) for node in added}
        self._further_nodes = [*added, *(n for n in further if id(n) not in ids)]
        self._set_operations(added)
        self._steps = {}

    def _further_tensors(self) -> tuple[list[KerasTensor], list[KerasTensor]]:
        return self._added_losses, [*self._added_losses, *self._watched]

    def _leading_to(self, tensors: list[KerasTensor], what: str) -> list[Node]:
        try:
            return sort_nodes(self._inputs, tensors)
        except ValueError as error:
            raise ValueError(
                f"{self._owner}: the {what} must be made from the inputs of this model "
                f"({', '.join(x.name for x in self._inputs)}) alone. {error}"
            ) from None

    def _collect_losses(self, values: dict[int, Any]) -> None:
        """Computes the further tensors from the values of a call; adds the losses and keeps what is watched."""
        run_nodes(self._further_nodes, values)
        for x in (*self._closed_losses, *self._added_losses):
            super().add_loss(values[id(x)])
        self._compiled.watched = {id(x): values[id(x)] for x in self._watched}

    def _copy_losses(self, values: dict[int, Any], call_operation: Any, copy: Any) -> None:
        """Gives `copy` the losses of this model, on the tensors that `values` has for this one's."""
        if self._added_losses:
            run_nodes(self._further_nodes, values, call_operation)
            copy.add_loss([values[id(x)] for x in self._added_losses])
