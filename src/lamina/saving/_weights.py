"""The `.weights.h5` layout of Keras 3: a group for every part, its arrays in `vars/0`, `vars/1`, ..."""

import io
import warnings
from typing import Any

from ._errors import ModelFileError
from ._flat_weights import TableStore, is_optimizer
from ._h5 import OutStore, Reader, Store
from ._legacy_optimizer import take_state
from ._shards import Shards
from ._walk import places, walk


def weights_bytes(model: Any, include_optimizer: bool = True) -> bytes:
    """The HDF5 file of a model's whole state: layers, optimizer and metrics held by layers."""
    import h5py

    buffer = io.BytesIO()
    with h5py.File(buffer, "w") as file:
        for place, part in walk(model):
            if is_optimizer(part) and not include_optimizer:
                continue
            group = file.require_group(f"{place}/vars" if place else "vars")
            name = getattr(part, "name", None)
            if name:
                group.attrs["name"] = name
            part.save_own_variables(OutStore(group))
    return buffer.getvalue()


def read_weights(
    model: Any, source: Any, name: str, member: str | None = None, skip_mismatch: bool = False, skip: Any = ()
) -> None:
    """Takes the state of a model from an HDF5 file.

    The parts in `skip` are left as they are (those inside them are read).

    Raises ModelFileError, naming the place, if a part of the model does not find what it needs; with `skip_mismatch` such
    parts are left as they are, with a warning.
    """
    with Reader(source, name, member) as reader:
        if not any(key in reader.file for key in ("layers", "vars", "_layer_checkpoint_dependencies")) and not len(
            reader.file
        ):
            raise reader.bad("holds no weights.")
        _take(model, lambda place: Store(reader, place), reader.bad, skip_mismatch, skip)


def read_table(model: Any, table: Any, name: str, skip_mismatch: bool = False, skip: Any = ()) -> None:
    """The same from a flat table of arrays."""
    if not table:
        raise ModelFileError(name, None, "holds no weights.")

    def bad(reason: str, place: str | None = None) -> ModelFileError:
        return ModelFileError(name, place, reason)

    _take(model, lambda place: TableStore(table, place, name), bad, skip_mismatch, skip)


def read_shards(model: Any, path: str, skip_mismatch: bool = False, skip: Any = (), called: str | None = None) -> None:
    """The same from several files, by the path of their map; messages call it so, or `called`."""
    with Shards(path, called) as shards:
        _take(model, shards.store, shards.bad, skip_mismatch, skip)


def _take(model: Any, store_at: Any, bad: Any, skip_mismatch: bool, skip: Any) -> None:
    for place, part in walk(model):
        if any(part is other for other in skip):
            continue
        try:
            _load_part(part, store_at(place), bad, place)
        except ModelFileError as error:
            if _load_elsewhere(model, part, store_at, bad):
                continue
            if not skip_mismatch:
                raise
            warnings.warn(f"Left out: {error}", stacklevel=5)


def _load_elsewhere(model: Any, part: Any, store_at: Any, bad: Any) -> bool:
    """Whether the part was found at one of its other places.

    An attribute may have got another name since the file was written, the old one kept beside it; and older files hold what lies
    in lists of lists under "layers" alone.
    """
    for place in places(model, part)[1:]:
        try:
            _load_part(part, store_at(place), bad, place)
            return True
        except ModelFileError:
            continue
    return False


def _load_part(part: Any, store: Any, bad: Any, place: str) -> None:
    if not len(store) and not _wants_arrays(part):
        return
    if is_optimizer(part) and not len(store):
        return  # a file of weights alone: training starts afresh
    if is_optimizer(part) and len(store) == len(part.variables) - 1:  # Keras 2.12 to 2.15 kept no rate
        if take_state(part, [store[key] for key in sorted(store.keys(), key=int)], by_weight=True):
            return
    try:
        part.load_own_variables(store)
    except ModelFileError:
        raise
    except (ValueError, TypeError, KeyError, IndexError) as error:
        raise bad(str(error), place or None) from error


def _wants_arrays(part: Any) -> bool:
    """Whether the part has variables of its own, so that an empty place in the file is an error."""
    return bool(part._own_variables if hasattr(part, "_own_variables") else getattr(part, "variables", None))
