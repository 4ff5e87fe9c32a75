"""How large an estate of the crawl benchmark is, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass

from bench.aws.estate import REGIONS

PER_REGION = 1_000
STEPS_WITH_JOBS = 6


@dataclass(frozen=True, slots=True)
class Size:
    """So many pipelines in each of so many regions, all alike."""

    per_region: int
    regions: int = 1

    @classmethod
    def of(cls, pipelines: int, most: int = PER_REGION) -> Size:
        """In as few regions as hold at most `most` each; raises ValueError where that is not even, or not possible."""
        if pipelines < 0 or most < 1:
            raise ValueError("An estate has 0 pipelines or more, and a region may have 1 or more")
        regions = max(1, -(-pipelines // most))
        if regions > len(REGIONS):
            raise ValueError(f"{pipelines} pipelines need {regions} regions, of which there are {len(REGIONS)}")
        per_region, left = divmod(pipelines, regions)
        if left:
            raise ValueError(f"{pipelines} pipelines do not stand in {regions} regions evenly")
        return cls(per_region, regions)

    @property
    def pipelines(self) -> int:
        return self.per_region * self.regions

    @property
    def region_names(self) -> tuple[str, ...]:
        return REGIONS[: self.regions]

    @property
    def expected(self) -> dict[str, int]:
        """What `bench.database.stored` counts when nothing is missing."""
        count = self.pipelines
        regions = self.regions if count else 0
        return {"regions": regions, "pipelines": count, "steps": STEPS_WITH_JOBS * count, "documents": count}
