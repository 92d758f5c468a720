# Written by scripts/make_face.py; do not edit.

from lamina.datasets._imdb import get_word_index as get_word_index
from lamina.datasets._imdb import load_data as load_data
