# Written by scripts/make_face.py; do not edit.

from lamina.plot._activations import activations as activations
from lamina.plot._confusion import confusion as confusion
from lamina.plot._curves import curves as curves
from lamina.plot._decision_regions import decision_regions as decision_regions
from lamina.plot._embeddings import embeddings as embeddings
from lamina.plot._filters import filters as filters
from lamina.plot._network import network as network
