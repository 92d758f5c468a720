"""`KerasFileEditor`: a look into a file of weights, and changes of what is in it."""

import io
import os
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from lamina._public import public

from ._h5 import Reader, put
from ._keras_file import WEIGHTS, KerasFile
from ._weights import weights_bytes
from ._writer import write_bytes

VARS = "vars"  # the group of an object's own arrays
Weights = dict[str, Any]  # name -> array, or what lies below


@public("saving.KerasFileEditor")
class KerasFileEditor:
    """The weights of a `.keras` or `.weights.h5` file, to be listed, compared, renamed, removed, added and saved anew.

    Args:
        filepath: path of the file.
    Attributes: `weights_dict`, nested dict from names to arrays; `config`, the model's in a `.keras` file, else None.
    Raises ValueError for another ending, ModelFileError for a file that cannot be used.
    Example:
        >>> Sequential([Input((2,)), layers.Dense(3)]).save_weights("net.weights.h5")
        >>> editor = saving.KerasFileEditor("net.weights.h5")
        >>> editor.rename_object("dense", "head")
        >>> editor.save("new.weights.h5")
        >>> list(editor.weights_dict["layers"])
        ['head']
    """

    def __init__(self, filepath: Any):
        self.filepath = os.fspath(filepath)
        self.config: Any = None
        if self.filepath.endswith(".keras"):
            with KerasFile(self.filepath) as file:
                self.config = file.config()
                content: Any = file.read(WEIGHTS)
        elif self.filepath.endswith(".weights.h5"):
            content = self.filepath
        else:
            raise ValueError(
                f"KerasFileEditor: the file name must end in .keras or .weights.h5; got {self.filepath!r}."
            )
        with Reader(content, self.filepath) as reader:
            self.weights_dict: Weights = _read(reader, "")

    def summary(self) -> None:
        """Prints the places of the weights, their shapes and dtypes."""
        for place, value in _flat(self.weights_dict):
            print(f"{place}: {value.shape} {value.dtype}")

    def compare(self, reference_model: Any) -> dict[str, Any]:
        """Prints where the file and a model differ.

        Args:
            reference_model: a built model.
        Returns: dict with "status" ("success" or "error"), "error_count" and "match_count". An object that one of them lacks is
            one error, whatever it holds.
        """
        with Reader(weights_bytes(reference_model), reference_model.name) as reader:
            expected = _read(reader, "")
        errors = list(_differences(self.weights_dict, expected, ""))
        for error in errors:
            print(error)
        found = dict(_flat(self.weights_dict))
        matches = [place for place, value in _flat(expected) if place in found and found[place].shape == value.shape]
        return {
            "status": "error" if errors else "success",
            "error_count": len(errors),
            "match_count": len(matches),
        }

    def rename_object(self, object_name: str, new_name: str) -> None:
        """Gives an object, by its name or path ("layers/dense"), another name."""
        if "/" in new_name:
            raise ValueError(f"rename_object: new_name must be a name, not a path; got {new_name!r}.")

        def rename(holder: Weights, name: str) -> None:
            renamed = {new_name if key == name else key: value for key, value in holder.items()}
            holder.clear()
            holder.update(renamed)

        self._edit(object_name, rename)

    def delete_object(self, object_name: str) -> None:
        """Removes an object, by its name or path."""
        self._edit(object_name, lambda holder, name: holder.pop(name))

    def add_object(self, object_path: str, weights: Any) -> None:
        """Adds an object.

        Args:
            object_path: its path, such as "layers/dense_2".
            weights: dict from names ("0", "1", ...) to arrays.
        """
        *above, name = object_path.split("/")
        holder = self.weights_dict
        for part in above:
            if part not in holder:
                raise ValueError(f"add_object: there is no {'/'.join(above)!r} in {self.filepath}.")
            holder = holder[part]
        holder[name] = _arrays(weights, "add_object")

    def delete_weight(self, object_name: str, weight_name: str) -> None:
        """Removes one weight of an object."""

        def delete(holder: Weights, name: str) -> None:
            if weight_name not in holder[name]:
                raise ValueError(
                    f"delete_weight: {object_name!r} has no weight {weight_name!r}; there are {list(holder[name])}."
                )
            del holder[name][weight_name]

        self._edit(object_name, delete)

    def add_weights(self, object_name: str, weights: Any) -> None:
        """Adds weights, a dict from names to arrays, to an object, or puts them in the place of those of these names."""
        arrays = _arrays(weights, "add_weights")
        self._edit(object_name, lambda holder, name: holder[name].update(arrays))

    def save(self, filepath: Any) -> None:
        """Writes the weights to a `.weights.h5` file."""
        import h5py

        path = os.fspath(filepath)
        if not path.endswith(".weights.h5"):
            raise ValueError(f"KerasFileEditor.save: the file name must end in .weights.h5; got {path!r}.")
        buffer = io.BytesIO()
        with h5py.File(buffer, "w") as file:
            _write(file, self.weights_dict)
        write_bytes(path, buffer.getvalue())

    def resave_weights(self, filepath: Any) -> None:
        """`save`."""
        self.save(filepath)

    def _edit(self, object_name: str, edit: Callable[[Weights, str], Any]) -> None:
        """Calls `edit` with the dict that holds the object and the object's name in it."""
        found = list(_places(self.weights_dict, object_name.split("/"), is_path="/" in object_name))
        if len(found) != 1:
            what = "occurs more than once; give its path" if found else "is not there; summary() lists what is"
            raise ValueError(f"KerasFileEditor: {object_name!r} {what}.")
        edit(found[0], object_name.rpartition("/")[2])


def _read(reader: Reader, place: str) -> Weights:
    """What lies below a place of the file, objects without weights left out."""
    found: Weights = {}
    for name in reader.group(place) or ():
        inner = f"{place}/{name}".lstrip("/")
        thing = reader.follow(inner)
        if isinstance(thing, reader.h5.Group):
            below = _read(reader, inner)
            if name == VARS:
                found.update(below)
            elif below:
                found[name] = below
        else:
            found[name] = np.array(reader.array(thing, inner))
    return found


def _write(group: Any, weights: Weights) -> None:
    arrays = {name: value for name, value in weights.items() if not isinstance(value, dict)}
    own = group.create_group(VARS)
    for name, value in arrays.items():
        put(own, name, value)
    for name, value in weights.items():
        if isinstance(value, dict):
            _write(group.create_group(name), value)


def _flat(weights: Weights, place: str = "") -> Any:
    """(path, array) for each weight."""
    for name, value in weights.items():
        inner = f"{place}/{name}".lstrip("/")
        if isinstance(value, dict):
            yield from _flat(value, inner)
        else:
            yield inner, value


def _differences(found: Weights, expected: Weights, place: str) -> Iterator[str]:
    """What one has and the other lacks, an object as a whole, and shapes that are not the same."""
    for name in (*expected, *(name for name in found if name not in expected)):
        inner = f"{place}/{name}".lstrip("/")
        if name not in found:
            yield f"{inner} is not in the file."
        elif name not in expected:
            yield f"{inner} is in the file only."
        elif isinstance(found[name], dict) != isinstance(expected[name], dict):
            yield f"{inner} is an array in one and an object in the other."
        elif isinstance(found[name], dict):
            yield from _differences(found[name], expected[name], inner)
        elif found[name].shape != expected[name].shape:
            yield f"{inner} has shape {found[name].shape} in the file, {expected[name].shape} in the model."


def _places(weights: Weights, parts: list[str], is_path: bool) -> Any:
    """The dicts that hold an object: the one its path leads to, or all that hold one of its name."""
    if is_path:
        holder: Any = weights
        for part in parts[:-1]:
            holder = holder.get(part) if isinstance(holder, dict) else None
        if isinstance(holder, dict) and parts[-1] in holder:
            yield holder
        return
    if isinstance(weights.get(parts[0]), dict):
        yield weights
    for value in weights.values():
        if isinstance(value, dict):
            yield from _places(value, parts, is_path)


def _arrays(weights: Any, where: str) -> Weights:
    if not isinstance(weights, dict):
        raise ValueError(f"{where}: weights must be a dict from names ('0', '1', ...) to arrays; got {weights!r}.")
    return {name: np.asarray(value) for name, value in weights.items()}
