"""What benchmarks write of the documents: the part between two comments."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

DOCS = Path(__file__).resolve().parent.parent / "docs"


@dataclass(frozen=True, slots=True)
class Section:
    """The part of a document between `<!-- name: begin -->` and `<!-- name: end -->`."""

    document: Path
    name: str

    def read(self) -> str:
        return self._parts()[1]

    def write(self, text: str) -> None:
        """Put what this run found in the place of what the last one did."""
        before, _, after = self._parts()
        self.document.write_text(f"{before}{text}\n{after}")

    def _parts(self) -> tuple[str, str, str]:
        """What stands before, inside and after; the comments belong to the outside."""
        before, begin, rest = self.document.read_text().partition(f"<!-- {self.name}: begin -->\n")
        inside, end, after = rest.partition(f"<!-- {self.name}: end -->\n")
        if not end:
            raise ValueError(f"{self.document.name} has no place for {self.name}: the comments around it are missing.")
        return before + begin, inside, end + after
