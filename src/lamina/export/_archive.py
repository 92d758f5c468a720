"""`ExportArchive`: several functions of a model, written together."""

import inspect
import os
from collections.abc import Callable
from typing import Any

from lamina._public import public

from ._errors import ExportError
from ._exported import Exported, exported_model
from ._formats import format_named, target_path, write_format
from ._model_ends import ends_of

ALIASES = {"saved_model": "tf_saved_model"}


@public("export.ExportArchive")
class ExportArchive:
    """Functions to write, each under a name, over the weights of models and layers that are tracked.

    Args:
        format: "saved_model" (of TensorFlow, which must be installed), "onnx", "numpy", "c", "jax" or "torch".
        kwargs: options of the format, such as check=False.

    One function is written to the file that `write_out` names; each of several to one of its own, with the name of the
    function at the end of its name. Weights of what is tracked keep their paths, others are constants.

    Example:
        >>> model = Sequential([Input((2,)), layers.Dense(3)])
        >>> archive = lamina.export.ExportArchive(format="numpy")
        >>> archive.track(model)
        >>> archive.add_endpoint("serve", model.call, [layers.InputSpec(shape=(None, 2), dtype="float32")])
        >>> archive.write_out("net", verbose=False)
        ['net.py', 'net.npz']
    """

    def __init__(self, format: str = "saved_model", **kwargs: Any):
        self.format = ALIASES.get(format, format)
        self._format = format_named(self.format)
        self._options = kwargs
        self._resources: list[Any] = []
        self._collections: dict[str, list[Any]] = {}
        self._endpoints: dict[str, Exported] = {}

    def track(self, resource: Any) -> None:
        """Weights of a model or layer belong to the archive from now on.

        Raises ValueError for what has no weights to keep, or is not built.
        """
        if not hasattr(resource, "variables"):
            raise ValueError(f"ExportArchive.track: expected a model or layer; got {type(resource).__name__}.")
        if not getattr(resource, "built", True):
            raise ValueError(
                f"ExportArchive.track: {resource.name!r} has not been built; call it on a batch of data first."
            )
        self._resources.append(resource)

    def add_endpoint(self, name: str, fn: Callable[..., Any], input_signature: Any = None, **kwargs: Any) -> None:
        """Adds a function under a name.

        Args:
            name: of the function.
            fn: called with a tensor for each part of the signature; a model or layer.
            input_signature: list of things with `shape` (None for an open size) and `dtype`, as `layers.InputSpec`. None:
                `fn` is a model, and takes what it was built with.
            kwargs: none.
        Raises ValueError if the name is taken; ExportError if nothing is known of the inputs.
        """
        if kwargs:
            raise ValueError(f"ExportArchive.add_endpoint: unknown argument(s) {sorted(kwargs)}.")
        if name in self._endpoints:
            raise ValueError(f"ExportArchive.add_endpoint: there is a function {name!r} already.")
        if input_signature is None:
            if not hasattr(fn, "_flatten_layers"):
                raise ExportError(f"ExportArchive: say the input_signature of {name!r}: it is a function, not a model.")
            self._endpoints[name] = exported_model(fn)
        else:
            self._endpoints[name] = self._exported(name, fn, input_signature)

    def _exported(self, name: str, fn: Callable[..., Any], signature: Any) -> Exported:
        single = not isinstance(signature, (list, tuple))
        ends = ends_of([signature] if single else list(signature))
        named = [getattr(spec, "name", None) for spec in ([signature] if single else signature)]
        arguments = _argument_names(fn, len(named))
        ends = ends._replace(names=[given or own for given, own in zip(named, arguments)])
        layers = [layer for r in self._resources for layer in getattr(r, "_flatten_layers", list)()]
        titles = {
            layer.path: f"{layer.path}: {type(layer).__name__}" for layer in layers if getattr(layer, "path", None)
        }
        run = lambda inputs: fn(*inputs)  # noqa: E731
        return Exported(name, run, run, ends, self._variables(), titles)

    def _variables(self) -> list[Any]:
        found = [v for r in self._resources for v in r.variables]
        found += [v for variables in self._collections.values() for v in variables]
        return list({id(v): v for v in found}.values())

    def track_and_add_endpoint(self, name: str, resource: Any, input_signature: Any, **kwargs: Any) -> None:
        """`track(resource)`, then `add_endpoint(name, resource, input_signature)`."""
        self.track(resource)
        self.add_endpoint(name, resource, input_signature, **kwargs)

    def add_variable_collection(self, name: str, variables: Any) -> None:
        """Further variables that belong to the archive, under a name; before the functions that read them are added."""
        self._collections[name] = list(variables)

    def write_out(self, filepath: Any, options: Any = None, verbose: bool = True) -> list[str]:
        """Writes the files, and returns their paths.

        Args:
            filepath: of the file, with the suffix of the format or none.
            options: dict of options of the format, such as {"check": False}.
            verbose: whether the paths are printed.
        Raises ValueError if no function has been added; ExportError and ImportError as `export_model`.
        """
        if not self._endpoints:
            raise ValueError("ExportArchive.write_out: there is nothing to write; call add_endpoint first.")
        stem, suffix = os.path.splitext(target_path(filepath, self._format.suffix))
        chosen, paths = {**self._options, **(options or {})}, []
        for name, exported in self._endpoints.items():
            own = f"{stem}{suffix}" if len(self._endpoints) == 1 else f"{stem}_{name}{suffix}"
            paths += write_format(self.format, exported, own, chosen)
        if verbose:
            print(f"Wrote {', '.join(paths)}.")
        return paths


def _argument_names(fn: Callable[..., Any], count: int) -> list[str]:
    """The names of so many first arguments."""
    call = getattr(fn, "call", fn)
    try:
        names = [
            n
            for n, p in inspect.signature(call).parameters.items()
            if p.kind in (p.POSITIONAL_ONLY, p.POSITIONAL_OR_KEYWORD)
        ]
    except (TypeError, ValueError):
        names = []
    return [*names[:count], *(f"input_{i}" for i in range(len(names[:count]), count))]
