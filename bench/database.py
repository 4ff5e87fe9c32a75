"""A fresh database for each crawl: a file of SQLite, or a database of its own on a PostgreSQL server."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, contextmanager
from typing import TYPE_CHECKING, Any, LiteralString
from urllib.parse import urlsplit, urlunsplit

import psycopg
from psycopg import sql

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

READ_PIPELINES: LiteralString = "SELECT count(*) FROM inventory_pipeline WHERE definition_id IS NOT NULL"
REGIONS: LiteralString = "SELECT count(DISTINCT region_id) FROM inventory_pipeline WHERE definition_id IS NOT NULL"
STEPS: LiteralString = (
    "SELECT count(*) FROM inventory_stepexecution AS step"
    " JOIN inventory_pipeline AS pipeline ON pipeline.latest_execution_id = step.execution_id"
    " WHERE step.job_id IS NOT NULL OR step.model_package_id IS NOT NULL"
)
RENDERED: LiteralString = "SELECT count(*) FROM lineage_lineagedocument WHERE outdated = 0 AND problem = ''"


@contextmanager
def fresh_database(server_url: str, directory: Path) -> Iterator[str]:
    """The URL of an empty database; it is gone afterwards."""
    if not server_url:
        yield f"sqlite:///{directory / 'bench.sqlite3'}"
        return
    name = f"bench_crawl_{os.getpid()}"
    _administer(server_url, sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
    try:
        yield urlunsplit(urlsplit(server_url)._replace(path=f"/{name}"))
    finally:
        _administer(server_url, sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))


def stored(url: str) -> dict[str, int]:
    """In how many regions how many pipelines have a definition, steps of their latest executions what stands behind
    them, and pipelines a rendered lineage."""
    queries: dict[str, LiteralString] = {
        "regions": REGIONS,
        "pipelines": READ_PIPELINES,
        "steps": STEPS,
        "documents": RENDERED,
    }
    connection: Any
    with closing(_connect(url)) as connection:
        return {name: connection.execute(query).fetchone()[0] for name, query in queries.items()}


def version(url: str) -> str:
    """The database's name and version."""
    if not url:
        return f"SQLite {sqlite3.sqlite_version}"
    with psycopg.connect(url) as connection:
        return f"PostgreSQL {connection.info.server_version // 10000}"


def _connect(url: str) -> Any:
    return sqlite3.connect(url.removeprefix("sqlite:///")) if url.startswith("sqlite") else psycopg.connect(url)


def _administer(server_url: str, statement: sql.Composed) -> None:
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(statement)
