# Written by scripts/make_face.py; do not edit.

from lamina.applications._inception_v3 import InceptionV3 as InceptionV3
from lamina.applications._decode_predictions import decode_predictions as decode_predictions
from lamina.applications._preprocess_input import preprocess_signed as preprocess_input
