"""How images are prepared for each family of classifiers."""

from typing import Any

import numpy as np

from lamina import _settings, ops
from lamina._checks import check_one_of
from lamina._public import public
from lamina.ops._symbolic import KerasTensor

# Means and deviations of ImageNet's images; the older ones in BGR, on a scale of 0 to 255.
_BGR_MEAN = (103.939, 116.779, 123.68)
RGB_MEAN = (0.485, 0.456, 0.406)
RGB_STD = (0.229, 0.224, 0.225)


@public("applications.imagenet_utils.preprocess_input")
def preprocess_input(x: Any, data_format: str | None = None, mode: str = "caffe") -> Any:
    """Images as a family of classifiers wants them.

    Args:
        x: image `(height, width, 3)` or images `(batch, height, width, 3)`, or channels first; RGB, 0 to 255. An array or a
            tensor; an array keeps its values.
        data_format: `"channels_last"` or `"channels_first"`; by default that of `config.image_data_format()`.
        mode: `"caffe"`: to BGR, less the mean; `"tf"`: to -1...1; `"torch"`: to 0...1, less the mean, by the deviation.
    Returns: like `x`, floating.
    Raises ValueError for another mode, data format or number of axes.
    Example:
        >>> applications.imagenet_utils.preprocess_input(np.full((1, 1, 3), 255.0), mode="tf")
        array([[[1., 1., 1.]]])
    """
    check_one_of(mode, ("caffe", "tf", "torch"), "mode", "preprocess_input")
    data_format = _settings.standardize_data_format(data_format)
    x = _floating(x)
    if len(x.shape) not in (3, 4):
        raise ValueError(f"preprocess_input: x must be an image or a batch of images; got shape {tuple(x.shape)}.")
    if mode == "tf":
        return x / 127.5 - 1.0
    axis = len(x.shape) - 3 if data_format == "channels_first" else len(x.shape) - 1
    if mode == "torch":
        return _standardized(x / 255.0, RGB_MEAN, RGB_STD, axis)
    return _standardized(_flipped(x, axis), _BGR_MEAN, None, axis)


def _floating(x: Any) -> Any:
    if isinstance(x, KerasTensor):
        return x
    if not ops.is_tensor(x):
        x = np.asarray(x)
        return x if np.issubdtype(x.dtype, np.floating) else x.astype(_settings.floatx())
    return x if "float" in ops.dtype(x) else ops.cast(x, _settings.floatx())


def _flipped(x: Any, axis: int) -> Any:
    return np.flip(x, axis) if isinstance(x, np.ndarray) else ops.flip(x, axis)


def _standardized(x: Any, mean: tuple[float, ...], std: tuple[float, ...] | None, axis: int) -> Any:
    shape = [1] * len(x.shape)
    shape[axis] = 3
    dtype = x.dtype if isinstance(x, (np.ndarray, KerasTensor)) else ops.dtype(x)
    subtract, divide = (np.subtract, np.divide) if isinstance(x, np.ndarray) else (ops.subtract, ops.divide)
    x = subtract(x, np.asarray(mean, dtype).reshape(shape))
    return x if std is None else divide(x, np.asarray(std, dtype).reshape(shape))


def _paths(*families: str) -> list[str]:
    return [f"applications.{family}.preprocess_input" for family in families]


@public(*_paths("vgg16", "vgg19", "resnet", "resnet50"))
def preprocess_bgr(x: Any, data_format: str | None = None) -> Any:
    """Images for VGG and ResNet: RGB, 0 to 255, become BGR less the mean of ImageNet.

    Args:
        x: image or images, `(..., height, width, 3)` or channels first; an array keeps its values.
        data_format: `"channels_last"` or `"channels_first"`; by default that of `config.image_data_format()`.
    Returns: like `x`, floating.
    """
    return preprocess_input(x, data_format, "caffe")


@public(*_paths("resnet_v2", "inception_v3", "inception_resnet_v2", "xception", "mobilenet", "mobilenet_v2", "nasnet"))
def preprocess_signed(x: Any, data_format: str | None = None) -> Any:
    """Images for ResNetV2, Inception, Xception, MobileNet, MobileNetV2 and NASNet: 0 to 255 become -1 to 1.

    Args:
        x: image or images, `(..., height, width, 3)` or channels first; an array keeps its values.
        data_format: `"channels_last"` or `"channels_first"`; by default that of `config.image_data_format()`.
    Returns: like `x`, floating.
    """
    return preprocess_input(x, data_format, "tf")


@public(*_paths("densenet"))
def preprocess_standardized(x: Any, data_format: str | None = None) -> Any:
    """Images for DenseNet: 0 to 255 become 0 to 1, less the mean of ImageNet, divided by its deviation.

    Args:
        x: image or images, `(..., height, width, 3)` or channels first; an array keeps its values.
        data_format: `"channels_last"` or `"channels_first"`; by default that of `config.image_data_format()`.
    Returns: like `x`, floating.
    """
    return preprocess_input(x, data_format, "torch")


@public(*_paths("efficientnet", "efficientnet_v2", "convnext", "mobilenet_v3"))
def preprocess_nothing(x: Any, data_format: str | None = None) -> Any:
    """The images as they are: these networks hold their own preparation, and take 0 to 255.

    Args:
        x: image or images.
        data_format: not used.
    Returns: `x`.
    """
    return x
