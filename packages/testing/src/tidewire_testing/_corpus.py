"""Test corpora that are documents: cases as Markdown headings, prose, an input and an expected trace."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any, NoReturn

from ._escapes import EscapeError, unescape_line

__all__ = ["CorpusCase", "CorpusError", "load_corpus"]

_HEADING = re.compile(r" {0,3}(#{1,6})(?:[ \t]+(.*?))??(?:[ \t]+#+)?[ \t]*")
# After backticks no backtick may follow in the line: that would be code within a paragraph.
_FENCE = re.compile(r"( {0,3})(`{3,}(?=[^`]*$)|~{3,})[ \t]*(\S*).*")
_META = re.compile(r"\s*meta\s*=(.*)", re.DOTALL)
_COMMENT_START, _COMMENT_END = "<!--", "-->"
_NAME_SEPARATOR = " / "


class CorpusError(Exception):
    """A corpus document is malformed.

    Attributes:
        path: the document, or the directory that holds no case at all.
        line: where, from 1.
        problem: what is wrong.
    """

    def __init__(self, path: Path, line: int, problem: str) -> None:
        """Keep the place and the problem."""
        super().__init__(path, line, problem)
        self.path = path
        self.line = line
        self.problem = problem

    def __str__(self) -> str:
        """Say where and what, in the form that editors follow to the line."""
        return f"{self.path}:{self.line}: {self.problem}"


@dataclass(frozen=True, kw_only=True)
class CorpusCase:
    """One case of a corpus.

    Attributes:
        name: the headings above it and its own, joined with ` / `.
        path: the document.
        line: the line of its heading, from 1.
        prose: what the document says about it, blocks and comments left out.
        meta: the document's `meta=` object; empty without one.
        data: the input.
        expected: the lines of the expected trace, blank ones left out.
    """

    name: str
    path: Path
    line: int
    prose: str
    meta: Mapping[str, Any] = field(hash=False)
    data: bytes
    expected: tuple[str, ...]

    @property
    def id(self) -> str:
        """A name for the case that says where it is: `file.md:line:name-in-short`."""
        slug = re.sub(r"[^a-z0-9]+", "-", self.name.lower()).strip("-")
        return f"{self.path.name}:{self.line}:{slug or 'case'}"


def load_corpus(path: Path | str, *, input_kind: str = "http") -> list[CorpusCase]:
    r"""Read all cases of a document, or of all documents (`*.md`) in a directory and those below it.

        # Requests

        ## Bare line feed in a header

        RFC 9112, section 2.2, lets a recipient take a lone LF for a line end. We do not.

        <!-- meta={"max_field_size": 100} -->

        ```http
        GET / HTTP/1.1
        Host: a\nX: b


        ```

        ```log
        error: 400
        ```

    A heading names a case if a fenced block with the input follows it, and is a section otherwise. The
    case's name is the path of headings, joined with ` / `. The input block has the kind that the reader asks
    for (`http` without asking); the block with the expected trace has the kind `log` and comes after it.
    Blocks of other kinds, and comments without `meta=`, are for the reader of the document only.

    In the input every line break stands for CRLF. The one before the closing fence does not count, so that a
    head ends with two blank lines. A single backslash at the end of a line joins it to the next one without
    any line break, and the escapes `\r`, `\n`, `\t`, `\0`, `\\` and `\xNN` stand for one byte each.

    Args:
        path: the document or the directory.
        input_kind: the info string of the input blocks.

    Returns:
        the cases, sorted by document, in each in their order; never an empty list, as a test over no cases
        passes.

    Raises:
        CorpusError: a document is malformed, or there is no case.
        FileNotFoundError: there is nothing at `path`.
    """
    root = Path(path)
    if root.is_dir():
        documents = sorted(root.rglob("*.md"), key=lambda document: document.relative_to(root).parts)
    else:
        documents = [root]
    cases = [case for document in documents for case in _read_document(document, input_kind)]
    if not cases:
        raise CorpusError(root, 1, f"no case with a `{input_kind}` block")
    return cases


def _read_document(path: Path, input_kind: str) -> list[CorpusCase]:
    cases: list[CorpusCase] = []
    first_lines: dict[str, int] = {}
    for draft in _read_drafts(path, input_kind):
        case = draft.finish()
        if case is None:
            continue
        if case.name in first_lines:
            problem = f"a second case named {case.name!r}; the first is in line {first_lines[case.name]}"
            raise CorpusError(path, case.line, problem)
        first_lines[case.name] = case.line
        cases.append(case)
    return cases


# -- from blocks to cases --------------------------------------------------------------------------


def _read_drafts(path: Path, input_kind: str) -> Iterator[_Draft]:
    headings: list[_Heading] = []
    draft = _Draft(path, 1, "", input_kind)
    for block in _Scanner(path).blocks():
        match block:
            case _Heading():
                yield draft
                headings = [*(heading for heading in headings if heading.level < block.level), block]
                name = _NAME_SEPARATOR.join(heading.title for heading in headings)
                draft = _Draft(path, block.line, name, input_kind)
            case _Fenced():
                draft.add_fenced(block)
            case _Comment():
                draft.add_comment(block)
            case _Text():
                draft.prose.append(block.text)
    yield draft


class _Draft:
    """What was read since a heading; a case if there is an input block."""

    def __init__(self, path: Path, line: int, name: str, input_kind: str) -> None:
        self.path = path
        self.line = line
        self.name = name
        self.input_kind = input_kind
        self.prose: list[str] = []
        self.input: _Fenced | None = None
        self.log: _Fenced | None = None
        self.meta: dict[str, Any] | None = None
        self.meta_line = 0

    def add_fenced(self, block: _Fenced) -> None:
        kind = block.kind
        if kind not in (self.input_kind, "log"):
            return
        if not self.name:
            raise CorpusError(self.path, block.line, f"a `{kind}` block before the first heading")
        if kind == self.input_kind:
            if self.input is not None:
                self._fail(block.line, f"a second `{kind}` block; the first is in line {self.input.line}")
            self.input = block
            return
        if self.log is not None:
            self._fail(block.line, f"a second `log` block; the first is in line {self.log.line}")
        if self.input is None:
            self._fail(block.line, f"a `log` block without a `{self.input_kind}` block before it")
        self.log = block

    def add_comment(self, comment: _Comment) -> None:
        match = _META.fullmatch(comment.text)
        if match is None:
            return
        if self.meta is not None:
            self._fail(comment.line, f"a second metadata comment; the first is in line {self.meta_line}")
        if self.input is not None:
            self._fail(comment.line, f"the metadata has to come before the `{self.input_kind}` block")
        try:
            meta = json.loads(match[1])
        except ValueError as error:
            raise CorpusError(self.path, comment.line, f"the metadata is not JSON: {error}") from error
        if not isinstance(meta, dict):
            self._fail(comment.line, "the metadata is not a JSON object")
        self.meta = meta
        self.meta_line = comment.line

    def finish(self) -> CorpusCase | None:
        if self.input is None:
            if self.meta is not None:
                self._fail(self.meta_line, f"metadata without a `{self.input_kind}` block")
            return None
        if self.log is None:
            self._fail(self.line, "an input without a `log` block after it")
        return CorpusCase(
            name=self.name,
            path=self.path,
            line=self.line,
            prose="\n".join(self.prose).strip(),
            meta=MappingProxyType(self.meta or {}),
            data=self._decode(self.input),
            expected=tuple(line for line in self.log.lines if line.strip()),
        )

    def _decode(self, block: _Fenced) -> bytes:
        decoded = bytearray()
        for index, line in enumerate(block.lines):
            number = block.line + 1 + index
            try:
                data, joined = unescape_line(line)
            except EscapeError as error:
                raise CorpusError(self.path, number, str(error)) from error
            decoded += data
            is_last = index == len(block.lines) - 1
            if joined and is_last:
                self._fail(number, "a backslash at the end of the last line, which has nothing to join")
            if not joined and not is_last:
                decoded += b"\r\n"
        return bytes(decoded)

    def _fail(self, line: int, problem: str) -> NoReturn:
        raise CorpusError(self.path, line, f"{problem} (in {self.name!r})" if self.name else problem)


# -- from lines to blocks --------------------------------------------------------------------------


@dataclass(frozen=True)
class _Heading:
    line: int
    level: int
    title: str


@dataclass(frozen=True)
class _Fenced:
    line: int
    kind: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class _Comment:
    line: int
    text: str


@dataclass(frozen=True)
class _Text:
    line: int
    text: str


class _Scanner:
    """Reads as much of Markdown as corpora use: `#` headings, fenced blocks, comments; the rest is prose."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lines = _read_lines(path)
        self._next = 0

    def blocks(self) -> Iterator[_Heading | _Fenced | _Comment | _Text]:
        while self._next < len(self._lines):
            line = self._lines[self._next]
            self._next += 1
            if fence := _FENCE.fullmatch(line):
                yield self._fenced(fence)
            elif heading := _HEADING.fullmatch(line):
                if not heading[2]:
                    raise CorpusError(self._path, self._next, "a heading without a title")
                yield _Heading(self._next, len(heading[1]), heading[2])
            elif line.lstrip().startswith(_COMMENT_START):
                yield self._comment(line)
            else:
                yield _Text(self._next, line.rstrip())

    def _fenced(self, opening: re.Match[str]) -> _Fenced:
        start = self._next
        indent, fence, kind = opening[1], opening[2], opening[3]
        closing = re.compile(rf" {{0,3}}{re.escape(fence)}{fence[0]}*[ \t]*")
        inside: list[str] = []
        while self._next < len(self._lines):
            line = self._lines[self._next]
            self._next += 1
            if closing.fullmatch(line):
                return _Fenced(start, kind, tuple(inside))
            # A fence may be indented; its lines then lose as much, as far as they have it.
            own = len(line) - len(line.lstrip(" "))
            inside.append(line[min(own, len(indent)) :])
        raise CorpusError(self._path, start, f"the {fence}{kind} block is never closed")

    def _comment(self, line: str) -> _Comment:
        start = self._next
        text = line.lstrip()[len(_COMMENT_START) :]
        while _COMMENT_END not in text:
            if self._next == len(self._lines):
                raise CorpusError(self._path, start, "the comment is never closed")
            text += "\n" + self._lines[self._next]
            self._next += 1
        text, _, rest = text.partition(_COMMENT_END)
        if rest.strip():
            raise CorpusError(self._path, self._next, "text after a comment in the same line")
        return _Comment(start, text)


def _read_lines(path: Path) -> list[str]:
    try:
        text = path.read_bytes().decode("utf-8-sig").replace("\r\n", "\n")
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise CorpusError(path, line, "not UTF-8; write other bytes as \\xNN") from error
    if "\r" in text:
        # An editor that shows a lone CR as a line break would make the input look like another one.
        line = text.count("\n", 0, text.index("\r")) + 1
        raise CorpusError(path, line, "a bare CR; write it as \\r")
    return text.split("\n")
