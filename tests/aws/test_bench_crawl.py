"""The crawl benchmark measures real crawls: each ends with the whole estate stored."""

from __future__ import annotations

import os

import pytest

from bench import crawl, report
from bench.aws.process import BenchAWS
from bench.estates import PEERS, Crawl, crawl_estate, run_peer
from bench.measure import Cost, run_python
from bench.report import Bound, Costs
from bench.size import Size
from inventory.sync.foreground import places

SIZE = Size(20, regions=2)
PIPELINES = 40


@pytest.fixture(scope="module")
def aws():
    with BenchAWS() as server:
        yield server


@pytest.fixture(scope="module")
def crawls(aws):
    """A first crawl of two regions, an unchanged one, and one after changes."""
    return crawl_estate(aws, SIZE, 0.0, ("first", "unchanged", "changed"), "")


def counted(pipelines=200, kind="first", cpu=3.0, wall=10.0, latency=0.0, calls=1000, throttled=0):
    traffic = {
        "calls": {"ListDomains": calls},
        "throttled": {"ListDomains": throttled},
        "limited_calls": calls,
        "limited_seconds": 195.0,
        "admissible": 980.0,
    }
    return Crawl(Size.of(pipelines), latency, kind, Cost(wall, cpu, 100.0, 0, ""), traffic, {})


def test_every_crawl_leaves_the_whole_estate_of_both_regions(crawls):
    whole = {"regions": 2, "pipelines": PIPELINES, "steps": 6 * PIPELINES, "documents": PIPELINES}
    assert [crawl.stored for crawl in crawls] == [whole] * 3
    assert [crawl.problem for crawl in crawls] == [""] * 3


def test_a_first_crawl_looks_at_the_buckets_of_each_region(crawls):
    assert crawls[0].traffic["calls"]["GetBucketVersioning"] == 2 * 4


def test_the_pipelines_of_a_region_are_at_most_as_many_as_asked_for():
    command = ["-m", "bench.crawl", "--pipelines", "4", "--per-region", "2", "--latency", "0", "--rate", "0"]
    done = run_python(command, os.environ)
    rows = [line for line in done.output.splitlines() if line.startswith("| 4 | 2 | 0 ms | ")]
    assert done.status == 0, done.output
    assert [row.split(" | ")[3] for row in rows] == ["first", *PEERS.values(), "unchanged", "changed"]


def test_the_command_refuses_an_estate_that_cannot_be(monkeypatch, capsys):
    monkeypatch.setattr("sys.argv", ["bench.crawl", "--pipelines", "1501"])
    with pytest.raises(SystemExit):
        crawl.main()
    assert "error: 1501 pipelines do not stand in 2 regions evenly" in capsys.readouterr().err


def test_a_first_crawl_asks_once_for_what_only_a_look_tells(crawls):
    calls = crawls[0].traffic["calls"]
    looks = ("DescribePipeline", "ListPipelineExecutionSteps", "DescribeTrainingJob", "DescribeTransformJob")
    assert [calls[name] for name in looks] == [PIPELINES] * 4
    assert calls["DescribeProcessingJob"] == 2 * PIPELINES


def test_an_unchanged_crawl_describes_nothing(crawls):
    assert [name for name in crawls[1].traffic["calls"] if name.startswith("Describe")] == []


def test_after_changes_only_they_are_read_in_each_region(crawls):
    calls = crawls[2].traffic["calls"]
    assert (calls["DescribePipeline"], calls["ListPipelineExecutionSteps"]) == (2 * 5, 2 * 20)


@pytest.mark.parametrize("client", PEERS)
def test_a_peer_makes_the_same_calls(aws, crawls, client):
    calls = crawls[0].traffic["calls"]
    assert run_peer(aws, client, SIZE, calls, 4).traffic["calls"] == calls


def test_a_crawl_that_fails_says_so():
    failed = Crawl(Size(1), 0.0, "first", Cost(1.0, 1.0, 1.0, 3, "denied"), {}, {})
    assert failed.problem == "exit status 3: denied"


def test_a_crawl_that_left_something_out_says_so():
    stored = {"regions": 1, "pipelines": 2, "steps": 11, "documents": 2}
    partial = Crawl(Size(1, regions=2), 0.0, "first", Cost(1.0, 1.0, 1.0, 0, ""), {}, stored)
    assert partial.problem == "incomplete: {'regions': 1, 'steps': 11}"


@pytest.mark.parametrize(
    ("latency", "rate", "seconds"),
    [(0.0, 0.0, 0.75), (100.0, 0.0, 6.25), (100.0, 5.0, 200.0)],
    ids=["CPU", "latency", "rate"],
)
def test_the_bound_is_the_largest_of_three(latency, rate, seconds):
    assert Bound(16, 2, rate).seconds(1000, latency, 0.0015) == seconds


def test_the_curve_is_relative_to_200_pipelines():
    crawls = [counted(200, cpu=3.0), counted(2000, cpu=13.0), counted(2000, cpu=99.0, latency=30.0)]
    rows = report.curve_table(crawls, 1.0, "first").splitlines()[2:]
    assert rows == ["| 200 | 1 | 15.00 | 10.00 | 1.00 | 100 |", "| 2,000 | 2 | 6.50 | 6.00 | 0.60 | 100 |"]


def test_the_costs_of_a_crawl_are_a_row():
    """The bound goes by its own CPU for a call, the floor by bare boto3's."""
    row = report.cost_table([counted()], Costs(Bound(16, 2), 0.001)).splitlines()[-1]
    assert row == "| 200 | 1 | 0 ms | first | 1,000 | 10.0 | 1.5 | 6.67 | 0.5 | 3.0 | 3.00 | 15.0 | 100 | 0.0% |"


def test_the_rate_is_told_as_shares():
    line = report.rate_line(counted(60, throttled=20), 5.0)
    assert "60 pipelines in 1 region: 1000 calls in 195 s, 2.0% throttled" in line
    assert ", 100% of the admitted rate" in line
    assert "2000 pipelines in 2 regions side by side: " in report.rate_line(counted(2000), 5.0)


def test_the_tables_have_a_place_in_the_document():
    assert report.TABLES.read().startswith("Measured ")


def test_the_machine_is_described():
    assert "Python 3." in report.machine("SQLite 3")


def test_the_permitted_concurrency_is_that_of_the_command(settings):
    assert places() == crawl.PROCESSES
    assert crawl.THREADS == settings.SYNC_THREADS


def test_the_defaults_are_the_sizes_of_the_document():
    assert crawl.parser().parse_args([]).pipelines == (20, 200, 2_000, 20_000)
