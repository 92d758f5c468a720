"""How a data set is begun: from arrays, generators, numbers, or other data sets."""

import glob
import itertools
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from lamina.variables import make_default_seed

from ._elements import Element, as_element, as_host_array, as_leaf, as_rows, leaves_of, map_leaves
from ._joining import drawn_from
from ._spec import TensorSpec, dtype_name, spec_of


class Making:
    """The constructors of `Dataset`."""

    _of_rows: Callable
    _count: int

    @classmethod
    def from_tensor_slices(cls, tensors: Any, name: Any = None) -> Any:
        """The rows of arrays as elements.

        Args:
            tensors: an array `(samples, ...)`, or tuples and dicts of such; a list is one array.
        Raises ValueError for arrays without axes or of different length.
        """
        if hasattr(tensors, "columns") and hasattr(tensors, "to_dict"):
            tensors = {name: tensors[name].to_numpy() for name in tensors.columns}
        rows = map_leaves(as_rows, _without_frames(tensors))
        sizes = [len(leaf) if leaf.ndim else None for leaf in leaves_of(rows)]
        if not sizes or None in sizes or len(set(sizes)) > 1:
            raise ValueError(f"from_tensor_slices: all parts must have a first axis of one size; got sizes {sizes}.")
        size: int = sizes[0]  # type: ignore[assignment]
        return cls._of_rows(rows, lambda: iter(range(size)), size)

    @classmethod
    def from_tensors(cls, tensors: Any, name: Any = None) -> Any:
        """One element."""
        element = as_element(tensors)
        return cls(lambda: iter([element]), 1, lambda: spec_of(element))  # type: ignore[call-arg]

    @classmethod
    def from_generator(
        cls, generator: Callable, output_types: Any = None, output_shapes: Any = None, args: Any = None,
        output_signature: Any = None, name: Any = None,
    ) -> Any:  # fmt: skip
        """What a generator gives.

        Args:
            generator: function that gives an iterable of elements; called each time the data set is read.
            output_types: dtypes in the structure of an element.
            output_shapes: shapes in the same structure.
            args: arguments for `generator`.
            output_signature: TensorSpecs in the structure of an element, in place of types and shapes.
        Raises TypeError if `generator` is no function; TypeError or ValueError, when it is read, for an element that
        the signature does not fit.
        """
        if not callable(generator):
            raise TypeError(f"from_generator: generator must be a function that gives an iterable; got {generator!r}.")
        given = tuple(as_leaf(a) for a in args or ())
        signature = _signature(output_types, output_shapes, output_signature)

        def iterate() -> Iterator[Any]:
            for number, element in enumerate(generator(*given)):
                yield as_element(element) if signature is None else _fitted(element, signature, number)

        return cls(iterate, -2, None if signature is None else lambda: signature)  # type: ignore[call-arg]

    @classmethod
    def list_files(
        cls, file_pattern: Any, shuffle: bool | None = None, seed: int | None = None, name: Any = None
    ) -> Any:
        """The paths of the files that a pattern, or several, fit, as text.

        Args:
            file_pattern: such as "images/*/*.jpg"; a string, or a list of them.
            shuffle: whether their order is another each time, True by default; else they are sorted.
            seed: int that fixes the orders.
        Raises FileNotFoundError if no file fits.
        """
        patterns = [str(p) for p in np.atleast_1d(as_host_array(file_pattern)).ravel().tolist()]
        found = sorted(path for pattern in patterns for path in glob.glob(pattern))
        if not found:
            raise FileNotFoundError(f"list_files: no file fits {', '.join(map(repr, patterns))}.")
        files = cls.from_tensor_slices(found)
        return files if shuffle is False else files.shuffle(len(found), seed=seed)

    @classmethod
    def range(cls, *args: Any, **kwargs: Any) -> Any:
        """The integers that Python's `range` gives for the same arguments, int64 or `output_type`."""
        numbers = range(*(int(a) for a in args))
        dtype = dtype_name(kwargs.get("output_type") or "int64")
        return cls(  # type: ignore[call-arg]
            lambda: (as_leaf(np.asarray(n, dtype=dtype)) for n in numbers), len(numbers), lambda: TensorSpec((), dtype)
        )

    @classmethod
    def random(cls, seed: int | None = None, rerandomize_each_iteration: bool | None = None, name: Any = None) -> Any:
        """Random integers `0 ... 2**32 - 1` without end."""
        key = make_default_seed() if seed is None else int(seed)

        def iterate() -> Iterator[Any]:
            rng = np.random.Generator(np.random.Philox(key=key))
            return (as_leaf(rng.integers(0, 2**32)) for _ in itertools.count())

        return cls(iterate, -1, lambda: TensorSpec((), "int64"))  # type: ignore[call-arg]

    @classmethod
    def zip(cls, *args: Any, datasets: Any = None, name: Any = None) -> Any:
        """Elements of several data sets side by side, as far as the shortest goes.

        Args:
            args: the data sets; or one tuple or dict of them, whose structure the elements get.
            datasets: the same by name.
        """
        structure = datasets if datasets is not None else args[0] if len(args) == 1 else tuple(args)
        structure = tuple(structure) if isinstance(structure, list) else structure
        parts = leaves_of(structure)
        counts = [d._count for d in parts]
        finite = [c for c in counts if c >= 0]
        count = -2 if -2 in counts else min(finite) if finite else -1

        def iterate() -> Iterator[Any]:
            for elements in zip(*(iter(d) for d in parts)):
                yield _arranged(structure, iter(elements))

        return cls(iterate, count, lambda: map_leaves(lambda d: d.element_spec, structure))  # type: ignore[call-arg]

    @classmethod
    def choose_from_datasets(cls, datasets: Any, choice_dataset: Any, stop_on_empty_dataset: bool = True) -> Any:
        """The next element of the data set whose number `choice_dataset` gives."""
        sources = list(datasets)
        return cls(  # type: ignore[call-arg]
            lambda: drawn_from(
                [iter(d) for d in sources], (int(c) for c in choice_dataset), stop_on_empty_dataset
            ), -2, lambda: sources[0].element_spec,
        )  # fmt: skip

    @classmethod
    def sample_from_datasets(
        cls, datasets: Any, weights: Any = None, seed: int | None = None, stop_on_empty_dataset: bool = False,
        rerandomize_each_iteration: bool | None = None,
    ) -> Any:  # fmt: skip
        """The next element of a data set drawn at random.

        Args:
            datasets: list[Any] of data sets.
            weights: probabilities, equal by default.
            seed: int that fixes the draws.
            stop_on_empty_dataset: whether all ends with the first that is empty; else the others go on.
        """
        sources = list(datasets)
        p = np.full(len(sources), 1.0) if weights is None else np.asarray(weights, dtype="float64")
        if len(p) != len(sources):
            raise ValueError(
                f"sample_from_datasets: weights must be one for each data set; got {len(p)} for {len(sources)}."
            )
        key = make_default_seed() if seed is None else int(seed)

        def iterate() -> Iterator[Any]:
            rng = np.random.Generator(np.random.Philox(key=key))
            choices = (int(rng.choice(len(sources), p=p / p.sum())) for _ in itertools.count())
            return drawn_from([iter(d) for d in sources], choices, stop_on_empty_dataset)

        return cls(iterate, -2, lambda: sources[0].element_spec)  # type: ignore[call-arg]


def _arranged(structure: Any, leaves: Iterator[Any]) -> Any:
    return map_leaves(lambda _: next(leaves), structure)


def _without_frames(structure: Any) -> Any:
    """Data frames' columns and frames themselves as arrays."""
    return map_leaves(lambda leaf: leaf.to_numpy() if hasattr(leaf, "to_numpy") else leaf, structure)


def _signature(types: Any, shapes: Any, signature: Any) -> Any:
    """The structure of TensorSpecs that the arguments of from_generator describe; None for none."""
    if signature is not None:
        return map_leaves(lambda s: TensorSpec(None if s.shape is None else tuple(s.shape), s.dtype), signature)
    if types is None:
        return None
    types = tuple(types) if isinstance(types, list) else types
    if shapes is None:
        return map_leaves(lambda dtype: TensorSpec(None, dtype), types)
    return _with_shapes(types, shapes)


def _with_shapes(types: Any, shapes: Any) -> Any:
    if isinstance(types, dict):
        return {k: _with_shapes(t, shapes[k]) for k, t in types.items()}
    if isinstance(types, tuple):
        return tuple(_with_shapes(t, s) for t, s in zip(types, shapes))
    return TensorSpec(None if shapes is None else tuple(shapes), types)


def _fitted(element: Any, signature: Any, number: int) -> Any:
    """The element with the dtypes of the signature. Raises TypeError or ValueError where it does not fit."""
    element = tuple(element) if isinstance(element, list) and isinstance(signature, tuple) else element
    if isinstance(signature, (tuple, dict)) and (
        not isinstance(element, type(signature)) or len(element) != len(signature)
    ):
        raise TypeError(f"from_generator: element {number} must have the structure {signature}; got {element!r}.")
    if isinstance(signature, dict):
        return {k: _fitted(element[k], s, number) for k, s in signature.items()}
    if isinstance(signature, tuple):
        return tuple(_fitted(e, s, number) for e, s in zip(element, signature))
    array = as_leaf(element)
    if signature.dtype != "string" and array.dtype.kind not in "USO":
        array = array.astype(signature.dtype).view(Element)
    elif (signature.dtype == "string") != (array.dtype.kind in "USO"):
        raise TypeError(f"from_generator: element {number} must be of dtype {signature.dtype}; got {array.dtype}.")
    if not signature.fits(array):
        raise ValueError(f"from_generator: element {number} must have shape {signature.shape}; got {array.shape}.")
    return array
