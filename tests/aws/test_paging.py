"""A listing is followed to its end, or fails loudly."""

from __future__ import annotations

import pytest

from inventory.aws import paging
from inventory.aws.domains import crawl_domains
from inventory.aws.errors import AWSError, ErrorKind
from inventory.aws.paging import pages


def listing(*answers):
    """A call that gives these answers in turn; what it was asked is in its `asked`."""
    left = list(answers)

    def call(**arguments):
        call.asked.append(arguments)
        return left.pop(0)

    call.asked = []
    return call


def test_every_page_is_given_empty_ones_included():
    call = listing({"A": [1], "NextToken": "x"}, {"A": [], "NextToken": "y"}, {"A": [2]})

    assert list(pages("ListA", call, "A", MaxResults=5)) == [[1], [], [2]]
    assert call.asked == [{"MaxResults": 5}, {"MaxResults": 5, "NextToken": "x"}, {"MaxResults": 5, "NextToken": "y"}]


def test_an_empty_token_is_the_end():
    assert list(pages("ListA", listing({"A": [1], "NextToken": ""}), "A")) == [[1]]


def test_the_token_may_have_another_name():
    call = listing({"A": [1], "Marker": "x"}, {"A": [2]})

    assert list(pages("ListA", call, "A", token="Marker")) == [[1], [2]]
    assert call.asked[1] == {"Marker": "x"}


def test_a_token_that_comes_twice_is_a_failure():
    call = listing(*[{"A": [1], "NextToken": "x"}] * 3)

    with pytest.raises(AWSError) as caught:
        list(pages("ListA", call, "A"))
    assert (caught.value.kind, caught.value.code) == (ErrorKind.UNREACHABLE, "EndlessListing")


def test_a_listing_without_an_end_is_a_failure(monkeypatch):
    monkeypatch.setattr(paging, "MOST_PAGES", 3)
    call = listing(*[{"A": [], "NextToken": str(number)} for number in range(5)])

    with pytest.raises(AWSError, match="without an end"):
        list(pages("ListA", call, "A"))
    assert len(call.asked) == 3


def test_a_page_without_its_list_is_a_failure():
    with pytest.raises(AWSError, match="cut off"):
        list(pages("ListA", listing({"A": [1], "NextToken": "x"}, {}), "A"))


def test_domains_are_listed_over_pages(demo_aws, connection, monkeypatch):
    monkeypatch.setattr("inventory.aws.domains.PAGE_SIZE", 1)
    for name in ("studio-a", "studio-b"):
        demo_aws.client("sagemaker").create_domain(
            DomainName=name, AuthMode="IAM", DefaultUserSettings={}, SubnetIds=["s"], VpcId="v"
        )

    found = list(crawl_domains(connection))

    assert [domain.name for domain in found] == ["studio-a", "studio-b"]
    assert all(domain.domain_id in domain.arn and domain.created_at for domain in found)
    assert demo_aws.calls.count(action="ListDomains") == 2


def test_denied_domains_are_an_error(demo_aws, connection):
    demo_aws.faults.add("AccessDeniedException", action="ListDomains")

    with pytest.raises(AWSError, match="sagemaker:ListDomains"):
        list(crawl_domains(connection))
