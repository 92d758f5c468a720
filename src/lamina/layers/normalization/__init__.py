"""Normalisation of activations."""

from ._batch_normalization import BatchNormalization as BatchNormalization
from ._group_normalization import GroupNormalization as GroupNormalization
from ._layer_normalization import LayerNormalization as LayerNormalization
from ._rms_normalization import RMSNormalization as RMSNormalization
from ._spectral_normalization import SpectralNormalization as SpectralNormalization
from ._unit_normalization import UnitNormalization as UnitNormalization
