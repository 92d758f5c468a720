"""`jax.numpy`, and what it does otherwise than NumPy or not at all."""

from typing import Any

import jax.numpy as jnp


class Namespace:
    """Attributes are those of `jax.numpy`, except what is defined here."""

    def __getattr__(self, name: str) -> Any:
        value = getattr(jnp, name)
        self.__dict__[name] = value
        return value

    def fmax(self, x1: Any, x2: Any) -> Any:
        """The larger; the other one if one is NaN. The gradient of equals is shared, as in `maximum`."""
        return jnp.where(jnp.isnan(x1), x2, jnp.where(jnp.isnan(x2), x1, jnp.maximum(x1, x2)))

    def fmin(self, x1: Any, x2: Any) -> Any:
        """The smaller; the other one if one is NaN."""
        return jnp.where(jnp.isnan(x1), x2, jnp.where(jnp.isnan(x2), x1, jnp.minimum(x1, x2)))


xp = Namespace()
