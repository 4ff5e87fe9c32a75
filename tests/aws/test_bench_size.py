"""Where the estates of the crawl benchmark stand."""

from __future__ import annotations

import pytest

from bench.size import Size


@pytest.mark.parametrize(
    ("pipelines", "per_region", "size"),
    [
        (0, 1_000, Size(0, 1)),
        (20, 1_000, Size(20, 1)),
        (200, 1_000, Size(200, 1)),
        (1_500, 1_000, Size(750, 2)),
        (2_000, 1_000, Size(1_000, 2)),
        (20_000, 1_000, Size(1_000, 20)),
        (20_000, 20_000, Size(20_000, 1)),
    ],
)
def test_an_estate_stands_evenly_in_as_few_regions_as_hold_it(pipelines, per_region, size):
    assert Size.of(pipelines, per_region) == size
    assert size.pipelines == pipelines
    assert len(set(size.region_names)) == size.regions


@pytest.mark.parametrize(
    ("pipelines", "per_region", "reason"),
    [
        (1_501, 1_000, "1501 pipelines do not stand in 2 regions evenly"),
        (21, 1, "21 pipelines need 21 regions, of which there are 20"),
        (-1, 1_000, "0 pipelines or more"),
        (20, 0, "1 or more"),
    ],
)
def test_an_estate_that_cannot_be_is_refused(pipelines, per_region, reason):
    with pytest.raises(ValueError, match=reason):
        Size.of(pipelines, per_region)
