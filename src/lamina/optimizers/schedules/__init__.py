"""Learning rates that change with the step (`lamina.optimizers.schedules`)."""

from ._cosine import CosineDecay as CosineDecay
from ._cosine import CosineDecayRestarts as CosineDecayRestarts
from ._decays import ExponentialDecay as ExponentialDecay
from ._decays import InverseTimeDecay as InverseTimeDecay
from ._decays import PolynomialDecay as PolynomialDecay
from ._piecewise import PiecewiseConstantDecay as PiecewiseConstantDecay
from ._schedule import LearningRateSchedule as LearningRateSchedule
from ._serialization import deserialize as deserialize
from ._serialization import serialize as serialize
