"""Files stay readable from top to bottom, functions on one screen."""

from __future__ import annotations

import ast
from pathlib import Path

import pytest

PROJECT = Path(__file__).parent.parent
LONGEST_FILE = 300
LONGEST_FUNCTION = 40
EXEMPT = {"migrations", "definitions", "material", "blueprints"}
MODULES = sorted(
    path
    for package in ("lineage_site", "inventory", "lineage", "demo", "bench")
    for path in (PROJECT / package).rglob("*.py")
    if not EXEMPT & set(path.parts)
)


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PROJECT)))
def test_a_module_keeps_the_budgets(module):
    text = module.read_text()
    functions = [node for node in ast.walk(ast.parse(text)) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]
    long = [node.name for node in functions if (node.end_lineno or 0) - node.lineno + 1 > LONGEST_FUNCTION]

    assert long == []
    assert len(text.splitlines()) <= LONGEST_FILE
