"""Random numbers that are the same on every machine.

numpy keeps the stream of a bit generator the same between releases, but not what its `Generator`
makes of it, and floating-point functions differ in their last bit between processors. So all
chances here are integers, and all of them come straight from the bits of PCG64.
"""

from collections.abc import Sequence
from itertools import accumulate, pairwise

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


class Draws:
    """A stream of random integers of its own for each seed and key.

    The key is the spawn key of numpy's `SeedSequence`: streams of different keys are independent,
    and any of them can be opened without the others.
    """

    def __init__(self, seed: int, *key: int) -> None:
        self._bits = np.random.PCG64(np.random.SeedSequence(seed, spawn_key=key))

    def raw(self, count: int) -> NDArray[np.uint64]:
        """Draw 64 random bits, `count` times."""
        return np.asarray(self._bits.random_raw(count), dtype=np.uint64)

    def below(self, bound: int | Ints, count: int) -> Ints:
        """Draw `count` integers from 0 to `bound` - 1; `bound` may differ for each, up to 2**32.

        The bias of the multiplication is at most `bound` in 2**32.
        """
        high = self.raw(count) >> np.uint64(32)
        return ((high * np.asarray(bound, dtype=np.uint64)) >> np.uint64(32)).astype(np.int64)

    def pick(self, cumulative: Ints, count: int) -> Ints:
        """Draw `count` positions, each as often as its weight in `cumulative` asks."""
        return np.searchsorted(cumulative, self.below(int(cumulative[-1]), count), side="right")

    def pick_between(self, cumulative: Ints, low: Ints, high: Ints) -> Ints:
        """Draw a position of `cumulative` for each pair of cumulative weights `low` < `high`."""
        at = low + self.below(high - low, len(low))
        return np.searchsorted(cumulative, at, side="right")

    def order(self, count: int) -> Ints:
        """Draw an order of `count` things."""
        return np.argsort(self.raw(count), kind="stable")

    def sample(self, population: int, count: int) -> Ints:
        """Draw `count` different positions of `population`, ascending: one of each stretch."""
        edges = np.arange(count + 1, dtype=np.int64) * population // max(count, 1)
        return edges[:-1] + self.below(np.diff(edges), count)


def apportion(total: int, weights: Sequence[int] | Ints) -> Ints:
    """Split `total` into whole parts in proportion to `weights`; the parts sum to `total`.

    No part is larger than its weight if `total` is smaller than the sum of the weights, and a
    weight of zero gets nothing.
    """
    cumulative = list(accumulate(int(weight) for weight in weights))
    reached = [0, *(total * so_far // cumulative[-1] for so_far in cumulative)]
    return np.array([after - before for before, after in pairwise(reached)], dtype=np.int64)
