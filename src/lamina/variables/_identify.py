"""What stands behind an argument such as `loss="mse"`: an object, a class, a function, a name or a config."""

from typing import Any

from ._registry import custom_object, deserialize_keras_object, find_public, lookup


def get_object(
    identifier: Any, namespace: str, what: str, *, make: bool = True, names: dict[str, str] | None = None
) -> Any:
    """The object of `lamina.<namespace>` that `identifier` stands for.

    Args:
        identifier: None, a name, a config, a class (then an instance is made) or a callable.
        namespace: where names are looked up, "losses" for instance.
        what: what it is called in the error.
        make: whether a class found by name is instantiated.
        names: other spellings, from old name to public name.
    Raises ValueError for an unknown name or anything that cannot be called.
    """
    found = identifier
    if identifier is None:
        return None
    if isinstance(identifier, dict):
        found = _from_config(identifier, namespace, what)
    elif isinstance(identifier, str):
        found = custom_object((identifier,), None)
        if found is None:
            found = lookup(namespace, identifier)
        if found is None and names and identifier in names:
            found = lookup(namespace, names[identifier])
        if found is None:
            find_public(namespace, identifier, what, names or ())
    if isinstance(found, type) and make:
        found = found()
    if not callable(found):
        raise ValueError(
            f"Cannot make a {what} of {identifier!r}: expected a {what}, its name, its config or a function."
        )
    return found


def _from_config(config: dict[str, Any], namespace: str, what: str) -> Any:
    if "class_name" not in config or "config" not in config:
        raise ValueError(f"Cannot make a {what} of {config!r}: a config needs the keys 'class_name' and 'config'.")
    if "module" not in config and config["class_name"] != "function":
        # Keras 1 and 2 wrote only class_name and config.
        config = {"module": f"keras.{namespace}", "registered_name": None, **config}
    return deserialize_keras_object(config)
