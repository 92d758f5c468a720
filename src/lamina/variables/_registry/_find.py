"""From names to classes and functions: public ones, and those that users made known. Nothing is imported for a file."""

import importlib
from collections.abc import Callable, Iterable
from typing import Any

from lamina._hints import did_you_mean
from lamina._lazy import load_namespace
from lamina._names import NAMES
from lamina._public import PUBLIC

from ._custom_objects import custom_object

# Namespaces whose classes and functions files may name. They load at first need; nothing else is loaded by name.
NAMESPACES = (
    "activations", "constraints", "initializers", "losses", "metrics", "optimizers", "regularizers", "layers", "models",
    "quantizers", "random", "distribution", "distillation",
)  # fmt: skip
# Where a function named by a file may come from, in this order.
_FUNCTION_NAMESPACES = ("activations", "constraints", "initializers", "losses", "metrics", "optimizers", "regularizers")
# Functions of those namespaces that do no work of a model.
_NO_FUNCTION = frozenset(("get", "serialize", "deserialize"))

_resolvers: list[Callable[[str, str], Any]] = []


# Public layers of a namespace whose other classes are no parts of models.
_LAYERS_ELSEWHERE = {("utils", "FeatureSpace")}


def add_resolver(resolver: Callable[[str, str], Any]) -> None:
    """Adds a place to look for classes that are not in the public table: `resolver(module, class_name)` or None."""
    _resolvers.append(resolver)


def find_public(namespace: str, name: str, what: str = "object", spellings: Iterable[str] = ()) -> Any:
    """The public object `namespace.name`. Raises ValueError that lists the names if there is none, and says which of them, or of
    the other `spellings`, was probably meant."""
    found = lookup(namespace, name)
    if found is None:
        names = set(NAMES.get(namespace, ())) - {"get", "serialize", "deserialize"}
        hint = did_you_mean(name, {*names, *spellings})
        raise ValueError(f"Unknown {what} {name!r}.{hint} Known names: {', '.join(sorted(names))}.")
    return found


def lookup(namespace: str, name: str) -> Any:
    """The public object `namespace.name`, or None."""
    if namespace.partition(".")[0] in (*NAMESPACES, "") and name in NAMES.get(namespace, ()):
        importlib.import_module(NAMES[namespace][name][0])
    return PUBLIC.get(f"{namespace}.{name}" if namespace else name)


def _public_class(module: str, class_name: str) -> Any:
    """The class that a file calls `module`, `class_name`, if it is a public one."""
    parts = module.split(".")
    if parts[0] not in ("keras", "lamina", "tf_keras", "tensorflow"):
        return None
    parts = [p for p in parts[1:] if p != "keras"]
    if (".".join(parts), class_name) in _LAYERS_ELSEWHERE:
        importlib.import_module(NAMES[".".join(parts)][class_name][0])
        return PUBLIC[".".join([*parts, class_name])]
    if parts[:1] == ["src"]:  # the private module of a public class: keep the namespace, forget the file
        known = [p for p in parts if p in NAMESPACES]
        namespaces = []
        for root in known[:1]:
            if root == "optimizers":
                namespaces.append("optimizers.schedules")
            namespaces.append(root)
        namespaces.append("")
    elif not parts or parts[0] in (*NAMESPACES, "dtype_policies", "mixed_precision"):
        namespaces = [".".join(parts)]
    else:  # a public class that is no part of a model, such as a callback
        namespaces = []
    if "" in namespaces:
        namespaces.append("models")
    for namespace in namespaces:
        found = lookup(namespace, class_name)
        if isinstance(found, type):
            return found
    for namespace in namespaces:
        load_namespace(namespace)  # the modules that add resolvers are among them
    for resolver in _resolvers:
        found = resolver(module, class_name)
        if found is not None:
            return found
    return None


def find_class(config: dict[str, Any], custom_objects: Any = None) -> type:
    """The class that a config names. Raises ValueError if it is neither public nor registered nor given."""
    class_name, registered, module = config["class_name"], config.get("registered_name"), config.get("module")
    if not isinstance(class_name, str):
        raise ValueError(f"A config must name its class by a string; got {class_name!r}.")
    found = custom_object((registered, class_name), custom_objects)
    if found is None and isinstance(module, str):
        found = _public_class(module, class_name)
    if found is None and module is None and registered is None:  # Keras 1 and 2 wrote the name alone
        found = _public_class("keras.layers", class_name) or _public_class("keras", class_name)
    if not isinstance(found, type):
        raise ValueError(
            f"Unknown class {class_name!r} (module {module!r}, registered name {registered!r}). If it is a class of "
            "your own, import the module that defines it, decorated with "
            "@lamina.saving.register_keras_serializable(), or pass "
            f"custom_objects={{{class_name!r}: {class_name}}}. Nothing named by a file is imported for you."
        )
    return found


def find_function(name: str, custom_objects: Any = None, namespaces: tuple[str, ...] = _FUNCTION_NAMESPACES) -> Any:
    """The function that a config names. Raises ValueError if it is neither public nor registered nor given."""
    found = custom_object((name,), custom_objects)
    for namespace in namespaces:
        if found is not None or name in _NO_FUNCTION:
            break
        found = lookup(namespace, name)
    if not callable(found):
        raise ValueError(
            f"Unknown function {name!r}. If it is a function of your own, import the module that defines it, decorated "
            f"with @lamina.saving.register_keras_serializable(), or pass custom_objects={{{name!r}: {name}}}. Nothing "
            "named by a file is imported for you."
        )
    return found
