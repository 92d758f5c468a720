# Written by scripts/make_face.py; do not edit.

from lamina.applications._convnext import ConvNeXtBase as ConvNeXtBase
from lamina.applications._convnext import ConvNeXtLarge as ConvNeXtLarge
from lamina.applications._convnext import ConvNeXtSmall as ConvNeXtSmall
from lamina.applications._convnext import ConvNeXtTiny as ConvNeXtTiny
from lamina.applications._convnext import ConvNeXtXLarge as ConvNeXtXLarge
from lamina.applications._decode_predictions import decode_predictions as decode_predictions
from lamina.applications._preprocess_input import preprocess_nothing as preprocess_input
