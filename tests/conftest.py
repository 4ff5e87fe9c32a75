"""Fixtures that tests of every kind may use."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from demo.aws.testing import DemoAWS


@pytest.fixture(scope="session", autouse=True)
def quick_flush() -> None:
    """After a test with transactions, TRUNCATE of all tables takes PostgreSQL longer than most tests."""
    from django.db import connection

    def deletions(style: object, tables: list[str], **_: bool) -> list[str]:
        off, on = "SET session_replication_role = replica", "SET session_replication_role = DEFAULT"  # of foreign keys
        return [off, *(f'DELETE FROM "{table}"' for table in tables), on]  # noqa: S608  (names of our own)

    if connection.vendor == "postgresql":
        connection.ops.sql_flush = deletions


@pytest.fixture(scope="session")
def demo_server() -> Iterator[DemoAWS]:
    """A demo AWS in a thread of this process, on a free port of loopback."""
    from demo.aws.server import DemoServer
    from demo.aws.testing import DemoAWS

    with DemoServer() as server:
        yield DemoAWS(server)


@pytest.fixture
def demo_aws(demo_server: DemoAWS) -> DemoAWS:
    """The demo AWS, empty: no resources, no faults, nothing counted."""
    demo_server.reset()
    return demo_server
