# Written by scripts/make_face.py; do not edit.

from . import image as image
from . import sequence as sequence
from . import text as text
