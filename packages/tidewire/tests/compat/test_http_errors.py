from __future__ import annotations

import tidewire_http_parser
from tidewire.compat import _http_errors as errors


def test_each_is_what_a_peer_did_wrong() -> None:
    names = [name for name in vars(errors) if name[0].isupper()]
    assert len(names) > 10
    for name in names:
        assert issubclass(getattr(errors, name), tidewire_http_parser.ProtocolError), name


def test_the_most_general_one_catches_the_others() -> None:
    assert issubclass(errors.BadStatusLine, errors.HttpProcessingError)
    assert issubclass(errors.LineTooLong, errors.HttpProcessingError)
