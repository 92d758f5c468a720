"""Low-rank adaptation: a frozen weight plus the product of two thin matrices that are trained in its place."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from lamina import initializers, ops
from lamina._checks import check_positive_int
from lamina.variables import name_scope

from ._layer import Layer


class Adaptable:
    """The attribute of a layer whose weight can be adapted: reads as the effective weight, keeps the stored one as `_name`."""

    def __set_name__(self, owner: type, name: str) -> None:
        self.name = name

    def __get__(self, layer: Any, owner: type | None = None) -> Any:
        if layer is None:
            return self
        stored = layer.__dict__.get(f"_{self.name}")
        if stored is None:
            raise AttributeError(f"{type(layer).__name__}: {self.name} does not exist before the layer is built.")
        weight = layer._base_weight(stored)
        return layer._adapted(weight) if layer.lora_enabled else weight

    def __set__(self, layer: Any, value: Any) -> None:
        setattr(layer, f"_{self.name}", value)


class LowRank(Layer):
    """A layer with one weight (`adaptable`) that `enable_lora` freezes and adapts by a product of two thin matrices.

    The effective weight is `weight + lora_alpha / lora_rank * (a · b)`; `a` has the weight's shape with `rank` in place of
    the last axis, `b` the shape `(rank, last axis)`. Files hold the effective weight alone, as if it had been trained.

    Reference: Hu et al., LoRA: Low-Rank Adaptation of Large Language Models, 2021, arXiv:2106.09685.
    """

    adaptable = "kernel"
    lora_enabled = False
    lora_rank: Any = None
    lora_alpha: Any = None

    def _ask_lora(self, rank: Any, alpha: Any) -> None:
        """Remembers the arguments of `__init__`; building enables what they ask for."""
        if rank is not None:
            check_positive_int(rank, "lora_rank", self._owner)
        self.lora_rank = rank
        self.lora_alpha = rank if alpha is None else alpha

    def _mark_built(self) -> None:
        super()._mark_built()
        if self.lora_rank and not self.lora_enabled:
            self.enable_lora(self.lora_rank, lora_alpha=self.lora_alpha)

    def enable_lora(
        self,
        rank: int,
        lora_alpha: float | None = None,
        a_initializer: Any = "he_uniform",
        b_initializer: Any = "zeros",
    ) -> None:
        """Freezes the weight and adds two thin matrices, in float32, that are trained in its place.

        Args:
            rank: columns of the first, rows of the second matrix.
            lora_alpha: their product counts `lora_alpha / rank` times; by default once.
            a_initializer, b_initializer: initial values; zeros for one of them leave the layer as it was at first.

        Raises ValueError if the layer is not built, is adapted already, or its weight has a constraint.
        """
        check_positive_int(rank, "rank", f"{self._owner}.enable_lora")
        name = self.adaptable
        if getattr(self, f"{name}_constraint") is not None:
            raise ValueError(
                f"{self._owner}.enable_lora: {name}_constraint cannot hold for a sum of matrices; make the layer without it."
            )
        if not self.built:
            raise ValueError(f"{self._owner}.enable_lora: the layer is not built; call it or build(input_shape) first.")
        if self.lora_enabled:
            raise ValueError(f"{self._owner}.enable_lora: it is enabled already, with rank {self.lora_rank}.")
        shape = tuple(getattr(self, name).shape)
        with self._adding():
            setattr(self, f"lora_{name}_a", self._add_thin("a", (*shape[:-1], rank), a_initializer))
            setattr(self, f"lora_{name}_b", self._add_thin("b", (rank, shape[-1]), b_initializer))
        self._stored_weight.trainable = False
        self.__dict__.get("_frozen", set()).discard(id(self._stored_weight))
        self.lora_rank, self.lora_alpha = rank, rank if lora_alpha is None else lora_alpha
        self.lora_enabled = True

    @contextmanager
    def _adding(self) -> Iterator[None]:
        """Lets a built layer make further weights, with the paths that they would have had in `build`."""
        object.__setattr__(self, "_locked", False)
        with name_scope(self.name, caller=self, override_parent=(self.path or "").rpartition("/")[0]):
            yield
        object.__setattr__(self, "_locked", True)

    def _add_thin(self, which: str, shape: tuple[int, ...], initializer: Any) -> Any:
        return self.add_weight(
            name=f"lora_{self.adaptable}_{which}",
            shape=shape,
            initializer=initializers.get(initializer),
            dtype="float32",
            regularizer=getattr(self, f"{self.adaptable}_regularizer"),
        )

    @property
    def _stored_weight(self) -> Any:
        return self.__dict__.get(f"_{self.adaptable}")

    @property
    def _thin(self) -> tuple[Any, Any]:
        return getattr(self, f"lora_{self.adaptable}_a"), getattr(self, f"lora_{self.adaptable}_b")

    def _lora_delta(self) -> Any:
        """What the two matrices add to the weight."""
        a, b = self._thin
        return ops.multiply(ops.matmul(a, b), self.lora_alpha / self.lora_rank)

    def _base_weight(self, stored: Any) -> Any:
        """The weight that the stored one stands for, without adaptation."""
        return stored

    def _adapted(self, weight: Any) -> Any:
        return ops.cast(ops.add(weight, self._lora_delta()), self.compute_dtype)

    def _is_own_trainable(self, variable: Any) -> bool:
        # The frozen weight keeps its place, before the bias.
        return super()._is_own_trainable(variable) or (self.lora_enabled and variable is self._stored_weight)

    @property
    def _filed_variables(self) -> list[Any]:
        thin = self._thin if self.lora_enabled else ()
        return [v for v in super()._filed_variables if not any(v is one for one in thin)]

    def _filed_value(self, variable: Any) -> Any:
        if self.lora_enabled and variable is self._stored_weight:
            return ops.convert_to_numpy(getattr(self, self.adaptable))
        return super()._filed_value(variable)

    def load_own_variables(self, store: Any) -> None:
        super().load_own_variables(store)
        if self.lora_enabled:
            for thin in self._thin:
                thin.assign(ops.zeros(thin.shape))

    def get_config(self) -> dict[str, Any]:
        lora = {"lora_rank": self.lora_rank, "lora_alpha": self.lora_alpha} if self.lora_rank else {}
        return {**super().get_config(), **lora}
