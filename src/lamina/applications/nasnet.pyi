# Written by scripts/make_face.py; do not edit.

from lamina.applications._nasnet import NASNetLarge as NASNetLarge
from lamina.applications._nasnet import NASNetMobile as NASNetMobile
from lamina.applications._decode_predictions import decode_predictions as decode_predictions
from lamina.applications._preprocess_input import preprocess_signed as preprocess_input
