"""`lamina cache`: what machine code is kept."""

import time

from lamina.engines.native.machine import _cache


def show_cache(clear: bool) -> None:
    """Prints where compiled modules are kept, how many, their size and age; with `clear` removes them."""
    home, kept = _cache.folder(), _cache.files()
    if home is None:
        print("Nothing is kept: LAMINA_CACHE is 0.")
        return
    size = sum(n for _, n, _ in kept) / 2**20
    print(f"{home}: {len(kept)} compiled modules, {size:.1f} MB of {_cache.LARGEST / 2**20:.0f} at most.")
    if clear:
        print(f"{_cache.clear()} removed.")
    elif kept:
        print(f"Last used: {time.strftime('%Y-%m-%d %H:%M', time.localtime(kept[-1][2]))}.")
