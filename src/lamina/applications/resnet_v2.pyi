# Written by scripts/make_face.py; do not edit.

from lamina.applications._resnet_v2 import ResNet101V2 as ResNet101V2
from lamina.applications._resnet_v2 import ResNet152V2 as ResNet152V2
from lamina.applications._resnet_v2 import ResNet50V2 as ResNet50V2
from lamina.applications._decode_predictions import decode_predictions as decode_predictions
from lamina.applications._preprocess_input import preprocess_signed as preprocess_input
