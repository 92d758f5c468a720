# Written by scripts/make_face.py; do not edit.

from . import activations as activations
from . import backend as backend
from . import callbacks as callbacks
from . import compat as compat
from . import config as config
from . import constraints as constraints
from . import datasets as datasets
from . import dtype_policies as dtype_policies
from . import initializers as initializers
from . import layers as layers
from . import losses as losses
from . import metrics as metrics
from . import mixed_precision as mixed_precision
from . import models as models
from . import ops as ops
from . import optimizers as optimizers
from . import preprocessing as preprocessing
from . import random as random
from . import regularizers as regularizers
from . import saving as saving
from . import training as training
from . import tree as tree
from . import utils as utils
from . import variables as variables
from . import viewing as viewing
from lamina.variables._dtype_policy import DTypePolicy as DTypePolicy
from lamina.variables._dtype_policy import FloatDTypePolicy as FloatDTypePolicy
from lamina.ops._symbolic._function import Function as Function
from lamina.variables._gradient_tape import GradientTape as GradientTape
from lamina.initializers._initializer import Initializer as Initializer
from lamina.layers.core._input_layer import Input as Input
from lamina.layers._input_spec import InputSpec as InputSpec
from lamina.ops._symbolic._keras_tensor import KerasTensor as KerasTensor
from lamina.layers._layer import Layer as Layer
from lamina.losses._loss import Loss as Loss
from lamina.metrics._metric import Metric as Metric
from lamina.models._model import Model as Model
from lamina.ops._symbolic._operation import Operation as Operation
from lamina.optimizers._optimizer import Optimizer as Optimizer
from lamina.regularizers._regularizer import Regularizer as Regularizer
from lamina.models._sequential import Sequential as Sequential
from lamina.variables._scope import StateScope as StatelessScope
from lamina.variables._variable import Variable as Variable
from lamina.variables._name_scope import name_scope as name_scope

__version__: str
