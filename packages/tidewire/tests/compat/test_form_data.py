from __future__ import annotations

import warnings

import pytest

import tidewire_http_io.forms
from tidewire.compat._form_data import FormData


def test_bytes_are_a_file() -> None:
    form = FormData()
    with pytest.warns(DeprecationWarning, match="bytes will no longer be a file"):
        form.add_field("a", b"b")
    assert form.is_multipart


def test_a_transfer_encoding_makes_a_part() -> None:
    form = FormData()
    with pytest.warns(DeprecationWarning, match="content_transfer_encoding"):
        form.add_field("a", "b", content_transfer_encoding="base64")
    assert form.is_multipart


def test_text_is_text() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        form = FormData({"a": "b"})
        form.add_field("c", b"d", filename="e")
    assert isinstance(form, tidewire_http_io.forms.FormData)
    assert isinstance(tidewire_http_io.forms.FormData(), FormData)
