"""Linear algebra (`lamina.ops.linalg`)."""

from ._core import jvp as jvp
from ._decompositions import cholesky as cholesky
from ._decompositions import cholesky_inverse as cholesky_inverse
from ._decompositions import det as det
from ._decompositions import eig as eig
from ._decompositions import eigh as eigh
from ._decompositions import inv as inv
from ._decompositions import lstsq as lstsq
from ._decompositions import lu_factor as lu_factor
from ._decompositions import matrix_rank as matrix_rank
from ._decompositions import norm as norm
from ._decompositions import pinv as pinv
from ._decompositions import qr as qr
from ._decompositions import solve as solve
from ._decompositions import solve_triangular as solve_triangular
from ._decompositions import svd as svd
