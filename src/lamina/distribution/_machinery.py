"""What the engine in use brings for several devices."""

from typing import Any

from lamina.engines import engine

ONE_DEVICE = (
    "computes on one device, by as many threads as config.set_num_threads says. For several devices set "
    "LAMINA_ENGINE=jax, or LAMINA_ENGINE=torch and start the program with torchrun"
)


def machinery_or_none() -> Any:
    """The engine's module for several devices (see `distribution` in the contract of engines); None where it has none."""
    return getattr(engine, "distribution", None)


def machinery(what: str) -> Any:
    """The same. Raises NotImplementedError that names the engines to use; `what` was asked for."""
    found = machinery_or_none()
    if found is None:
        raise NotImplementedError(f"{what}: the {engine.NAME} engine {ONE_DEVICE}.")
    return found
