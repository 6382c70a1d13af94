"""The outgoing side: the rules that MemoryTransport's tests do not reach."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from tidewire_testing._outbox import Outbox

ACTIONS = st.lists(
    st.one_of(
        st.binary(min_size=1, max_size=40),
        st.integers(min_value=0, max_value=60),
        st.sampled_from(["hold", "release", "take"]),
    ),
    max_size=40,
)


@given(ACTIONS, st.integers(min_value=0, max_value=50), st.integers(min_value=0, max_value=50))
def test_whatever_happens(actions: list[bytes | int | str], one: int, other: int) -> None:
    outbox = Outbox()
    outbox.set_limits(max(one, other), min(one, other))
    written = taken = b""
    paused = False
    for action in actions:
        match action:
            case bytes():
                outbox.add(action)
                written += action
            case int():
                outbox.release(action)
            case "hold":
                outbox.holding = True
            case "release":
                outbox.release(None)
            case _:
                taken += outbox.take()
        if outbox.pause_writer():
            assert not paused
            paused = True
        if outbox.resume_writer():
            assert paused
            paused = False
        assert outbox.written == written
        assert outbox.sent == written[: len(written) - outbox.unsent]
        assert outbox.holding or not outbox.unsent
        assert paused or outbox.unsent <= outbox.high
        assert not paused or outbox.unsent > outbox.low
    assert taken + outbox.take() == written
