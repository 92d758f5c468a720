"""Convolution layers."""

from ._conv import Conv1D as Conv1D
from ._conv import Conv2D as Conv2D
from ._conv import Conv3D as Conv3D
from ._conv_transpose import Conv1DTranspose as Conv1DTranspose
from ._conv_transpose import Conv2DTranspose as Conv2DTranspose
from ._conv_transpose import Conv3DTranspose as Conv3DTranspose
from ._depthwise_conv import DepthwiseConv1D as DepthwiseConv1D
from ._depthwise_conv import DepthwiseConv2D as DepthwiseConv2D
from ._separable_conv import SeparableConv1D as SeparableConv1D
from ._separable_conv import SeparableConv2D as SeparableConv2D
