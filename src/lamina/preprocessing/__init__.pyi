# Written by scripts/make_face.py; do not edit.

from . import image as image
from . import sequence as sequence
from . import text as text
from lamina.data._image_folder import image_dataset_from_directory as image_dataset_from_directory
from lamina.data._text_folder import text_dataset_from_directory as text_dataset_from_directory
from lamina.data._timeseries import timeseries_dataset_from_array as timeseries_dataset_from_array
