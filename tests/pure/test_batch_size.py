"""A process holds some hundred pipelines in memory, however many parts it reads side by side."""

from __future__ import annotations

import pytest

from inventory.sync.crew import MOST_PARTS
from inventory.sync.reading import BATCH, BATCHES_IN_MEMORY, MOST_IN_MEMORY, MOST_TEXT, batch_size


def test_a_part_that_is_read_alone_has_whole_batches():
    assert batch_size(1) == BATCH


@pytest.mark.parametrize("parts", range(1, MOST_PARTS + 1))
def test_all_parts_together_hold_no_more_than_the_most(parts):
    assert 5 <= batch_size(parts) <= BATCH
    assert parts * BATCHES_IN_MEMORY * batch_size(parts) <= MOST_IN_MEMORY


@pytest.mark.parametrize("parts", range(1, MOST_PARTS + 1))
def test_the_longest_definitions_take_no_more_than_the_most(parts):
    longest = 1 << 20
    assert batch_size(parts, longest) >= 1
    assert parts * BATCHES_IN_MEMORY * (batch_size(parts, longest) - 1) * longest <= MOST_TEXT


def test_definitions_of_usual_length_do_not_matter():
    assert batch_size(1, 100_000) == BATCH
