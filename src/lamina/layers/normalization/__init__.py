"""Normalisation of activations."""

from ._batch_normalization import BatchNormalization as BatchNormalization
from ._layer_normalization import LayerNormalization as LayerNormalization
