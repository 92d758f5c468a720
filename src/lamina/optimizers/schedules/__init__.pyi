# Written by scripts/make_face.py; do not edit.

from lamina.optimizers.schedules._cosine import CosineDecay as CosineDecay
from lamina.optimizers.schedules._cosine import CosineDecayRestarts as CosineDecayRestarts
from lamina.optimizers.schedules._decays import ExponentialDecay as ExponentialDecay
from lamina.optimizers.schedules._decays import InverseTimeDecay as InverseTimeDecay
from lamina.optimizers.schedules._schedule import LearningRateSchedule as LearningRateSchedule
from lamina.optimizers.schedules._piecewise import PiecewiseConstantDecay as PiecewiseConstantDecay
from lamina.optimizers.schedules._decays import PolynomialDecay as PolynomialDecay
from lamina.optimizers.schedules._serialization import deserialize as deserialize
from lamina.optimizers.schedules._serialization import serialize as serialize
