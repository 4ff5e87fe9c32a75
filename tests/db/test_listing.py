"""The listing of pipelines: what else may be read while it goes on."""

from __future__ import annotations

from inventory.aws.records import PipelineRecord
from inventory.models import Pipeline
from inventory.sync.pipelines import sync_pipelines


class Listing:
    """A lease whose listing is of two batches, and tells when the second is asked for."""

    connection = None

    def __init__(self, events):
        self._events = events

    def ahead(self, _):
        yield [self._record("churn")]
        self._events.append("second batch asked for")
        yield [self._record("fraud")]

    def report(self, **_):
        pass

    def _record(self, name):
        arn = f"arn:aws:sagemaker:us-east-1:123456789012:pipeline/{name}"
        return PipelineRecord(arn, name, "", "", "", None, None, None)


def test_other_listings_may_begin_once_the_first_batch_is_here(region):
    events = []
    sync_pipelines(Listing(events), region, lambda: events.append("others may begin"))
    assert events == ["others may begin", "second batch asked for", "others may begin"]
    assert Pipeline.objects.count() == 2


def test_of_a_region_without_pipelines_nothing_else_is_read_early(region, monkeypatch):
    events = []
    monkeypatch.setattr(Listing, "ahead", lambda *_: iter(()))
    sync_pipelines(Listing(events), region, lambda: events.append("others may begin"))
    assert events == []
