"""`tf.image`: decoding, sizes, flips, brightness and what else NumPy and lamina's operations carry."""

import threading
from typing import Any

import numpy as np

from lamina import ops, random
from lamina.data._elements import as_host_array, as_leaf
from lamina.data._resizing import INTERPOLATIONS, fitted, resized
from lamina.variables import get_scope, host_generator

from ._later import absent
from ._tf_files import DECODERS, ENCODERS, convert_image_dtype
from ._tf_functions import sizes_of


class ResizeMethod:
    """The names of interpolations."""

    BILINEAR, NEAREST_NEIGHBOR, BICUBIC, AREA = "bilinear", "nearest", "bicubic", "area"
    LANCZOS3, LANCZOS5, GAUSSIAN, MITCHELLCUBIC = "lanczos3", "lanczos5", "gaussian", "mitchellcubic"


_NUMBERS = {0: "bilinear", 1: "nearest", 2: "bicubic", 3: "area"}


def _is_on_host(image: Any) -> bool:
    return isinstance(image, np.ndarray) and get_scope() is None


def resize(
    images: Any, size: Any, method: Any = "bilinear", preserve_aspect_ratio: bool = False, antialias: bool = False,
    name: Any = None,
) -> Any:  # fmt: skip
    """Images `(..., height, width, channels)` of another size, float32 (of their own dtype for "nearest")."""
    method = _NUMBERS.get(method, method)
    tall, wide = sizes_of(size)
    if preserve_aspect_ratio:
        ratio = min(tall / images.shape[-3], wide / images.shape[-2])
        tall, wide = (max(round(images.shape[axis] * ratio), 1) for axis in (-3, -2))
    if _is_on_host(images) and images.ndim == 3 and not antialias and method in INTERPOLATIONS:
        return as_leaf(resized(as_host_array(images), (tall, wide), method))
    x = images if method == "nearest" else ops.cast(images, "float32")
    return ops.image.resize(x, (tall, wide), interpolation=method, antialias=antialias, data_format="channels_last")


def resize_with_pad(
    image: Any, target_height: int, target_width: int, method: Any = "bilinear", antialias: bool = False
) -> Any:
    """Images `(..., height, width, channels)` in that size, their aspect ratio kept, with zeros around them."""
    size, x = (int(target_height), int(target_width)), as_host_array(image)
    made = [fitted(one, size, _NUMBERS.get(method, method)) for one in x.reshape(-1, *x.shape[-3:])]
    return as_leaf(np.stack(made).reshape(*x.shape[:-3], *made[0].shape))


def crop_to_bounding_box(
    image: Any, offset_height: int, offset_width: int, target_height: int, target_width: int
) -> Any:
    """The part of that size whose upper left corner lies there. Raises ValueError if it leaves the image."""
    top, left, tall, wide = (int(n) for n in (offset_height, offset_width, target_height, target_width))
    if not (0 <= top <= top + tall <= image.shape[-3] and 0 <= left <= left + wide <= image.shape[-2]):
        raise ValueError(
            f"tf.image.crop_to_bounding_box: {tall} x {wide} at ({top}, {left}) leaves an image of shape {image.shape}."
        )
    return image[..., top : top + tall, left : left + wide, :]


def pad_to_bounding_box(
    image: Any, offset_height: int, offset_width: int, target_height: int, target_width: int
) -> Any:
    """An image of that size, zeros but for the one given, whose upper left corner lies there."""
    top, left = int(offset_height), int(offset_width)
    below, right = int(target_height) - top - image.shape[-3], int(target_width) - left - image.shape[-2]
    if min(top, left, below, right) < 0:
        raise ValueError(
            f"tf.image.pad_to_bounding_box: an image of shape {image.shape} at ({top}, {left}) does not fit into "
            f"{target_height} x {target_width}."
        )
    before = [(0, 0)] * (len(image.shape) - 3)
    return ops.pad(image, (*before, (top, below), (left, right), (0, 0)))


def resize_with_crop_or_pad(image: Any, target_height: int, target_width: int) -> Any:
    """An image of that size: cut at its middle, or with zeros around it."""
    height, width = image.shape[-3], image.shape[-2]
    tall, wide = min(height, int(target_height)), min(width, int(target_width))
    cut = crop_to_bounding_box(image, (height - tall) // 2, (width - wide) // 2, tall, wide)
    if (tall, wide) == (int(target_height), int(target_width)):
        return cut
    top, left = (int(target_height) - tall) // 2, (int(target_width) - wide) // 2
    return pad_to_bounding_box(cut, top, left, target_height, target_width)


def central_crop(image: Any, central_fraction: float) -> Any:
    """The middle of the image, that fraction of its height and width."""
    height, width = image.shape[-3], image.shape[-2]
    top, left = (int((n - n * float(central_fraction)) / 2) for n in (height, width))
    return crop_to_bounding_box(image, top, left, height - 2 * top, width - 2 * left)


def per_image_standardization(image: Any) -> Any:
    """Each image `(..., height, width, channels)` with mean 0 and standard deviation 1 (at least 1 / √size before)."""
    x = ops.cast(image, "float32")
    axes = (-3, -2, -1)
    size = float(np.prod([x.shape[axis] for axis in axes]))
    spread = ops.maximum(ops.std(x, axis=axes, keepdims=True), 1.0 / np.sqrt(size))
    return ops.divide(ops.subtract(x, ops.mean(x, axis=axes, keepdims=True)), spread)


def flip_left_right(image: Any) -> Any:
    """The image in a mirror."""
    return ops.flip(image, axis=-2)


def flip_up_down(image: Any) -> Any:
    """The image upside down."""
    return ops.flip(image, axis=-3)


def transpose(image: Any, name: Any = None) -> Any:
    """Rows and columns exchanged."""
    return ops.swapaxes(image, -3, -2)


def rot90(image: Any, k: int = 1, name: Any = None) -> Any:
    """Turned by k times 90 degrees, counter-clockwise."""
    return ops.rot90(image, k=int(k) % 4, axes=(len(image.shape) - 3, len(image.shape) - 2))


def _in_floats(image: Any, function: Any) -> Any:
    """`function` of the image as floats 0 ... 1, brought back to its dtype."""
    dtype = ops.standardize_dtype(image.dtype)
    if np.dtype(dtype).kind == "f" or dtype == "bfloat16":
        return function(image)
    return convert_image_dtype(ops.clip(function(convert_image_dtype(image, "float32")), 0.0, 1.0), dtype)


def adjust_brightness(image: Any, delta: Any) -> Any:
    """With `delta` added, on the scale where an image of integers lies in 0 ... 1."""
    return _in_floats(image, lambda x: ops.add(x, delta))


def adjust_contrast(images: Any, contrast_factor: Any) -> Any:
    """`(x - mean) · factor + mean`, with the mean of each channel of each image."""

    def contrasted(x: Any) -> Any:
        mean = ops.mean(x, axis=(-3, -2), keepdims=True)
        return ops.add(ops.multiply(ops.subtract(x, mean), contrast_factor), mean)

    return _in_floats(images, contrasted)


def adjust_saturation(image: Any, saturation_factor: Any, name: Any = None) -> Any:
    """With the saturation of HSV multiplied: values below the largest channel move away from it, or towards it."""

    def saturated(x: Any) -> Any:
        top = ops.max(x, axis=-1, keepdims=True)
        low = ops.min(x, axis=-1, keepdims=True)
        before = ops.divide(ops.subtract(top, low), ops.maximum(top, 1e-12))
        after = ops.clip(ops.multiply(before, saturation_factor), 0.0, 1.0)
        return ops.subtract(top, ops.multiply(ops.subtract(top, x), ops.divide(after, ops.maximum(before, 1e-12))))

    return _in_floats(image, saturated)


def rgb_to_grayscale(images: Any, name: Any = None) -> Any:
    """One channel: 0.2989 red + 0.587 green + 0.114 blue."""
    weights = np.array([[0.2989], [0.587], [0.114]], "float32")
    return _in_floats(images, lambda x: ops.matmul(x, ops.cast(weights, x.dtype)))


def grayscale_to_rgb(images: Any, name: Any = None) -> Any:
    """The one channel three times."""
    return ops.repeat(images, 3, axis=-1)


def total_variation(images: Any, name: Any = None) -> Any:
    """The sum of absolute differences of neighbouring pixels, for each image."""
    axes = (-3, -2, -1)
    down = ops.abs(ops.subtract(images[..., 1:, :, :], images[..., :-1, :, :]))
    across = ops.abs(ops.subtract(images[..., :, 1:, :], images[..., :, :-1, :]))
    return ops.add(ops.sum(down, axis=axes), ops.sum(across, axis=axes))


# --- at random --------------------------------------------------------------------------------------------------------


class _Draws:
    """The generator of draws on the host, for the threads of data sets too; a seed of its own for those that give one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._generators: dict[Any, np.random.Generator] = {}

    def uniform(self, low: float, high: float, seed: Any) -> float:
        with self._lock:
            if seed not in self._generators:
                self._generators[seed] = host_generator(seed)
            return float(self._generators[seed].uniform(low, high))


_draws = _Draws()


def _uniform(low: Any, high: Any, seed: Any) -> Any:
    """A number between the two: of the host, or of the step that is being traced."""
    if get_scope() is None:
        return _draws.uniform(float(low), float(high), None if seed is None else int(seed))
    return random.uniform((), float(low), float(high), seed=seed)


def _flipped_at_random(flip: Any) -> Any:
    def function(image: Any, seed: Any = None) -> Any:
        draw = _uniform(0.0, 1.0, seed)
        if isinstance(draw, float):
            return flip(image) if draw < 0.5 else image
        return ops.where(ops.less(draw, 0.5), flip(image), image)

    function.__name__ = function.__qualname__ = f"random_{flip.__name__}"
    function.__doc__ = f"`{flip.__name__}`, half of the time."
    return function


def random_brightness(image: Any, max_delta: float, seed: Any = None) -> Any:
    """`adjust_brightness` by a number from -max_delta to max_delta."""
    return adjust_brightness(image, _uniform(-max_delta, max_delta, seed))


def random_contrast(image: Any, lower: float, upper: float, seed: Any = None) -> Any:
    """`adjust_contrast` by a factor between the two."""
    return adjust_contrast(image, _uniform(lower, upper, seed))


def random_saturation(image: Any, lower: float, upper: float, seed: Any = None) -> Any:
    """`adjust_saturation` by a factor between the two."""
    return adjust_saturation(image, _uniform(lower, upper, seed))


def random_crop(value: Any, size: Any, seed: Any = None, name: Any = None) -> Any:
    """A part of that shape, at a random place. Raises ValueError if it is larger than the value."""
    sizes = sizes_of(size)
    room = [n - m for n, m in zip(value.shape, sizes)]
    if len(sizes) != len(value.shape) or min(room) < 0:
        raise ValueError(f"tf.image.random_crop: {sizes} does not fit into {tuple(value.shape)}.")
    starts = [int(_draws.uniform(0, n + 1, seed)) for n in room]
    return value[tuple(slice(i, i + m) for i, m in zip(starts, sizes))]


_IMAGES = "use keras.layers or NumPy on arrays"
_FUNCTIONS = (
    resize, resize_with_pad, crop_to_bounding_box, pad_to_bounding_box, resize_with_crop_or_pad, central_crop,
    per_image_standardization, flip_left_right, flip_up_down, transpose, rot90, adjust_brightness, adjust_contrast,
    adjust_saturation, rgb_to_grayscale, grayscale_to_rgb, total_variation, random_brightness, random_contrast,
    random_saturation, random_crop, convert_image_dtype,
)  # fmt: skip
IMAGE: dict[str, Any] = {
    **{f.__name__: f for f in _FUNCTIONS},
    **{f"random_{f.__name__}": _flipped_at_random(f) for f in (flip_left_right, flip_up_down)},
    **DECODERS,
    **ENCODERS,
    "ResizeMethod": ResizeMethod,
    "resize_image_with_crop_or_pad": resize_with_crop_or_pad,
    "resize_images": resize,
    **{
        name: absent(f"tensorflow.image.{name}", _IMAGES)
        for name in (
            "adjust_hue", "crop_and_resize", "extract_patches", "image_gradients", "non_max_suppression", "psnr", "random_hue",
            "rgb_to_hsv", "sobel_edges", "ssim", "ssim_multiscale",
        )
    },
}  # fmt: skip
