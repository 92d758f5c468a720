# Written by scripts/make_face.py; do not edit.

from lamina.optimizers._adagrad import Adagrad as Adagrad
from lamina.optimizers._adam import Adam as Adam
from lamina.optimizers._ftrl import Ftrl as Ftrl
from lamina.optimizers._optimizer import Optimizer as Optimizer
from lamina.optimizers._rmsprop import RMSprop as RMSprop
from lamina.optimizers._sgd import SGD as SGD
