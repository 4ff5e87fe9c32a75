"""What benchmarks write of the documents stands between two comments."""

from __future__ import annotations

import pytest

from bench.document import Section


@pytest.fixture
def document(tmp_path):
    path = tmp_path / "operations.md"
    path.write_text("head\n<!-- plans: begin -->\nold\n<!-- plans: end -->\ntail\n")
    return path


def test_what_a_run_found_takes_the_place_of_the_last(document):
    Section(document, "plans").write("new\nlines")

    assert document.read_text() == "head\n<!-- plans: begin -->\nnew\nlines\n<!-- plans: end -->\ntail\n"


def test_what_was_written_is_read(document):
    Section(document, "plans").write("new")

    assert Section(document, "plans").read() == "new\n"


@pytest.mark.parametrize("missing", ["<!-- plans: begin -->", "<!-- plans: end -->"])
def test_a_document_without_a_place_is_left_alone(document, missing):
    before = document.read_text().replace(missing, "")
    document.write_text(before)

    with pytest.raises(ValueError, match=r"operations.md has no place for plans"):
        Section(document, "plans").write("new")
    assert document.read_text() == before
