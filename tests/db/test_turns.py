"""Whose turn a part is: regions that nobody looks at come first."""

from __future__ import annotations

import pytest

from inventory.models import Account, Sync, SyncPart


@pytest.fixture
def requested(db):
    return Sync.objects.create(scope="everything", state="running")


def turns():
    return [(part.region, part.share) for part in SyncPart.objects.in_turn()]


def test_parts_of_regions_alike_come_in_their_order(make_part, requested):
    for share in (1, 2):
        make_part("us-east-1", requested, share=share)
    make_part("eu-west-1", requested)
    assert turns() == [("us-east-1", 1), ("us-east-1", 2), ("eu-west-1", 0)]


def test_a_region_comes_the_later_the_more_of_its_parts_are_carried_out(make_part, requested):
    for share in (1, 2):
        make_part("us-east-1", requested, share=share, state="running")
    make_part("eu-west-1", requested, share=1, state="running")
    for region in ("us-east-1", "eu-west-1", "eu-west-2"):
        make_part(region, requested, share=3)
    assert [region for region, _ in turns()] == ["eu-west-2", "eu-west-1", "us-east-1"]


def test_the_region_of_another_account_is_another_region(make_part, requested):
    other = Account.objects.create(account_id="210987654321")
    make_part("us-east-1", requested, state="running")
    mine = make_part("us-east-1", requested, share=1)
    theirs = SyncPart.objects.create(sync=requested, account=other, region="us-east-1")
    assert list(SyncPart.objects.in_turn()) == [theirs, mine]


def test_what_is_over_or_of_a_sync_that_is_over_waits_for_nobody(make_part, requested):
    make_part("us-east-1", requested, state="finished")
    make_part("eu-west-1", Sync.objects.create(scope="cancelled", state="cancelled"))
    assert turns() == []
    assert SyncPart.objects.claim_next(most_beside=9) is None


def test_the_next_is_claimed(make_part, requested):
    part = make_part("us-east-1", requested)
    claimed = SyncPart.objects.claim_next(most_beside=0)
    part.refresh_from_db()
    assert (claimed, part.state, part.lease) == (part, "running", claimed.lease)


def test_who_wants_a_region_to_himself_is_given_no_other(make_part, requested):
    make_part("us-east-1", requested, state="running")
    beside = make_part("us-east-1", requested, share=1)
    assert SyncPart.objects.claim_next(most_beside=0) is None
    assert SyncPart.objects.claim_next(most_beside=1) == beside


def test_parts_that_take_a_moment_are_not_of_whole_regions(make_part):
    for scope in ({"pipeline": "churn"}, {"executing_only": True}, {}):
        make_part("us-east-1", Sync.objects.create(scope=str(scope), state="running", **scope))
    [part] = SyncPart.objects.of_whole_regions()
    assert part.sync.is_of_whole_regions
