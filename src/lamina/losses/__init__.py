"""Losses: what training makes small (`lamina.losses`)."""

from lamina.ops._masks import get_mask as get_mask
from lamina.ops._masks import set_mask as set_mask

from ._binary_crossentropy import BinaryCrossentropy as BinaryCrossentropy
from ._binary_crossentropy import BinaryFocalCrossentropy as BinaryFocalCrossentropy
from ._binary_crossentropy import binary_crossentropy as binary_crossentropy
from ._binary_crossentropy import binary_focal_crossentropy as binary_focal_crossentropy
from ._categorical_crossentropy import CategoricalCrossentropy as CategoricalCrossentropy
from ._categorical_crossentropy import CategoricalFocalCrossentropy as CategoricalFocalCrossentropy
from ._categorical_crossentropy import categorical_crossentropy as categorical_crossentropy
from ._categorical_crossentropy import categorical_focal_crossentropy as categorical_focal_crossentropy
from ._circle import Circle as Circle
from ._circle import circle as circle
from ._cosine_similarity import CosineSimilarity as CosineSimilarity
from ._cosine_similarity import cosine_similarity as cosine_similarity
from ._ctc import CTC as CTC
from ._ctc import ctc as ctc
from ._dice import Dice as Dice
from ._dice import dice as dice
from ._function_loss import LossFunctionWrapper as LossFunctionWrapper
from ._generalized_crossentropy import CategoricalGeneralizedCrossEntropy as CategoricalGeneralizedCrossEntropy
from ._generalized_crossentropy import categorical_generalized_cross_entropy as categorical_generalized_cross_entropy
from ._hinge import CategoricalHinge as CategoricalHinge
from ._hinge import Hinge as Hinge
from ._hinge import SquaredHinge as SquaredHinge
from ._hinge import categorical_hinge as categorical_hinge
from ._hinge import hinge as hinge
from ._hinge import squared_hinge as squared_hinge
from ._huber import Huber as Huber
from ._huber import huber as huber
from ._kl_divergence import KLDivergence as KLDivergence
from ._kl_divergence import kl_divergence as kl_divergence
from ._log_cosh import LogCosh as LogCosh
from ._log_cosh import log_cosh as log_cosh
from ._loss import Loss as Loss
from ._loss import apply_mask as apply_mask
from ._loss import match_ranks as match_ranks
from ._loss import reduce_weighted as reduce_weighted
from ._mae import MeanAbsoluteError as MeanAbsoluteError
from ._mae import mean_absolute_error as mean_absolute_error
from ._mape import MeanAbsolutePercentageError as MeanAbsolutePercentageError
from ._mape import mean_absolute_percentage_error as mean_absolute_percentage_error
from ._mse import MeanSquaredError as MeanSquaredError
from ._mse import mean_squared_error as mean_squared_error
from ._msle import MeanSquaredLogarithmicError as MeanSquaredLogarithmicError
from ._msle import mean_squared_logarithmic_error as mean_squared_logarithmic_error
from ._poisson import Poisson as Poisson
from ._poisson import poisson as poisson
from ._serialization import deserialize as deserialize
from ._serialization import get as get
from ._serialization import serialize as serialize
from ._sparse_categorical_crossentropy import SparseCategoricalCrossentropy as SparseCategoricalCrossentropy
from ._sparse_categorical_crossentropy import sparse_categorical_crossentropy as sparse_categorical_crossentropy
from ._tversky import Tversky as Tversky
from ._tversky import tversky as tversky

# Names of Keras 1 and 2.
mse = MSE = mean_squared_error
mae = MAE = mean_absolute_error
mape = MAPE = mean_absolute_percentage_error
msle = MSLE = mean_squared_logarithmic_error
bce = BCE = binary_crossentropy
kld = KLD = kullback_leibler_divergence = kl_divergence
logcosh = log_cosh
cosine = cosine_proximity = cosine_similarity
