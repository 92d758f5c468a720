# Written by scripts/make_face.py; do not edit.

from lamina.data._dataset import Dataset as Dataset
