from __future__ import annotations

import pytest

from tidewire_client._retry import IDEMPOTENT, may_send_again
from tidewire_http_io import ResetReason


def decide(
    method: str = "GET",
    reason: ResetReason | None = ResetReason.CANCEL,
    reused: bool = True,
    begun: bool = False,
    replayable: bool = True,
) -> bool:
    return may_send_again(method, reason, reused=reused, begun=begun, replayable=replayable)


@pytest.mark.parametrize("method", sorted(IDEMPOTENT))
def test_idempotent_requests_go_again_where_a_used_connection_was_lost(method: str) -> None:
    assert decide(method)


@pytest.mark.parametrize("method", ["POST", "PATCH", "PURGE"])
def test_others_go_again_only_where_they_have_not_left(method: str) -> None:
    assert not decide(method)
    assert decide(method, ResetReason.REFUSED, reused=False)


def test_a_new_connection_an_answer_that_has_begun_and_a_body_that_is_gone_are_final() -> None:
    assert not decide(reused=False)
    assert not decide(begun=True)
    assert not decide(replayable=False)
    assert not decide(reason=ResetReason.REFUSED, replayable=False)


@pytest.mark.parametrize("reason", [ResetReason.TIMEOUT, ResetReason.PROTOCOL, ResetReason.INTERNAL, None])
def test_other_reasons_would_be_there_again(reason: ResetReason | None) -> None:
    assert not decide(reason=reason)
