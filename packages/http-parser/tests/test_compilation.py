"""Directions to the compiler leave the interpreted build as it is."""

from __future__ import annotations

import gc

from tidewire_http_parser import Data
from tidewire_http_parser._compilation import mypyc_attr
from tidewire_http_parser._grammar import INTERPRETED


def test_a_class_stays_what_it_is() -> None:
    class Plain:
        pass

    assert mypyc_attr(acyclic=True)(Plain) is Plain


def test_the_compiler_was_told() -> None:
    assert gc.is_tracked(Data(b"x")) == INTERPRETED
