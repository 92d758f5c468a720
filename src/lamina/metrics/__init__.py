"""Metrics: what is told about a model beside its loss (`lamina.metrics`)."""

from lamina.losses import binary_crossentropy as binary_crossentropy
from lamina.losses import binary_focal_crossentropy as binary_focal_crossentropy
from lamina.losses import categorical_crossentropy as categorical_crossentropy
from lamina.losses import categorical_focal_crossentropy as categorical_focal_crossentropy
from lamina.losses import categorical_hinge as categorical_hinge
from lamina.losses import hinge as hinge
from lamina.losses import huber as huber
from lamina.losses import kl_divergence as kl_divergence
from lamina.losses import log_cosh as log_cosh
from lamina.losses import mean_absolute_error as mean_absolute_error
from lamina.losses import mean_absolute_percentage_error as mean_absolute_percentage_error
from lamina.losses import mean_squared_error as mean_squared_error
from lamina.losses import mean_squared_logarithmic_error as mean_squared_logarithmic_error
from lamina.losses import poisson as poisson
from lamina.losses import sparse_categorical_crossentropy as sparse_categorical_crossentropy
from lamina.losses import squared_hinge as squared_hinge

from ._accuracy import Accuracy as Accuracy
from ._accuracy import BinaryAccuracy as BinaryAccuracy
from ._accuracy import CategoricalAccuracy as CategoricalAccuracy
from ._accuracy import SparseCategoricalAccuracy as SparseCategoricalAccuracy
from ._accuracy import SparseTopKCategoricalAccuracy as SparseTopKCategoricalAccuracy
from ._accuracy import TopKCategoricalAccuracy as TopKCategoricalAccuracy
from ._accuracy import binary_accuracy as binary_accuracy
from ._accuracy import categorical_accuracy as categorical_accuracy
from ._accuracy import sparse_categorical_accuracy as sparse_categorical_accuracy
from ._accuracy import sparse_top_k_categorical_accuracy as sparse_top_k_categorical_accuracy
from ._accuracy import top_k_categorical_accuracy as top_k_categorical_accuracy
from ._at_threshold import PrecisionAtRecall as PrecisionAtRecall
from ._at_threshold import RecallAtPrecision as RecallAtPrecision
from ._at_threshold import SensitivityAtSpecificity as SensitivityAtSpecificity
from ._at_threshold import SpecificityAtSensitivity as SpecificityAtSensitivity
from ._auc import AUC as AUC
from ._confusion import FalseNegatives as FalseNegatives
from ._confusion import FalsePositives as FalsePositives
from ._confusion import TrueNegatives as TrueNegatives
from ._confusion import TruePositives as TruePositives
from ._correlation import ConcordanceCorrelation as ConcordanceCorrelation
from ._correlation import PearsonCorrelation as PearsonCorrelation
from ._correlation import concordance_correlation as concordance_correlation
from ._correlation import pearson_correlation as pearson_correlation
from ._f_score import F1Score as F1Score
from ._f_score import FBetaScore as FBetaScore
from ._hinge import CategoricalHinge as CategoricalHinge
from ._hinge import Hinge as Hinge
from ._hinge import SquaredHinge as SquaredHinge
from ._iou import BinaryIoU as BinaryIoU
from ._iou import IoU as IoU
from ._iou import MeanIoU as MeanIoU
from ._iou import OneHotIoU as OneHotIoU
from ._iou import OneHotMeanIoU as OneHotMeanIoU
from ._metric import Metric as Metric
from ._precision_recall import Precision as Precision
from ._precision_recall import Recall as Recall
from ._probabilistic import BinaryCrossentropy as BinaryCrossentropy
from ._probabilistic import CategoricalCrossentropy as CategoricalCrossentropy
from ._probabilistic import KLDivergence as KLDivergence
from ._probabilistic import Poisson as Poisson
from ._probabilistic import SparseCategoricalCrossentropy as SparseCategoricalCrossentropy
from ._r2_score import R2Score as R2Score
from ._reduction import Mean as Mean
from ._reduction import MeanMetricWrapper as MeanMetricWrapper
from ._reduction import Sum as Sum
from ._regression import CosineSimilarity as CosineSimilarity
from ._regression import LogCoshError as LogCoshError
from ._regression import MeanAbsoluteError as MeanAbsoluteError
from ._regression import MeanAbsolutePercentageError as MeanAbsolutePercentageError
from ._regression import MeanSquaredError as MeanSquaredError
from ._regression import MeanSquaredLogarithmicError as MeanSquaredLogarithmicError
from ._regression import RootMeanSquaredError as RootMeanSquaredError
from ._serialization import deserialize as deserialize
from ._serialization import get as get
from ._serialization import serialize as serialize

# Names of Keras 1 and 2.
mse = MSE = mean_squared_error
mae = MAE = mean_absolute_error
mape = MAPE = mean_absolute_percentage_error
msle = MSLE = mean_squared_logarithmic_error
kld = KLD = kullback_leibler_divergence = kl_divergence
logcosh = log_cosh
