"""What a preflight found: from single probes to the matrix, and to the policy that mends it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from inventory.aws.policy import mending_policy, needed_actions
from inventory.aws.probes import FIRST, OF_A_REGION

if TYPE_CHECKING:
    from collections.abc import Sequence

# Of an action in a place, or of a place as a whole.
DENIED, DISABLED = "denied", "disabled"
# Of an action alone.
ALLOWED, UNKNOWN, UNSUPPORTED = "allowed", "unknown", "unsupported"
# Of a place alone.
OK, UNREACHABLE = "ok", "unreachable"
GLOBAL = "global"  # the place of actions that are no region's
REGIONAL = frozenset(probe.action for probe in OF_A_REGION)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one probe told. `is_explicit`: a deny stands against it, so that no policy that allows can mend it."""

    action: str
    place: str
    state: str
    is_explicit: bool = False
    problem: str = ""


@dataclass(frozen=True, slots=True)
class PlaceRecord:
    """A region, or what is global, as a whole: ok, denied (something is), disabled or unreachable."""

    name: str
    state: str
    problem: str = ""


@dataclass(frozen=True, slots=True)
class PreflightRecord:
    """`matrix` is action -> place -> allowed, denied, disabled, unsupported or unknown.

    `policy` is the smallest that mends what is denied; None when nothing is denied that a policy can mend. `problem`
    says why the account could not be entered.
    """

    places: tuple[PlaceRecord, ...] = ()
    matrix: dict[str, dict[str, str]] = field(default_factory=dict)
    policy: dict[str, Any] | None = None
    identity: str = ""
    problem: str = ""

    @property
    def state(self) -> str:
        """allowed, denied or unreachable, of the account as a whole; without a region there is nothing to read."""
        if any(place.state == DENIED for place in self.places):
            return DENIED
        return ALLOWED if any(place.state == OK and place.name != GLOBAL for place in self.places) else UNREACHABLE


def assemble(findings: Sequence[Finding], regions: Sequence[str], identity: str = "") -> PreflightRecord:
    """The matrix in the policy's order. An action that no probe told of is unknown, or disabled with its region."""
    told = {(finding.action, finding.place): finding.state for finding in findings}
    of_disabled = {finding.place: DISABLED for finding in findings if _is_of_disabled(finding)}
    matrix = {
        action: {
            place: told.get((action, place)) or of_disabled.get(place, UNKNOWN)
            for place in (regions if action in REGIONAL else (GLOBAL,))
        }
        for action in needed_actions()
    }
    places = tuple(_place(name, [found for found in findings if found.place == name]) for name in (*regions, GLOBAL))
    mendable = {found.action for found in findings if found.state == DENIED and not found.is_explicit}
    return PreflightRecord(places, matrix, mending_policy(mendable), identity)


def _is_of_disabled(finding: Finding) -> bool:
    return finding.action == FIRST.action and finding.state == DISABLED


def _place(name: str, findings: Sequence[Finding]) -> PlaceRecord:
    states = {finding.state for finding in findings}
    if not states & {ALLOWED, DENIED}:
        problem = next((finding.problem for finding in findings), "")
        return PlaceRecord(name, DISABLED if DISABLED in states else UNREACHABLE, problem)
    explicit = [finding.action for finding in findings if finding.is_explicit]
    return PlaceRecord(name, DENIED if DENIED in states else OK, _of_explicit(explicit) if explicit else "")


def _of_explicit(actions: Sequence[str]) -> str:
    subject = f"{actions[0]} is" if len(actions) == 1 else f"{actions[0]} and {len(actions) - 1} more are"
    return f"{subject} denied explicitly, as service control policies do: no policy that allows can mend that."
