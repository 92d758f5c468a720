# Written by scripts/make_face.py; do not edit.

from lamina.datasets._reuters import get_label_names as get_label_names
from lamina.datasets._reuters import get_word_index as get_word_index
from lamina.datasets._reuters import load_data as load_data
