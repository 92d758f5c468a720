# Written by scripts/make_face.py; do not edit.

from lamina.ops._image import resize as resize
