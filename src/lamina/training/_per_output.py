"""Arguments of `compile` and `fit` that may be given once, as a list, or as a dict by the names of the outputs."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from lamina import tree
from lamina._checks import ShapeMismatch

# Names of the crossentropy that suits the shapes.
CROSSENTROPY = ("crossentropy", "ce")


def kind_of_labels(y: Any, y_pred: Any) -> str:
    """ "Binary" for one output unit; "SparseCategorical" for integer labels beside several units; else "Categorical"."""
    classes = y_pred.shape[-1] if len(y_pred.shape) > 0 else 1
    is_sparse = len(y.shape) < len(y_pred.shape) or (len(y.shape) == len(y_pred.shape) and y.shape[-1] == 1)
    if len(y_pred.shape) < 2 or classes == 1:
        return "Binary"
    return "SparseCategorical" if is_sparse and classes > 1 else "Categorical"


class Outputs:
    """The places of a model's outputs, and what each is called.

    Attributes: `names`, by which arguments are given: those of the model, the keys of a dict, or output_1, output_2, ...;
    `keys` of a dict of tensors in flat order, else None; `labels`, by which logs call them: the keys that lead to an output
    in a dict, else the model's name for it, else None.

    Args:
        y_pred: tensors or specs, nested like the outputs.
        given: the names of the model's outputs, if it has any.
    """

    def __init__(self, y_pred: Any, given: list[str] | None):
        self.structure = tree.map_structure(lambda _: None, y_pred)
        found = tree.flatten_with_path(self.structure)
        count = len(found)
        is_flat = all(len(path) <= 1 for path, _ in found)
        own = list(given) if given and len(given) == count else None
        self.keys = [path[0] for path, _ in found] if isinstance(y_pred, Mapping) and is_flat else None
        self.labels = [_label(path, name) for (path, _), name in zip(found, own or [None] * count)]
        self.names = own or [str(key) for key in self.keys or (f"output_{i + 1}" for i in range(count))]
        self.is_deep = not is_flat

    def __len__(self) -> int:
        return len(self.names)

    def spread(self, value: Any, what: str) -> list[Any]:
        """`value` as a list with an entry for each output.

        A single value goes to every output; a list goes by place, a dict by output name or key, and what is nested as deep
        as the outputs by its places. Raises ValueError for a list of another length or an unknown name.
        """
        if self.is_deep and _has_form(value, self.structure):
            return list(_by_place(value, self.structure))
        if isinstance(value, Mapping):
            known = [*self.names, *(self.keys or [])]
            unknown = [k for k in value if k not in known]
            if unknown:
                known_names = ", ".join(map(repr, self.keys or self.names))
                raise ValueError(f"{what}: unknown output {unknown[0]!r}; the outputs are {known_names}.")
            by_key = self.keys or self.names
            return [value.get(key, value.get(name)) for name, key in zip(self.names, by_key)]
        if isinstance(value, (list, tuple)):
            flat = list(value)
            if len(flat) != len(self):
                raise ValueError(
                    f"{what}: expected {len(self)} entries, one for each output ({self.names}); got {len(flat)}."
                )
            return flat
        return [value] * len(self)

    def targets(self, y: Any, what: str = "y") -> list[Any]:
        """The targets in the order of the outputs; None where there is none."""
        if y is None:
            return [None] * len(self)
        if isinstance(y, Mapping):
            return self.spread(y, what)
        flat = tree.flatten(y)
        if len(flat) == 1 and len(self) > 1:
            return flat * len(self)
        if len(flat) != len(self):
            raise ValueError(
                f"{what}: the model has {len(self)} outputs ({', '.join(self.names)}); got {len(flat)} arrays."
            )
        return flat


@contextmanager
def naming_output(what: str, name: str, y: Any, y_pred: Any) -> Iterator[None]:
    """Errors within say which output they are about, and its shapes."""
    try:
        yield
    except ShapeMismatch as error:
        raise ShapeMismatch(f"The {what} of the output {name!r}: {error}") from error
    except Exception as error:
        error.add_note(
            f"This is the {what} of the output {name!r}: y has shape {_shape(y)}, the output {_shape(y_pred)}."
        )
        raise


def _shape(x: Any) -> tuple[Any, ...]:
    return tuple(getattr(x, "shape", ()))


def _label(path: tuple[Any, ...], name: str | None) -> str | None:
    """What Keras calls an output at that place: `a` for a key, `heads/a` for one in another, `0/dense` below a list."""
    if path and isinstance(path[-1], str):
        return "/".join(map(str, path))
    return name if name is None else "/".join(map(str, (*path[:-1], name)))


def _has_form(value: Any, structure: Any) -> bool:
    """Whether `value` has the containers of the structure, at least those on top."""
    if isinstance(structure, Mapping):
        return isinstance(value, Mapping) and set(value) <= set(structure)
    return isinstance(value, (list, tuple)) and len(value) == len(structure)


def _by_place(value: Any, structure: Any) -> Iterator[Any]:
    if not tree.is_nested(structure):
        yield value
        return
    if not _has_form(value, structure):
        yield from [value] * len(tree.flatten(structure))
        return
    parts = (
        [(value.get(k), structure[k]) for k in tree.flatten({k: k for k in structure})]
        if isinstance(structure, Mapping)
        else zip(value, structure)
    )
    for part, below in parts:
        yield from _by_place(part, below)
