"""Where Celery's messages go: Redis, or folders of the data directory when there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path


def broker_settings(redis_url: str, data_dir: Path) -> tuple[str, dict[str, Any]]:
    """The broker's URL and transport options."""
    if redis_url:
        return redis_url, {"visibility_timeout": 3600}
    folders = {name: data_dir / "broker" / name for name in ("messages", "processed", "control")}
    for folder in folders.values():
        folder.mkdir(parents=True, exist_ok=True)
    return "filesystem://localhost//", {
        "data_folder_in": str(folders["messages"]),
        "data_folder_out": str(folders["messages"]),
        "processed_folder": str(folders["processed"]),
        "control_folder": str(folders["control"]),
        "store_processed": False,
    }
