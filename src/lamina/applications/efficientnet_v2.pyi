# Written by scripts/make_face.py; do not edit.

from lamina.applications._efficientnet_v2 import EfficientNetV2B0 as EfficientNetV2B0
from lamina.applications._efficientnet_v2 import EfficientNetV2B1 as EfficientNetV2B1
from lamina.applications._efficientnet_v2 import EfficientNetV2B2 as EfficientNetV2B2
from lamina.applications._efficientnet_v2 import EfficientNetV2B3 as EfficientNetV2B3
from lamina.applications._efficientnet_v2 import EfficientNetV2L as EfficientNetV2L
from lamina.applications._efficientnet_v2 import EfficientNetV2M as EfficientNetV2M
from lamina.applications._efficientnet_v2 import EfficientNetV2S as EfficientNetV2S
from lamina.applications._decode_predictions import decode_predictions as decode_predictions
from lamina.applications._preprocess_input import preprocess_nothing as preprocess_input
