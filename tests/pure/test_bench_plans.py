"""Statements and plans as docs/operations.md holds them."""

from __future__ import annotations

import re

import pytest

from bench.document import DOCS
from bench.scale.__main__ import PLANS
from bench.scale.hot import HOTTEST
from bench.scale.plans import Plan, telling
from bench.scale.shown import Shown, folded, once, shortened

FOLDED = re.compile(r"<details><summary>([^<]+)</summary>\n(.+?)\n</details>", re.DOTALL)
IN_FULL = re.compile(r"```sql\n(SELECT .+?)\n```\n```text\n(.+?)\n```", re.DOTALL)


@pytest.mark.parametrize(
    ("statement", "short"),
    [
        ('SELECT "t"."a", "t"."b", "t"."c", "t"."d" FROM "t"', "SELECT t.a, …\nFROM t"),
        (
            'SELECT DISTINCT "t"."a" AS "x", 1, 2, (SELECT 3 FROM "u") AS "y" FROM "t"',
            "SELECT DISTINCT t.a AS x, …\nFROM t",
        ),
        ('SELECT "a", "b", "c" FROM "t"', "SELECT a,\n       b,\n       c\nFROM t"),
        ('SELECT COUNT(*) FROM "t" ORDER BY "a", "b"', "SELECT COUNT(*)\nFROM t\nORDER BY a,\n         b"),
        ('DELETE FROM "t" WHERE "a" IN (1, 2, 3, 4)', "DELETE\nFROM t\nWHERE a IN (1, …)"),
        ("SELECT 1 FROM t WHERE a IN ('x, y', 'z', 'x', 'y')", "SELECT 1\nFROM t\nWHERE a IN ('x, y', …)"),
        ("SELECT 1 FROM t WHERE a IN (1, 2)", "SELECT 1\nFROM t\nWHERE a IN (1,\n            2)"),
    ],
)
def test_a_statement_is_shortened(statement, short):
    assert shortened(statement) == short


def test_a_batch_after_the_first_is_left_out():
    first, second, other = "SELECT a FROM t WHERE id > 0", "SELECT a FROM t WHERE id > 100", "SELECT b FROM t"

    assert once([first, second, other]) == [first, other]


@pytest.mark.parametrize(("pages", "told"), [([3, 10, 400], [10, 400]), ([3, 8], [8])])
def test_what_touches_a_few_pages_is_left_out_unless_all_does(pages, told):
    plans = [Plan("SELECT 1", (), 0.1, number) for number in pages]

    assert [plan.pages for plan in telling(plans)] == told


def test_a_query_is_folded_away_with_its_plan():
    plan = "Index Scan on t\n  Index Cond: (a = ANY ('{7,8,9,10}'::bigint[]))\n  Filter: (b = ANY ('{x,y}'::text[]))"
    text = folded({"first": [Shown("SELECT 1", plan)], "second": []})

    shown = plan.replace("7,8,9,10", "7,…")
    assert FOLDED.findall(text)[0] == ("first", f"\n```sql\nSELECT 1\n```\n```text\n{shown}\n```\n")
    assert text.startswith("<details><summary>first</summary>\n\n")


def test_the_document_holds_the_plans_of_the_hottest_ten():
    queries = dict(FOLDED.findall(PLANS.read()))

    assert PLANS.document == DOCS / "operations.md"
    assert tuple(queries) == HOTTEST
    assert len(HOTTEST) == 10


@pytest.mark.parametrize("name", HOTTEST)
def test_each_is_a_statement_and_the_plan_that_was_measured(name):
    plans = IN_FULL.findall(dict(FOLDED.findall(PLANS.read()))[name])

    assert plans
    for _, plan in plans:
        assert re.search(r"\(cost=.+\) \(actual time=.+\)", plan)
        assert "Buffers: shared" in plan
        assert "Execution Time:" in plan


def test_the_plans_name_nothing_of_the_machine_s_files():
    assert not re.search(r"/(work|tmp|home|root|var)/", PLANS.read())
