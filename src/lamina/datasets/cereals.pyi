# Written by scripts/make_face.py; do not edit.

from lamina.datasets._cereals import load_data as load_data
