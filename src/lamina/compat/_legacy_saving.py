"""`utils.legacy` and `legacy.saving`: objects as `{"class_name": ..., "config": ...}`, the form of files before Keras 3."""

from typing import Any

from lamina import saving
from lamina._public import public


@public("legacy.saving.serialize_keras_object", "utils.legacy.serialize_keras_object")
def serialize_keras_object(instance: Any) -> Any:
    """Name and config of an object; the name alone of a function; None of None."""
    if instance is None:
        return None
    if hasattr(instance, "get_config"):
        return {"class_name": saving.get_registered_name(type(instance)), "config": instance.get_config()}
    if hasattr(instance, "__name__"):
        return saving.get_registered_name(instance)
    raise ValueError(f"serialize_keras_object: expected an object with get_config(), or a function; got {instance!r}.")


@public("legacy.saving.deserialize_keras_object", "utils.legacy.deserialize_keras_object")
def deserialize_keras_object(
    identifier: Any, module_objects: Any = None, custom_objects: Any = None, printable_module_name: str = "object"
) -> Any:
    """What `serialize_keras_object` described; anything that is neither a dict nor a string is returned as it is.

    Args:
        identifier: dict[str, Any] with "class_name" and "config", or a name.
        module_objects: dict[str, Any] of the names that are known without being registered.
        custom_objects: dict[str, Any] from name to class or function of your own.
        printable_module_name: what the message calls it.
    Raises ValueError for an unknown name.
    """
    if not isinstance(identifier, (dict, str)):
        return identifier
    name = identifier if isinstance(identifier, str) else identifier["class_name"]
    known = {**(module_objects or {}), **saving.get_custom_objects(), **(custom_objects or {})}
    found = known.get(name) or saving.get_registered_object(name)
    if found is None:
        raise ValueError(
            f"Unknown {printable_module_name} {name!r}. Pass custom_objects={{{name!r}: ...}}, or decorate it with "
            "@keras.saving.register_keras_serializable()."
        )
    if isinstance(identifier, str):
        return found() if isinstance(found, type) else found
    if hasattr(found, "from_config"):
        with saving.custom_object_scope(custom_objects or {}):
            return found.from_config(identifier["config"])
    return found(**identifier["config"])


FUNCTIONS: dict[str, Any] = {
    "serialize_keras_object": serialize_keras_object,
    "deserialize_keras_object": deserialize_keras_object,
}
