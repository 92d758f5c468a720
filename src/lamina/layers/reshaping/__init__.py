"""The same numbers in another shape or order."""

from ._cropping import Cropping1D as Cropping1D
from ._cropping import Cropping2D as Cropping2D
from ._cropping import Cropping3D as Cropping3D
from ._flatten import Flatten as Flatten
from ._permute import Permute as Permute
from ._repeat_vector import RepeatVector as RepeatVector
from ._reshape import Reshape as Reshape
from ._up_sampling import UpSampling1D as UpSampling1D
from ._up_sampling import UpSampling2D as UpSampling2D
from ._up_sampling import UpSampling3D as UpSampling3D
from ._zero_padding import ZeroPadding1D as ZeroPadding1D
from ._zero_padding import ZeroPadding2D as ZeroPadding2D
from ._zero_padding import ZeroPadding3D as ZeroPadding3D
