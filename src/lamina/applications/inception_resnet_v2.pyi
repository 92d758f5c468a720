# Written by scripts/make_face.py; do not edit.

from lamina.applications._inception_resnet_v2 import InceptionResNetV2 as InceptionResNetV2
from lamina.applications._decode_predictions import decode_predictions as decode_predictions
from lamina.applications._preprocess_input import preprocess_signed as preprocess_input
