"""A process holds some hundred pipelines in memory, however many parts it reads side by side."""

from __future__ import annotations

import pytest

from inventory.sync.crew import MOST_PARTS
from inventory.sync.reading import BATCH, BATCHES_IN_MEMORY, MOST_IN_MEMORY, batch_size


def test_a_part_that_is_read_alone_has_whole_batches():
    assert batch_size(1) == BATCH


@pytest.mark.parametrize("parts", range(1, MOST_PARTS + 1))
def test_all_parts_together_hold_no_more_than_the_most(parts):
    assert 5 <= batch_size(parts) <= BATCH
    assert parts * BATCHES_IN_MEMORY * batch_size(parts) <= MOST_IN_MEMORY
