"""Quantisation of a whole model: each layer in its own way."""

import re
import warnings
from typing import Any

from lamina.layers import Layer
from lamina.quantizers._calibrated_config import CalibratedConfig
from lamina.quantizers._config import resolve_config

from ._calibration import calibrate


class QuantizableModel(Layer):
    """The part of a model that quantises the layers inside."""

    def quantize(self, mode: str | None = None, config: Any = None, filters: Any = None, **kwargs: Any) -> None:  # type: ignore[override]  # Keras's own signature
        """Quantises the weights of all layers that have a quantised form; those quantised already stay as they are.

        Args:
            mode: "int8", "int4", "float8", "gptq" or "awq"; may be left out where `config` is given, which the last two need.
            config: QuantizationConfig, or a mode; None for that of the mode.
            filters: which layers: a regular expression found in the name, several of them, or a function of the layer; None
                for all.
            kwargs: `type_check`, whether subclasses of layers are left out.

        GPTQ and AWQ quantise the Dense and EinsumDense layers inside the blocks that the config or
        `get_quantization_layer_structure` names, one block after the other.

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

        def wanted(layer: Any) -> bool:
            return _wanted(layer, filters)

        def quantize(layer: Any) -> bool:
            return _quantized(layer, config, type_check)

        if isinstance(config, CalibratedConfig):
            structure = config.quantization_layer_structure or self.get_quantization_layer_structure(config.mode)
            left = calibrate(config, structure, wanted, quantize, where)
        else:
            left = [layer for layer in self._flatten_layers() if wanted(layer) and not quantize(layer)]
        if left:
            warnings.warn(
                f"{where}: these layers have no quantised form and stay as they are: "
                f"{', '.join(layer.path or layer.name for layer in left)}.",
                stacklevel=2,
            )

    def get_quantization_layer_structure(self, mode: str | None = None) -> dict[str, Any] | None:
        """The order in which GPTQ and AWQ go through the model; a subclass may define it.

        Args:
            mode: "gptq" or "awq".
        Returns: dict with "pre_block_layers", layers that the samples go through first, and "sequential_blocks", layers one
            after the other; None where it is not known.
        """
        return None


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
