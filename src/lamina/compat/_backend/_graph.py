"""`gradients` and `function` over symbolic tensors: how programs of Keras 1 and 2 looked inside a model."""

from collections.abc import Callable
from typing import Any, NamedTuple

from lamina import ops, tree
from lamina._public import public
from lamina.engines import engine
from lamina.ops._symbolic import Function, KerasTensor, Operation
from lamina.ops._symbolic._source_inputs import walk_back
from lamina.optimizers._old_updates import OptimizerUpdate
from lamina.variables import StateScope, Variable

from ._control import LearningPhase, learning_phase_scope


class Update(NamedTuple):
    """A variable and the symbolic tensor that is its next value."""

    variable: Variable
    value: Any

    def needs(self) -> list[Any]:
        return [self.value]

    def make(self, values: list[Any]) -> None:
        self.variable.assign(values[0])


class Step(NamedTuple):
    """A step of an optimizer along symbolic gradients."""

    optimizer: Any
    gradients: list[Any]
    variables: list[Variable]

    def needs(self) -> list[Any]:
        return self.gradients

    def make(self, values: list[Any]) -> None:
        self.optimizer.apply(values, self.variables)


def _as_update(entry: Any) -> Update | Step:
    if isinstance(entry, OptimizerUpdate):
        return Step(entry.optimizer, gradients(entry.loss, entry.variables), entry.variables)
    return Update(*entry)


@public("backend.update")
def update(x: Variable, new_x: Any) -> Any:
    """Gives a variable a value: at once, or, if it is symbolic, when a `function` with `updates=` runs."""
    if isinstance(new_x, KerasTensor):
        return Update(x, new_x)
    return x.assign(new_x)


@public("backend.update_add")
def update_add(x: Variable, increment: Any) -> Any:
    """Adds to a variable: see `update`."""
    return update(x, ops.add(x, increment))


@public("backend.update_sub")
def update_sub(x: Variable, decrement: Any) -> Any:
    """Subtracts from a variable: see `update`."""
    return update(x, ops.subtract(x, decrement))


@public("backend.moving_average_update")
def moving_average_update(x: Variable, value: Any, momentum: float) -> Any:
    """Moves a variable towards a value: x * momentum + value * (1 - momentum)."""
    return update(x, ops.add(ops.multiply(x, momentum), ops.multiply(value, 1.0 - momentum)))


@public("backend.gradients")
def gradients(loss: Any, variables: Any) -> list[Any]:
    """The derivatives of the sum of a symbolic tensor, themselves symbolic: `function` gives them values.

    Args:
        loss: KerasTensor (or a list of them, which are added), computed from a model's tensors by layers and ops.
        variables: KerasTensor or Variable that it depends on, or a list of them.
    Returns: a list with a KerasTensor for each, None where the loss does not depend on it.
    Raises TypeError if the loss is not symbolic: then GradientTape is the way.
    """
    losses = list(loss) if isinstance(loss, (list, tuple)) else [loss]
    wanted = list(variables) if isinstance(variables, (list, tuple)) else [variables]
    for tensor in losses:
        if not isinstance(tensor, KerasTensor):
            raise TypeError(
                f"gradients: the loss must be symbolic (made from model.input, model.output, ...); got {tensor!r}. For "
                "tensors with values use GradientTape."
            )
    for variable in wanted:
        if not isinstance(variable, (KerasTensor, Variable)):
            raise TypeError(f"gradients: expected KerasTensors or Variables; got {variable!r}.")
    total = losses[0]
    for tensor in losses[1:]:
        total = ops.add(total, tensor)
    met, roots, used = _ancestors(total)
    reached = [v for v in wanted if id(v) in (met if isinstance(v, KerasTensor) else used)]
    # A tensor inside the graph cuts it in two, so it gets its own pass; inputs and variables share one.
    inside = [v for v in reached if isinstance(v, KerasTensor) and not any(v is x for x in roots)]
    shared = [v for v in reached if not any(v is x for x in inside)]
    found: dict[int, Any] = {}
    for group in [shared, *([v] for v in inside)]:
        if group:
            symbols = Gradients(total, group, roots)(*roots)
            found.update((id(v), symbol) for v, symbol in zip(group, symbols))
    return [found.get(id(v)) for v in wanted]


class Gradients(Operation):
    """The derivatives of `loss` with respect to tensors or variables, as an operation on the graph's inputs."""

    def __init__(self, loss: KerasTensor, variables: list[Any], roots: list[KerasTensor]):
        super().__init__()
        self.variables = [v for v in variables if isinstance(v, Variable)]
        self.tensors = [v for v in variables if isinstance(v, KerasTensor)]
        self.places = variables
        self.to_tensors = Function(roots, self.tensors) if self.tensors else None
        others = [x for x in roots if not any(x is t for t in self.tensors)]
        self.others = [any(x is o for o in others) for x in roots]
        self.to_loss = Function([*self.tensors, *others], loss)

    def compute_output_spec(self, *roots: Any) -> Any:
        return [KerasTensor(tuple(v.shape), v.dtype) for v in self.places]

    def call(self, *roots: Any) -> Any:
        tensors = self.to_tensors(list(roots)) if self.to_tensors is not None else []
        others = [x for x, is_other in zip(roots, self.others) if is_other]

        def loss_of(values: list[Any], weights: list[Any]) -> Any:
            with StateScope(zip(self.variables, weights)):
                return ops.sum(self.to_loss([*values, *others]))

        weights = [v.value for v in self.variables]
        _, (by_tensor, by_variable) = engine.value_and_grad(loss_of, argnums=(0, 1))(list(tensors), weights)
        found = {id(v): g for v, g in zip([*self.tensors, *self.variables], [*by_tensor, *by_variable])}
        return [found[id(v)] for v in self.places]


def _ancestors(target: KerasTensor) -> tuple[set[int], list[KerasTensor], set[int]]:
    """The ids of the tensors that `target` depends on, the inputs among them, and the ids of the variables in use."""
    met: set[int] = set()
    roots: list[KerasTensor] = []
    used: set[int] = set()
    for tensor, node in walk_back(target):
        met.add(id(tensor))
        if node is None:
            roots.append(tensor)
            continue
        used.update(id(v) for v in getattr(node.operation, "variables", ()))
        used.update(id(v) for v in tree.flatten((node.args, node.kwargs)) if isinstance(v, Variable))
    return met, roots, used


@public("backend.function")
def function(
    inputs: Any, outputs: Any, updates: Any = None, name: str | None = None, **kwargs: Any
) -> Callable[..., Any]:
    """A callable on arrays that gives what symbolic tensors are worth.

    Args:
        inputs: list[Any] of KerasTensors (inputs of a model, or any tensor inside), and `learning_phase()`.
        outputs: KerasTensor or list of KerasTensors that depend on them.
        updates: list[Any] of what `update` or an optimizer's `get_updates` returned, or of pairs (variable, new value), done
            after each call.
        name: optional name.
    Returns: a callable that takes the list of arrays and returns a list of NumPy arrays (one array for a single output
        that was not in a list). A learning phase, 0 or 1, given for none of the inputs is not read, as in Keras 2.
    Raises ValueError if an output needs a tensor that is not among the inputs.
    """
    return _GraphFunction(inputs, outputs, updates or [], name)


class _GraphFunction:
    def __init__(self, inputs: Any, outputs: Any, updates: Any, name: str | None):
        self.name = name
        self.inputs = list(inputs) if isinstance(inputs, (list, tuple)) else [inputs]
        self.outputs_struct = outputs
        self.updates = [_as_update(entry) for entry in updates]
        for x in self.inputs:
            if not isinstance(x, (KerasTensor, LearningPhase)):
                raise ValueError(f"function: inputs must be KerasTensors or learning_phase(); got {x!r}.")
        wanted = tree.flatten(outputs) + [x for u in self.updates for x in u.needs()]
        self.symbolic = [x for x in wanted if isinstance(x, KerasTensor)]
        tensors = [x for x in self.inputs if isinstance(x, KerasTensor)]
        self.graph = Function(tensors, self.symbolic) if self.symbolic else None

    def __call__(self, inputs: Any = ()) -> Any:
        values = list(inputs) if isinstance(inputs, (list, tuple)) else [inputs]
        if len(values) == len(self.inputs) + 1 and isinstance(values[-1], int):
            values.pop()
        if len(values) != len(self.inputs):
            raise ValueError(f"function: expected {len(self.inputs)} inputs; got {len(values)}.")
        phase = 0
        tensors = []
        for x, value in zip(self.inputs, values):
            if isinstance(x, LearningPhase):
                phase = int(bool(value))
            else:
                tensors.append(_fitting(x, value))
        with learning_phase_scope(phase):
            found = self.graph(tensors) if self.graph is not None else []
        by_id = {id(x): value for x, value in zip(self.symbolic, found)}
        for update in self.updates:
            update.make([by_id.get(id(x), x) for x in update.needs()])
        return tree.map_structure(lambda x: ops.convert_to_numpy(by_id.get(id(x), x)), self.outputs_struct)


def _fitting(x: KerasTensor, value: Any) -> Any:
    """The value given for `x`, checked."""
    tensor = ops.convert_to_tensor(value, dtype=x.dtype)
    sizes = tuple(tensor.shape)
    if len(sizes) != len(x.shape) or any(s is not None and s != n for s, n in zip(x.shape, sizes)):
        raise ValueError(f"function: input {x.name!r} has shape {x.shape}; got an array of shape {sizes}.")
    return tensor
