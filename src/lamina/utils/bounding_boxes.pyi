# Written by scripts/make_face.py; do not edit.

from lamina.layers.preprocessing.boxes._moves import affine_transform as affine_transform
from lamina.layers.preprocessing.boxes._moves import clip_to_image_size as clip_to_image_size
from lamina.layers.preprocessing.boxes._overlap import compute_ciou as compute_ciou
from lamina.layers.preprocessing.boxes._overlap import compute_iou as compute_iou
from lamina.layers.preprocessing.boxes._formats import convert_format as convert_format
from lamina.layers.preprocessing.boxes._moves import crop as crop
from lamina.layers.preprocessing.boxes._deltas import decode_deltas_to_boxes as decode_deltas_to_boxes
from lamina.layers.preprocessing.boxes._deltas import encode_box_to_deltas as encode_box_to_deltas
from lamina.layers.preprocessing.boxes._moves import pad as pad
