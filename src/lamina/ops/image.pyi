# Written by scripts/make_face.py; do not edit.

from lamina.ops._image_sampling import affine_transform as affine_transform
from lamina.ops._image_parts import crop_images as crop_images
from lamina.random._elastic_transform import elastic_transform as elastic_transform
from lamina.ops._image_parts import extract_patches as extract_patches
from lamina.ops._image_parts import extract_patches_3d as extract_patches_3d
from lamina.ops._image_filters import gaussian_blur as gaussian_blur
from lamina.ops._image_colors import hsv_to_rgb as hsv_to_rgb
from lamina.ops._image_sampling import map_coordinates as map_coordinates
from lamina.ops._image_parts import pad_images as pad_images
from lamina.ops._image_sampling import perspective_transform as perspective_transform
from lamina.ops._image import resize as resize
from lamina.ops._image_colors import rgb_to_grayscale as rgb_to_grayscale
from lamina.ops._image_colors import rgb_to_hsv as rgb_to_hsv
from lamina.ops._scale_and_translate import scale_and_translate as scale_and_translate
from lamina.ops._image_filters import sobel_edges as sobel_edges
from lamina.ops._image_filters import ssim as ssim
