# Written by scripts/make_face.py; do not edit.

from lamina.applications._efficientnet import EfficientNetB0 as EfficientNetB0
from lamina.applications._efficientnet import EfficientNetB1 as EfficientNetB1
from lamina.applications._efficientnet import EfficientNetB2 as EfficientNetB2
from lamina.applications._efficientnet import EfficientNetB3 as EfficientNetB3
from lamina.applications._efficientnet import EfficientNetB4 as EfficientNetB4
from lamina.applications._efficientnet import EfficientNetB5 as EfficientNetB5
from lamina.applications._efficientnet import EfficientNetB6 as EfficientNetB6
from lamina.applications._efficientnet import EfficientNetB7 as EfficientNetB7
from lamina.applications._decode_predictions import decode_predictions as decode_predictions
from lamina.applications._preprocess_input import preprocess_nothing as preprocess_input
