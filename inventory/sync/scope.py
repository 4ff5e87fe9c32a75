"""What a sync covers."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Scope:
    """An account, regions and a pipeline; whatever is empty means all.

    `executing_only` follows just the pipelines that are executing.
    """

    account: str = ""
    regions: tuple[str, ...] = ()
    pipeline: str = ""
    executing_only: bool = False

    def __str__(self) -> str:
        """The canonical text: two scopes are the same scope when their texts are equal."""
        named = {
            "account": self.account,
            "region": ",".join(sorted(self.regions)),
            "pipeline": self.pipeline,
            "only": "executing" if self.executing_only else "",
        }
        return " ".join(f"{name}={value}" for name, value in named.items() if value) or "everything"
