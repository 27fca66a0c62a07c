"""Previews: one HIT after the other, without taking any."""

from __future__ import annotations

import pytest

from kempelen.store.hits import HITDoesNotExist
from people import Requester, Worker


def test_a_worker_skips_from_hit_to_hit_and_round_again(rosa: Requester, wei: Worker) -> None:
    hits = [rosa.create_hit() for _ in range(3)]
    group = hits[0]["HITGroupId"]
    seen = [wei("PreviewHIT", HITGroupId=group)["Task"]["HITId"]]
    for _ in range(3):
        seen.append(wei("PreviewHIT", HITGroupId=group, AfterHITId=seen[-1])["Task"]["HITId"])
    assert seen == [hit["HITId"] for hit in (*hits, hits[0])]


def test_a_hit_of_another_group_is_nothing_to_skip_from(rosa: Requester, wei: Worker) -> None:
    here, elsewhere = rosa.create_hit(), rosa.create_hit(Title="Another")
    with pytest.raises(HITDoesNotExist):
        wei("PreviewHIT", HITGroupId=here["HITGroupId"], AfterHITId=elsewhere["HITId"])
