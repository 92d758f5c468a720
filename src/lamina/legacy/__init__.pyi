# Written by scripts/make_face.py; do not edit.

from . import saving as saving
