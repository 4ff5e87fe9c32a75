"""The edges a definition states: order, references, branches."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from .model import Edge, Path, Port
from .references import Leaf, path_text, split_reference

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from .outline import Outlined, Problem

# What the SDK makes of one collection of steps, such as a ModelStep.
_COLLECTION_MEMBER = re.compile(r"(.+)-(?:RepackModel-\d+|CreateModel|RegisterModel|transform|monitoring)", re.DOTALL)


@dataclass(slots=True)
class _Evidence:
    labels: dict[str, None] = field(default_factory=dict)
    refs: list[Mapping[str, str]] = field(default_factory=list)


class EdgeBook:
    """Collects edges, one for each (origin, destination, via), with the evidence for it."""

    def __init__(self, steps: Iterable[Outlined]) -> None:
        names = [step.name for step in steps]
        self.known = frozenset(names)
        self._collections = _collections(names)
        self._found: dict[tuple[str, str, str], _Evidence] = {}

    def note(self, origin: str, destination: str, via: str) -> _Evidence | None:
        """An edge and its evidence so far; None for an edge of a step to itself."""
        if origin == destination:
            return None
        return self._found.setdefault((origin, destination, via), _Evidence())

    def note_parent(self, step: Outlined) -> None:
        """A nested step runs because of the step it is nested in."""
        if step.parent is not None:
            when = step.branch.when if step.branch else None
            self.note(step.parent, step.name, {True: "condition:If", False: "condition:Else", None: "forEach"}[when])

    def note_order(self, step: Outlined) -> Iterator[Problem]:
        """DependsOn: names of steps or of collections, in a list or bare."""
        entries = step.step.get("DependsOn")
        for entry in entries if isinstance(entries, list | tuple) else () if entries is None else (entries,):
            if isinstance(entry, str) and entry:
                origin = entry if entry in self.known else self._collections.get(entry, entry)
                self.note(origin, step.name, "dependsOn")
            else:
                yield {"step": step.name, "path": "DependsOn", "problem": "An entry must be the name of a step."}

    def note_references(self, step: Outlined, found: Iterable[Leaf], ports: Iterable[Port]) -> dict[Path, str]:
        """References anywhere in the step; the label names the inputs that are exactly the reference.

        Returns the step that each expression refers to, by its path: the first, should it refer to several.
        """
        names = {port.path: port.name for port in ports}
        origins: dict[Path, str] = {}
        for leaf in found:
            split = split_reference(leaf.value, self.known) if leaf.via else None
            if split:
                origins[leaf.root] = split[0]  # the leaves of an expression come last to first
                self._note_reference(step, leaf, split, names)
        return origins

    def _note_reference(self, step: Outlined, leaf: Leaf, split: tuple[str, str], names: Mapping[Path, str]) -> None:
        evidence = self.note(split[0], step.name, str(leaf.via))
        if evidence:
            evidence.refs.append({"property": split[1], "arg": path_text(leaf.path)})
            if leaf.via == "ref:Get" and leaf.path in names:
                evidence.labels[names[leaf.path]] = None

    def edges(self) -> tuple[Edge, ...]:
        """All edges, sorted by origin, destination and via."""
        return tuple(
            Edge(origin, destination, via, _joined(evidence), origin not in self.known, None, _sorted(evidence))
            for (origin, destination, via), evidence in sorted(self._found.items(), key=lambda item: item[0])
        )


def _joined(evidence: _Evidence) -> str:
    return ", ".join(sorted(evidence.labels))


def _sorted(evidence: _Evidence) -> tuple[Mapping[str, str], ...]:
    return tuple(sorted(evidence.refs, key=lambda ref: (ref["arg"], ref["property"])))


def _collections(names: Iterable[str]) -> dict[str, Any]:
    """Collection name to its last member: the one that others wait for."""
    members = ((_COLLECTION_MEMBER.fullmatch(name), name) for name in names)
    return {match[1]: name for match, name in members if match}
