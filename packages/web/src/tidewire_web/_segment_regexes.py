"""Which regular expressions of users' own stay within one segment of a path.

What provably matches no slash takes part in the search segment by segment, like any other variable. The question is
answered from the text of the expression, and with no where that is not obvious: such a path is found all the same, its
rest being compared as a whole.
"""

from __future__ import annotations

from typing import Final

__all__: list[str] = []

# Escapes that stand for no slash: classes, and the edges of words.
_HARMLESS_ESCAPES: Final = frozenset("bBdsw")
_SLASH: Final = ord("/")


def stays_in_segment(regex: str) -> bool:
    """Whether no text that an expression matches, or looks at, has a slash in it; False where that is not plain."""
    position = 0
    while position < len(regex):
        character = regex[position]
        if character == "\\":
            if not _is_harmless_escape(regex[position + 1 : position + 2]):
                return False
            position += 2
        elif character == "[":
            end = _class_end(regex, position)
            if end < 0 or not _class_excludes_slash(regex[position + 1 : end]):
                return False
            position = end + 1
        elif character in "./^$":
            return False
        elif character == "(" and regex.startswith("(?", position):
            # Looking ahead sees beyond the segment, flags change what is matched, ...
            if not regex.startswith(("(?:", "(?P<"), position):
                return False
            position += 3
        else:
            position += 1
    return True


def _is_harmless_escape(character: str) -> bool:
    if character.isascii() and character.isalnum():
        return character in _HARMLESS_ESCAPES
    return character not in ("", "/")


def _class_end(regex: str, start: int) -> int:
    """Where a character class ends; -1 where it does not."""
    position = start + 1
    if regex.startswith("^", position):
        position += 1
    if regex.startswith("]", position):
        position += 1
    while position < len(regex):
        if regex[position] == "\\":
            position += 1
        elif regex[position] == "]":
            return position
        position += 1
    return -1


def _class_excludes_slash(text: str) -> bool:
    """Whether a character class, given without its brackets, has no slash in it."""
    negated = text.startswith("^")
    position = int(negated)
    has_slash = False
    while position < len(text):
        character = text[position]
        if character == "\\":
            position += 1
            character = text[position]
            if not negated and not _is_harmless_escape(character):
                return False
            if character.isascii() and character.isalnum():
                position += 1
                continue
        position += 1
        last = character
        if text[position : position + 1] == "-" and position + 1 < len(text):
            last = text[position + 1]
            if last == "\\":
                return False
            position += 2
        has_slash = has_slash or ord(character) <= _SLASH <= ord(last)
    return has_slash if negated else not has_slash
