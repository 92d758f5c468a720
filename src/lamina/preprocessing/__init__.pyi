# Written by scripts/make_face.py; do not edit.

from . import image as image
from . import sequence as sequence
from . import text as text
from lamina.data._timeseries import timeseries_dataset_from_array as timeseries_dataset_from_array
