"""VGG: small convolutions, one after another."""

from functools import partial
from typing import Any

from lamina.layers import Conv2D, Dense, Flatten, MaxPooling2D

from ._application import Design, Wishes, classifier
from ._weights import Pair, tensorflow_pair

_FILTERS = (64, 128, 256, 512, 512)
_REFERENCE = "Simonyan and Zisserman, Very Deep Convolutional Networks, 2014, arXiv:1409.1556"


def _body(x: Any, wishes: Wishes, depths: tuple[int, ...]) -> Any:
    for block, (filters, depth) in enumerate(zip(_FILTERS, depths), 1):
        for i in range(1, depth + 1):
            x = Conv2D(filters, 3, padding="same", activation="relu", name=f"block{block}_conv{i}")(x)
        x = MaxPooling2D(2, strides=2, name=f"block{block}_pool")(x)
    return x


def _top(x: Any, wishes: Wishes) -> Any:
    x = Flatten(name="flatten")(x)
    x = Dense(4096, activation="relu", name="fc1")(x)
    x = Dense(4096, activation="relu", name="fc2")(x)
    return Dense(wishes.classes, activation=wishes.classifier_activation, name="predictions")(x)


def _vgg(name: str, depths: tuple[int, ...], files: Pair) -> Any:
    design = Design(partial(_body, depths=depths), 224, files, top=_top)
    says = f"{name}: {sum(depths)} convolutions and three dense layers; images of 224 x 224 by default."
    return classifier(name, name.lower(), design, name.lower(), says, _REFERENCE, __name__)


VGG16 = _vgg(
    "VGG16",
    (2, 2, 3, 3, 3),
    tensorflow_pair("vgg16", "vgg16", "64373286793e3c8b2b4e3219cbf3544b", "6d6bbae143d832006294945121d1f1fc"),
)
VGG19 = _vgg(
    "VGG19",
    (2, 2, 4, 4, 4),
    tensorflow_pair("vgg19", "vgg19", "cbe5617147190e668d6c5d5026f83318", "253f8cb515780f3b799900260a226db6"),
)
