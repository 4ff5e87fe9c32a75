"""The locked requirements install on a bare machine, whatever is released after they were locked."""

from __future__ import annotations

import re
from importlib.metadata import distributions
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).parents[1]
PINNED = re.compile(r"^(?P<name>[\w.-]+)(?:\[(?P<extras>[^\]]*)\])?==", re.MULTILINE)


def test_what_is_required_with_an_extra_is_pinned_with_it() -> None:
    """Else older versions of pip take `coverage[toml]` for another package than `coverage`, and its newest release."""
    pinned = _pinned()
    loose = [
        f"{distribution.name} requires {needed}"
        for distribution in distributions()
        for needed in map(Requirement, distribution.requires or ())
        if needed.marker is None or needed.marker.evaluate({"extra": ""})
        if not needed.extras <= pinned.get(_normal(needed.name), needed.extras)
    ]
    assert loose == []


def _pinned() -> dict[str, set[str]]:
    """Package -> the extras it is pinned with, in whichever file."""
    found: dict[str, set[str]] = {}
    for file in ROOT.glob("requirements*.txt"):
        for line in PINNED.finditer(file.read_text()):
            extras = {extra.strip() for extra in (line["extras"] or "").split(",")} - {""}
            found.setdefault(_normal(line["name"]), set()).update(extras)
    return found


def _normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()
