"""Quantisation of a whole model: each layer in its own way."""

import re
import warnings
from typing import Any

from lamina.layers import Layer
from lamina.quantizers._config import resolve_config


class QuantizableModel(Layer):
    """The part of a model that quantises the layers inside."""

    def quantize(self, mode: str | None = None, config: Any = None, filters: Any = None, **kwargs: Any) -> None:  # type: ignore[override]  # Keras's own signature
        """Quantises the weights of all layers that have a quantised form; those quantised already stay as they are.

        Args:
            mode: "int8", "int4" or "float8"; may be left out where `config` is given.
            config: QuantizationConfig, or a mode; None for that of the mode.
            filters: which layers: a regular expression found in the name, several of them, or a function of the layer; None
                for all.
            kwargs: `type_check`, whether subclasses of layers are left out.

        Warns of layers with weights that have no quantised form. Raises ValueError if the model is not built, and for
        wrong or contradictory arguments.
        """
        where = f"{self._owner}.quantize"
        type_check = kwargs.pop("type_check", True)
        if kwargs:
            raise ValueError(f"{where}: unknown argument(s) {', '.join(sorted(kwargs))}.")
        config = resolve_config(mode, config, where)
        if not (filters is None or isinstance(filters, (str, list, tuple)) or callable(filters)):
            raise ValueError(
                f"{where}: filters must be a regular expression, a list of them or a function; got {filters!r}."
            )
        if not self.built:
            raise ValueError(f"{where}: the model is not built; call it or build(input_shape) first.")
        left = [
            layer
            for layer in self._flatten_layers()
            if _wanted(layer, filters) and not _quantized(layer, config, type_check)
        ]
        if left:
            warnings.warn(
                f"{where}: these layers have no quantised form and stay as they are: "
                f"{', '.join(layer.path or layer.name for layer in left)}.",
                stacklevel=2,
            )


def _wanted(layer: Any, filters: Any) -> bool:
    if isinstance(layer, QuantizableModel) or getattr(layer, "_is_quantized", False):
        return False
    if filters is None:
        return True
    if callable(filters):
        return bool(filters(layer))
    patterns = [filters] if isinstance(filters, str) else filters
    return any(re.search(pattern, layer.name) for pattern in patterns)


def _quantized(layer: Any, config: Any, type_check: bool) -> bool:
    """Quantises a layer. False if it has weights of its own and no quantised form."""
    try:
        layer.quantize(config.mode, type_check=type_check, config=config)
    except NotImplementedError:
        return not layer._own_variables
    return True
