# Written by scripts/make_face.py; do not edit.

from lamina.ops._decompositions import cholesky as cholesky
from lamina.ops._decompositions import cholesky_inverse as cholesky_inverse
from lamina.ops._decompositions import det as det
from lamina.ops._decompositions import eig as eig
from lamina.ops._decompositions import eigh as eigh
from lamina.ops._decompositions import inv as inv
from lamina.ops._core import jvp as jvp
from lamina.ops._decompositions import lstsq as lstsq
from lamina.ops._decompositions import lu_factor as lu_factor
from lamina.ops._decompositions import matrix_rank as matrix_rank
from lamina.ops._decompositions import norm as norm
from lamina.ops._decompositions import pinv as pinv
from lamina.ops._decompositions import qr as qr
from lamina.ops._decompositions import solve as solve
from lamina.ops._decompositions import solve_triangular as solve_triangular
from lamina.ops._decompositions import svd as svd
