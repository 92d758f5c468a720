"""Layers that Keras keeps beside its application models, and writes into their files. They are no public names."""

from ._custom_scale_layer import CustomScaleLayer as CustomScaleLayer
from ._layer_scale import LayerScale as LayerScale
from ._stochastic_depth import StochasticDepth as StochasticDepth
