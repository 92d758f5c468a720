# Written by scripts/make_face.py; do not edit.

from . import legacy as legacy
from . import schedules as schedules
from lamina.optimizers._adadelta import Adadelta as Adadelta
from lamina.optimizers._adafactor import Adafactor as Adafactor
from lamina.optimizers._adagrad import Adagrad as Adagrad
from lamina.optimizers._adam import Adam as Adam
from lamina.optimizers._adamw import AdamW as AdamW
from lamina.optimizers._adamax import Adamax as Adamax
from lamina.optimizers._ftrl import Ftrl as Ftrl
from lamina.optimizers._lamb import Lamb as Lamb
from lamina.optimizers._lion import Lion as Lion
from lamina.optimizers._loss_scale import LossScaleOptimizer as LossScaleOptimizer
from lamina.optimizers._multi import MultiOptimizer as MultiOptimizer
from lamina.optimizers._muon import Muon as Muon
from lamina.optimizers._nadam import Nadam as Nadam
from lamina.optimizers._optimizer import Optimizer as Optimizer
from lamina.optimizers._multi import OptimizerMap as OptimizerMap
from lamina.optimizers._rmsprop import RMSprop as RMSprop
from lamina.optimizers._sgd import SGD as SGD
from lamina.optimizers._schedule_free_adamw import ScheduleFreeAdamW as ScheduleFreeAdamW
from lamina.optimizers._serialization import deserialize as deserialize
from lamina.optimizers._serialization import get as get
from lamina.optimizers._serialization import serialize as serialize
