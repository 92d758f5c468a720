# Written by scripts/make_face.py; do not edit.

from lamina.applications._resnet import ResNet50 as ResNet50
from lamina.applications._decode_predictions import decode_predictions as decode_predictions
from lamina.applications._preprocess_input import preprocess_bgr as preprocess_input
