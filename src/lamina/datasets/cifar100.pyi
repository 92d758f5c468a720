# Written by scripts/make_face.py; do not edit.

from lamina.datasets._cifar100 import load_data as load_data
