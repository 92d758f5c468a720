# Written by scripts/make_face.py; do not edit.

from lamina.data._images import array_to_img as array_to_img
from lamina.data._images import img_to_array as img_to_array
from lamina.data._images import load_img as load_img
from lamina.data._images import save_img as save_img
from lamina.data._resizing import smart_resize as smart_resize
