# Written by scripts/make_face.py; do not edit.

from lamina.applications._densenet import DenseNet121 as DenseNet121
from lamina.applications._densenet import DenseNet169 as DenseNet169
from lamina.applications._densenet import DenseNet201 as DenseNet201
from lamina.applications._decode_predictions import decode_predictions as decode_predictions
from lamina.applications._preprocess_input import preprocess_standardized as preprocess_input
