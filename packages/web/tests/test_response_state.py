"""What is kept with a response."""

from __future__ import annotations

from collections.abc import MutableMapping

import pytest

from tidewire_web import Response, ResponseKey, StreamResponse

METRIC = ResponseKey("metric", int)
OTHER = ResponseKey("metric", int)


@pytest.mark.parametrize("response", [Response(), StreamResponse()])
def test_a_response_is_a_mapping_by_typed_keys(response: StreamResponse) -> None:
    assert isinstance(response, MutableMapping)
    assert METRIC not in response
    response[METRIC] = 5
    assert response[METRIC] == response.get(METRIC) == 5
    assert METRIC in response
    assert OTHER not in response
    assert response.get(OTHER) is None
    assert response.get(OTHER, 7) == 7
    assert list(response) == [METRIC]
    assert len(response) == 1
    response.update({OTHER: 2})
    assert response.pop(METRIC) == 5
    del response[OTHER]
    assert len(response) == 0


def test_keys_that_are_not_there() -> None:
    response = Response()
    with pytest.raises(KeyError):
        response[METRIC]
    with pytest.raises(KeyError):
        del response[METRIC]
    assert response.get(METRIC) is None
    assert list(response) == []


def test_a_str_is_a_key_too_as_with_requests() -> None:
    response = Response()
    response["my_metric"] = 123
    assert response["my_metric"] == 123
    assert response.get("other", "x") == "x"


def test_a_response_is_itself_and_true() -> None:
    one, two = Response(), Response()
    assert one
    assert [one, two].index(two) == 1
    assert one != two
    assert len({one, two}) == 2
    one[METRIC] = two[METRIC] = 1
    assert one != two
