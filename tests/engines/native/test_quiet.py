"""Short work beside programs leaves BLAS on one thread, and as it was afterwards."""

import threadpoolctl

from lamina.engines import native
from lamina.engines.native._peaks import threads_set_to


def blas_threads():
    return [lib["num_threads"] for lib in threadpoolctl.threadpool_info() if lib["user_api"] == "blas"]


def test_blas_keeps_to_one_thread_within():
    with threads_set_to(2):
        native.one_blas_thread._set(2)
        before = blas_threads()
        with native.quiet():
            assert set(blas_threads()) == {1}
        assert blas_threads() == before
