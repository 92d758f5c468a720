"""The state of a model as nested dicts, and its loss as a pure function of it."""

from typing import Any

from lamina import ops
from lamina._checks import check_one_of
from lamina.variables import StateScope

_KINDS = ("trainable_variables", "non_trainable_variables", "optimizer_variables", "metrics_variables")


class StateTree:
    """`get_state_tree`, `set_state_tree`, `stateless_compute_loss`."""

    def get_state_tree(self: Any, value_format: str = "backend_tensor") -> dict[str, Any]:
        """The values of all variables, by kind and path.

        Args:
            value_format: "backend_tensor" for tensors, "numpy_array" for arrays.
        Returns: `{"trainable_variables": {"dense": {"kernel": ..., "bias": ...}}, "non_trainable_variables": ...,
            "optimizer_variables": ..., "metrics_variables": ...}`.
        Raises ValueError for another format, and if two variables share a path.
        """
        check_one_of(value_format, ("backend_tensor", "numpy_array"), "value_format", "get_state_tree")
        return {kind: _nested(_variables(self, kind), value_format == "numpy_array") for kind in _KINDS}

    def set_state_tree(self: Any, state_tree: dict[str, Any]) -> None:
        """Sets variables to the values that stand in `state_tree`, which is like what `get_state_tree` gave; it may hold less.

        Raises ValueError for a kind or path that the model has not.
        """
        for kind, tree in state_tree.items():
            check_one_of(kind, _KINDS, "the keys of state_tree", "set_state_tree")
            known = {variable.path: variable for variable in _variables(self, kind)}
            for path, value in _flat(tree):
                if path not in known:
                    raise ValueError(f"set_state_tree: {self.name!r} has no {path!r} among its {kind}.")
                known[path].assign(value)

    def stateless_compute_loss(
        self: Any, trainable_variables: Any, non_trainable_variables: Any, metrics_variables: Any, x: Any = None, y: Any = None,
        y_pred: Any = None, sample_weight: Any = None, training: bool = True,
    ) -> tuple[Any, tuple[Any, Any, Any]]:  # fmt: skip
        """`compute_loss` as a pure function of the state.

        Args:
            trainable_variables, non_trainable_variables, metrics_variables: values, in the order of the attributes of those
                names.
            x, y, y_pred, sample_weight, training: as of `compute_loss`.
        Returns: the loss, and the three lists of values, as changed by the computation.
        """
        pairs = []
        for kind, values in zip(
            ("trainable_variables", "non_trainable_variables", "metrics_variables"),
            (trainable_variables, non_trainable_variables, metrics_variables),
        ):
            variables, values = getattr(self, kind), list(values)
            if len(variables) != len(values):
                raise ValueError(f"stateless_compute_loss: expected {len(variables)} {kind}; got {len(values)}.")
            pairs += [(v, ops.convert_to_tensor(value, dtype=v.dtype)) for v, value in zip(variables, values)]
        with StateScope(pairs) as scope:
            loss = self.compute_loss(x, y, y_pred, sample_weight=sample_weight, training=training)
            non_trainable = [scope[v] for v in self.non_trainable_variables]
            metrics = [scope[v] for v in self.metrics_variables]
        return loss, (trainable_variables, non_trainable, metrics)


def _variables(model: Any, kind: str) -> list[Any]:
    if kind == "optimizer_variables":
        return [] if getattr(model, "optimizer", None) is None else model.optimizer.variables
    return getattr(model, kind)


def _nested(variables: list[Any], as_arrays: bool) -> dict[str, Any]:
    tree: dict[str, Any] = {}
    for variable in variables:
        *above, name = variable.path.split("/")
        holder = tree
        for part in above:
            holder = holder.setdefault(part, {})
        if name in holder:
            raise ValueError(
                f"get_state_tree: two variables have the path {variable.path!r}; give layers names of their own."
            )
        holder[name] = variable.numpy() if as_arrays else variable.value
    return tree


def _flat(tree: dict[str, Any], above: str = "") -> Any:
    """(path, value) for each variable."""
    for name, value in tree.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{above}{name}/")
        else:
            yield f"{above}{name}", value
