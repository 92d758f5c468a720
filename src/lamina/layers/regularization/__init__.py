"""Noise and penalties against overfitting."""

from ._activity_regularization import ActivityRegularization as ActivityRegularization
from ._alpha_dropout import AlphaDropout as AlphaDropout
from ._dropout import Dropout as Dropout
from ._gaussian_noise import GaussianDropout as GaussianDropout
from ._gaussian_noise import GaussianNoise as GaussianNoise
from ._spatial_dropout import SpatialDropout1D as SpatialDropout1D
from ._spatial_dropout import SpatialDropout2D as SpatialDropout2D
from ._spatial_dropout import SpatialDropout3D as SpatialDropout3D
