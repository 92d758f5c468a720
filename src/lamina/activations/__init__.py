"""Activation functions (`lamina.activations`)."""

from ._functions import celu as celu
from ._functions import elu as elu
from ._functions import exponential as exponential
from ._functions import gelu as gelu
from ._functions import glu as glu
from ._functions import hard_shrink as hard_shrink
from ._functions import hard_sigmoid as hard_sigmoid
from ._functions import hard_silu as hard_silu
from ._functions import hard_tanh as hard_tanh
from ._functions import leaky_relu as leaky_relu
from ._functions import linear as linear
from ._functions import log_sigmoid as log_sigmoid
from ._functions import log_softmax as log_softmax
from ._functions import mish as mish
from ._functions import relu as relu
from ._functions import relu6 as relu6
from ._functions import selu as selu
from ._functions import sigmoid as sigmoid
from ._functions import silu as silu
from ._functions import soft_shrink as soft_shrink
from ._functions import softmax as softmax
from ._functions import softplus as softplus
from ._functions import softsign as softsign
from ._functions import sparse_plus as sparse_plus
from ._functions import sparse_sigmoid as sparse_sigmoid
from ._functions import sparsemax as sparsemax
from ._functions import squareplus as squareplus
from ._functions import step as step
from ._functions import tanh as tanh
from ._functions import tanh_shrink as tanh_shrink
from ._functions import threshold as threshold
from ._serialization import deserialize as deserialize
from ._serialization import get as get
from ._serialization import serialize as serialize

swish, hard_swish = silu, hard_silu
