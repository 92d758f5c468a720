# Written by scripts/make_face.py; do not edit.

from lamina.preprocessing._tokenizer import Tokenizer as Tokenizer
from lamina.preprocessing._words import hashing_trick as hashing_trick
from lamina.preprocessing._words import one_hot as one_hot
from lamina.preprocessing._words import text_to_word_sequence as text_to_word_sequence
from lamina.preprocessing._tokenizer import tokenizer_from_json as tokenizer_from_json
