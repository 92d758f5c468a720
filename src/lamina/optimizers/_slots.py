"""What an optimizer remembers: its variables, and the slots that each weight has."""

import warnings
from typing import Any

import numpy as np

from lamina import initializers
from lamina.variables import Variable, name_scope

from ._options import Options


class Slots(Options):
    """The part of an optimizer that holds its state."""

    def _init_slots(self, name: str) -> None:
        self._variables: list[Variable] = []
        self.name = name
        self.built = False
        self._trainable_variables: list[Variable] = []
        self._indices: dict[int, int] = {}
        self._slots: dict[str, list[Variable | None]] = {}

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, Variable):
            if "_variables" not in self.__dict__:
                raise RuntimeError(
                    f"{type(self).__name__}: call super().__init__() first in __init__(), before setting attributes."
                )
            self._track(value)
        super().__setattr__(name, value)

    def _track(self, variable: Variable) -> None:
        if not any(known is variable for known in self._variables):
            self._variables.append(variable)

    @property
    def variables(self) -> list[Variable]:
        """All state: the step counter, the learning rate, then the slots, in the order in which files hold them."""
        return list(self._variables)

    weights = variables

    def add_slot(self, name: str, variables: Any, initializer: Any = "zeros") -> list[Variable | None]:
        """A variable for each variable, of its shape and dtype: `slot(name, variable)` finds it again."""
        return self.add_slots((name,), variables, (initializer,))[0]

    def add_slots(self, names: Any, variables: Any, initializer: Any = None) -> list[list[Variable | None]]:
        """Several slots at once, in the order of files: all slots of the first variable, then of the second."""
        initializers_of = initializer or ["zeros"] * len(names)
        slots: list[list[Variable | None]] = [[] for _ in names]
        for variable in variables:
            for slot, name, how in zip(slots, names, initializers_of):
                skip = variable.overwrite_with_gradient
                slot.append(None if skip else self.add_variable_from_reference(variable, name, how))
        self._slots.update(zip(names, slots))
        return slots

    def slot(self, name: str, variable: Variable) -> Variable:
        """The slot of a variable."""
        return self._slots[name][self._get_variable_index(variable)]  # type: ignore[return-value]

    @property
    def slots(self) -> dict[str, list[Variable | None]]:
        """The slots by name, each a list in the order of the variables that the optimizer was built on."""
        return self._slots

    def adopt(self, variable: Variable, slots: dict[str, Variable]) -> None:
        """Makes `update_step` accept one more variable (all weights in a flat one, say) with slots of its own.

        They are no part of `variables`: they are to share the storage of those that are.
        """
        self._indices[id(variable)] = len(self._indices)
        for name, own in slots.items():
            entries = self._slots[name]
            entries.extend([None] * (len(self._indices) - 1 - len(entries)))
            entries.append(own)

    def __setstate__(self, state: dict[str, Any]) -> None:
        """A copy has variables of its own; what it adopted stays behind."""
        self.__dict__.update(state)
        self._indices = {id(variable): i for i, variable in enumerate(self._trainable_variables)}
        self._slots = {name: own[: len(self._trainable_variables)] for name, own in self._slots.items()}

    def _get_variable_index(self, variable: Variable) -> int:
        try:
            return self._indices[id(variable)]
        except KeyError:
            raise ValueError(
                f"{type(self).__name__} {self.name!r} was built without {variable!r}. Make a new optimizer for a new "
                "set of variables (or compile the model again after changing what is trainable)."
            ) from None

    def add_variable(
        self,
        shape: Any,
        initializer: Any = "zeros",
        dtype: Any = None,
        aggregation: str = "none",
        layout: Any = None,
        name: str | None = None,
    ) -> Variable:
        """A variable of the optimizer's state."""
        with name_scope(self.name, caller=self):
            variable = Variable(
                initializers.get(initializer),
                shape=tuple(shape),
                dtype=dtype,
                trainable=False,
                aggregation=aggregation,
                name=name,
                layout=layout,
            )
        self._track(variable)
        return variable

    def add_variable_from_reference(
        self, reference_variable: Variable, name: str | None = None, initializer: Any = "zeros"
    ) -> Variable:
        """A state variable of the shape and dtype of another, and of its layout on several devices."""
        path = reference_variable.path.replace("/", "_")
        return self.add_variable(
            reference_variable.shape, initializer, reference_variable.dtype, layout=reference_variable._layout,
            name=f"{path}_{name or 'var'}",
        )  # fmt: skip

    def add_optimizer_variables(self, trainable_variables: Any, name: Any, initializer: Any = "zeros") -> Any:
        """One list (or, for several names, a tuple of lists) of state variables, one for each trainable variable."""
        names = [name] if isinstance(name, str) else list(name)
        how = list(initializer) if isinstance(initializer, (list, tuple)) else [initializer] * len(names)
        if len(how) != len(names):
            raise ValueError(
                f"add_optimizer_variables: as many initializers as names are needed; got {name!r}, {initializer!r}."
            )
        slots = self.add_slots(names, trainable_variables, how)
        return slots[0] if isinstance(name, str) else tuple(slots)

    def assign(self, variable: Variable, value: Any) -> None:
        variable.assign(value)

    def assign_add(self, variable: Variable, value: Any) -> None:
        variable.assign_add(value)

    def assign_sub(self, variable: Variable, value: Any) -> None:
        variable.assign_sub(value)

    def set_weights(self, weights: Any) -> None:
        """Sets all state from a list of arrays, in the order of `variables`."""
        if not self.built:
            raise ValueError(f"{type(self).__name__}.set_weights: call build(trainable_variables) first.")
        if len(weights) != len(self.variables):
            raise ValueError(
                f"{type(self).__name__}.set_weights: expected {len(self.variables)} arrays; got {len(weights)}."
            )
        for variable, value in zip(self.variables, weights):
            variable.assign(value)

    def get_weights(self) -> list[np.ndarray]:
        """All state as a list of arrays, in the order of `variables`."""
        return [variable.numpy() for variable in self.variables]

    def save_own_variables(self, store: Any) -> None:
        """Writes the state under "0", "1", ... in the order of `variables`."""
        for i, variable in enumerate(self.variables):
            store[str(i)] = variable.numpy()

    def load_own_variables(self, store: Any) -> None:
        """Reads what `save_own_variables` wrote; warns and leaves the state if it is that of another optimizer.

        What was saved before the first step holds no more than the step and the rate: then that is all there is to read.
        """
        variables = self.variables
        is_fresh = 0 < len(store) < len(variables) and "0" in store and not np.any(np.asarray(store["0"]))
        if len(store) != len(variables) and not is_fresh:
            hint = "" if self.built else " The optimizer is not built: compile and build the model first."
            warnings.warn(
                f"{type(self).__name__} {self.name!r}: the file holds {len(store)} variables, the optimizer has "
                f"{len(variables)}; its state is left as it is.{hint}",
                stacklevel=2,
            )
            return
        for i, variable in enumerate(variables[: len(store)]):
            variable.assign(np.asarray(store[str(i)]))
