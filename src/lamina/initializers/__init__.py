"""Initial values of weights (`lamina.initializers`)."""

from ._constant import STFT as STFT
from ._constant import Constant as Constant
from ._constant import Identity as Identity
from ._constant import Ones as Ones
from ._constant import Zeros as Zeros
from ._initializer import Initializer as Initializer
from ._random import GlorotNormal as GlorotNormal
from ._random import GlorotUniform as GlorotUniform
from ._random import HeNormal as HeNormal
from ._random import HeUniform as HeUniform
from ._random import LecunNormal as LecunNormal
from ._random import LecunUniform as LecunUniform
from ._random import Orthogonal as Orthogonal
from ._random import RandomNormal as RandomNormal
from ._random import RandomUniform as RandomUniform
from ._random import TruncatedNormal as TruncatedNormal
from ._random import VarianceScaling as VarianceScaling
from ._serialization import deserialize as deserialize
from ._serialization import get as get
from ._serialization import serialize as serialize

# The names of Keras's functional style are the same classes.
constant, identity, ones, zeros, stft = Constant, Identity, Ones, Zeros, STFT
glorot_normal, glorot_uniform, he_normal, he_uniform = GlorotNormal, GlorotUniform, HeNormal, HeUniform
lecun_normal, lecun_uniform, orthogonal = LecunNormal, LecunUniform, Orthogonal
random_normal, random_uniform, truncated_normal = RandomNormal, RandomUniform, TruncatedNormal
variance_scaling = VarianceScaling
IdentityInitializer, OrthogonalInitializer, STFTInitializer = Identity, Orthogonal, STFT
