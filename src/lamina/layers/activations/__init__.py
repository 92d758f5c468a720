"""Activation functions as layers."""

from ._activation import Activation as Activation
from ._elu import ELU as ELU
from ._leaky_relu import LeakyReLU as LeakyReLU
from ._prelu import PReLU as PReLU
from ._relu import ReLU as ReLU
from ._softmax import Softmax as Softmax
