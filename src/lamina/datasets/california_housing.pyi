# Written by scripts/make_face.py; do not edit.

from lamina.datasets._california_housing import load_data as load_data
