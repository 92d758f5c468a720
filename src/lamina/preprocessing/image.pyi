# Written by scripts/make_face.py; do not edit.

from lamina.preprocessing._file_iterators import DataFrameIterator as DataFrameIterator
from lamina.preprocessing._file_iterators import DirectoryIterator as DirectoryIterator
from lamina.preprocessing._image_data_generator import ImageDataGenerator as ImageDataGenerator
from lamina.preprocessing._image_iterators import Iterator as Iterator
from lamina.preprocessing._image_iterators import NumpyArrayIterator as NumpyArrayIterator
from lamina.preprocessing._affine import apply_affine_transform as apply_affine_transform
from lamina.preprocessing._random_transforms import apply_brightness_shift as apply_brightness_shift
from lamina.preprocessing._random_transforms import apply_channel_shift as apply_channel_shift
from lamina.data._images import array_to_img as array_to_img
from lamina.data._images import img_to_array as img_to_array
from lamina.data._images import load_img as load_img
from lamina.preprocessing._random_transforms import random_brightness as random_brightness
from lamina.preprocessing._random_transforms import random_channel_shift as random_channel_shift
from lamina.preprocessing._random_transforms import random_rotation as random_rotation
from lamina.preprocessing._random_transforms import random_shear as random_shear
from lamina.preprocessing._random_transforms import random_shift as random_shift
from lamina.preprocessing._random_transforms import random_zoom as random_zoom
from lamina.data._images import save_img as save_img
from lamina.data._resizing import smart_resize as smart_resize
