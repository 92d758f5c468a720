# Written by scripts/make_face.py; do not edit.

from lamina.wrappers._classifier import SKLearnClassifier as SKLearnClassifier
from lamina.wrappers._regressor import SKLearnRegressor as SKLearnRegressor
from lamina.wrappers._transformer import SKLearnTransformer as SKLearnTransformer
