"""Keys say what is kept under them."""

from __future__ import annotations

from tidewire_mako import APP_CONTEXT_PROCESSORS_KEY, APP_KEY, REQUEST_CONTEXT_KEY, static_root_key


def test_keys_name_their_module_and_type() -> None:
    assert repr(APP_KEY) == "<AppKey(tidewire_mako._keys.APP_KEY, type=mako.lookup.TemplateLookup)>"
    assert repr(static_root_key) == "<AppKey(tidewire_mako._keys.static_root_key, type=str)>"
    assert "collections.abc.Sequence" in repr(APP_CONTEXT_PROCESSORS_KEY)
    assert "dict[str, typing.Any]" in repr(REQUEST_CONTEXT_KEY)
