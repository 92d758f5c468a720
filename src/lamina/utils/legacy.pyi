# Written by scripts/make_face.py; do not edit.

from lamina.compat._legacy_saving import deserialize_keras_object as deserialize_keras_object
from lamina.compat._legacy_saving import serialize_keras_object as serialize_keras_object
