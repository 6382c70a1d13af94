"""Corpus documents become cases, and what is wrong with a document is said with its line."""

from __future__ import annotations

import copy
import dataclasses
import pickle
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tidewire_testing import CorpusCase, CorpusError, escape_bytes, load_corpus

Write = Callable[[str], Path]

DOCUMENT = r"""# Requests

What this file is about.

## Simple

<!-- A remark for the reader of the source. -->

The smallest request there is.
It has one header.

<!-- meta={"limit": 10,
           "strict": true} -->

```http
GET / HTTP/1.1
Host: a


```

What has to come out:

```log
head GET /

end
```

## Bodies

### Long lines ##

```text
GET /not/a/case
```

~~~http
POST /a\
b HTTP/1.1
X: \x00\\ \t|


body
~~~

```log
  error 400
```
"""


@pytest.fixture
def write(tmp_path: Path) -> Write:
    def write(text: str, name: str = "cases.md") -> Path:
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(text.encode())
        return path

    return write


def case(data: str, log: str = "", heading: str = "# Case", kind: str = "http") -> str:
    return f"{heading}\n\n```{kind}\n{data}\n```\n\n```log\n{log}\n```\n"


class TestDocument:
    @pytest.fixture
    def cases(self, write: Write) -> list[CorpusCase]:
        return load_corpus(write(DOCUMENT))

    def test_names_and_places(self, cases: list[CorpusCase]) -> None:
        assert [case.name for case in cases] == ["Requests / Simple", "Requests / Bodies / Long lines"]
        assert [case.id for case in cases] == [
            "cases.md:5:requests-simple",
            "cases.md:32:requests-bodies-long-lines",
        ]

    def test_input(self, cases: list[CorpusCase]) -> None:
        assert cases[0].data == b"GET / HTTP/1.1\r\nHost: a\r\n\r\n"
        assert cases[1].data == b"POST /ab HTTP/1.1\r\nX: \x00\\ \t|\r\n\r\n\r\nbody"

    def test_expected(self, cases: list[CorpusCase]) -> None:
        assert cases[0].expected == ("head GET /", "end")
        assert cases[1].expected == ("  error 400",)

    def test_prose_leaves_blocks_and_comments_out(self, cases: list[CorpusCase]) -> None:
        words = " ".join(cases[0].prose.split())
        assert words == "The smallest request there is. It has one header. What has to come out:"
        assert cases[1].prose == ""

    def test_metadata(self, cases: list[CorpusCase]) -> None:
        assert cases[0].meta == {"limit": 10, "strict": True}
        assert cases[1].meta == {}
        with pytest.raises(TypeError):
            cases[0].meta["limit"] = 11  # type: ignore[index]

    def test_a_case_is_frozen(self, cases: list[CorpusCase]) -> None:
        with pytest.raises(dataclasses.FrozenInstanceError):
            cases[0].name = "other"  # type: ignore[misc]
        assert len({*cases, *cases}) == 2

    def test_a_document_with_windows_line_ends_is_the_same(
        self, write: Write, cases: list[CorpusCase]
    ) -> None:
        assert load_corpus(write("\ufeff" + DOCUMENT.replace("\n", "\r\n"))) == cases


class TestInput:
    @pytest.mark.parametrize(
        ("text", "data"),
        [
            ("", b""),
            ("a", b"a"),
            ("a\n", b"a\r\n"),
            ("a\n\n", b"a\r\n\r\n"),
            ("a\\\nb", b"ab"),
            ("a\\\\\nb", b"a\\\r\nb"),
            ("a\\\\\\\nb", b"a\\b"),
            ("a \nb\t", b"a \r\nb\t"),
            (r"a\r\n\0\xFFb", b"a\r\n\0\xffb"),
            ("\u00e9\u2028\x0b\x85\x0c", "\u00e9\u2028\x0b\x85\x0c".encode()),
            ("# no heading\n<!-- no comment", b"# no heading\r\n<!-- no comment"),
            ("``\n~~~", b"``\r\n~~~"),
        ],
    )
    def test_decoding(self, write: Write, text: str, data: bytes) -> None:
        assert load_corpus(write(case(text)))[0].data == data

    def test_any_bytes_can_be_written(self, tmp_path: Path) -> None:
        path = tmp_path / "cases.md"

        @given(st.binary(max_size=100))
        def check(data: bytes) -> None:
            path.write_text(case(escape_bytes(data)))
            assert load_corpus(path)[0].data == data

        check()

    def test_an_indented_block_loses_its_indentation(self, write: Write) -> None:
        path = write("# Case\n\n  ```http\n  a\n b\n   c\n  ```\n\n```log\n```\n")
        assert load_corpus(path)[0].data == b"a\r\nb\r\n c"

    def test_a_longer_fence_holds_a_shorter_one(self, write: Write) -> None:
        example = case("a").replace("# Case", "")
        path = write(f"# Format\n\n````markdown\n{example}\n````\n\n{case('b')}")
        assert [found.data for found in load_corpus(path)] == [b"b"]

    def test_code_in_a_paragraph_opens_no_block(self, write: Write) -> None:
        path = write("# Case\n\n```http``` is code.\n\n```http\na\n```\n\n```log\n```\n")
        assert load_corpus(path)[0].prose == "```http``` is code."

    def test_other_kinds_on_request(self, write: Write) -> None:
        path = write(case("a=1", kind="cookie"))
        assert load_corpus(path, input_kind="cookie")[0].data == b"a=1"


class TestHeadings:
    def test_levels(self, write: Write) -> None:
        headings = ["# A", "### B", "## C", "### D #", "###### E", "# F ##", "#  G # H"]
        path = write("".join(case("x", heading=heading) for heading in headings))
        assert [found.name for found in load_corpus(path)] == [
            "A",
            "A / B",
            "A / C",
            "A / C / D",
            "A / C / D / E",
            "F",
            "G # H",
        ]

    def test_what_is_no_heading(self, write: Write) -> None:
        path = write(case("x").replace("\n\n", "\n\n#tag\n####### seven\n    # code\n\n", 1))
        assert load_corpus(path)[0].prose.splitlines() == ["#tag", "####### seven", "    # code"]

    def test_the_same_name_in_another_section(self, write: Write) -> None:
        path = write("# A\n" + case("x", heading="## Case") + "# B\n" + case("y", heading="## Case"))
        assert [found.name for found in load_corpus(path)] == ["A / Case", "B / Case"]

    def test_a_slug_is_never_empty(self, write: Write) -> None:
        assert load_corpus(write(case("x", heading="# \u00e9!")))[0].id == "cases.md:1:case"


class TestDirectory:
    def test_documents_in_order_and_below(self, tmp_path: Path) -> None:
        for name in ("b.md", "a/z.md", "a.md", "c.txt"):
            path = tmp_path / name
            path.parent.mkdir(exist_ok=True)
            path.write_text(case(name))
        (tmp_path / "README.md").write_text("# About\n\nNo case here.\n")
        assert [found.data for found in load_corpus(str(tmp_path))] == [b"a/z.md", b"a.md", b"b.md"]

    def test_one_without_cases(self, tmp_path: Path) -> None:
        with pytest.raises(CorpusError, match="no case with a `http` block"):
            load_corpus(tmp_path)

    def test_nothing_there(self, tmp_path: Path) -> None:
        with pytest.raises(FileNotFoundError):
            load_corpus(tmp_path / "absent.md")


@pytest.mark.parametrize(
    ("text", "line", "problem"),
    [
        ("# A\n\n```http\na\n```\n", 1, "an input without a `log` block"),
        ("# A\n\n```log\na\n```\n", 3, "without a `http` block before it"),
        ("# A\n```log\n```\n```http\n```\n", 2, "without a `http` block before it"),
        ("# A\n```http\n```\n```http\n```\n", 4, "a second `http` block; the first is in line 2"),
        ("# A\n```http\n```\n```log\n```\n```log\n```\n", 6, "a second `log` block; the first is in line 4"),
        ("```http\n```\n", 1, "before the first heading"),
        ("# A\n```http\na\nb\\q\n```\n```log\n```\n", 4, r"unknown escape \q in column 2"),
        ("# A\n```http\n\\x1\n```\n```log\n```\n", 3, r"unknown escape \x1"),
        ("# A\n```http\na\\\n```\n```log\n```\n", 3, "nothing to join"),
        ("# A\n<!-- meta={'a': 1} -->\n```http\n```\n```log\n```\n", 2, "not JSON"),
        ("# A\n<!-- meta=[1] -->\n```http\n```\n```log\n```\n", 2, "not a JSON object"),
        ("# A\n<!-- meta={} -->\n<!-- meta={} -->\n", 3, "a second metadata comment; the first is in line 2"),
        ("# A\n```http\n```\n<!-- meta={} -->\n```log\n```\n", 4, "before the `http` block"),
        ("# A\n<!-- meta={} -->\n", 2, "metadata without a `http` block"),
        ("# A\n\n```http\na\n``\n", 3, "the ```http block is never closed"),
        ("# A\n\n~~~~http\na\n```\n~~~\n", 3, "the ~~~~http block is never closed"),
        ("# A\n\n<!-- meta={}\n", 3, "the comment is never closed"),
        ("# A\n\n<!-- a --> text\n", 3, "text after a comment"),
        ("# A\n\n##\n", 3, "a heading without a title"),
        ("# A\n\na\rb\n", 3, "a bare CR"),
        (case("a") + case("b"), 10, "a second case named 'Case'; the first is in line 1"),
        ("# A\n\nprose\n", 1, "no case"),
    ],
)
def test_what_is_wrong_is_said_with_its_line(write: Write, text: str, line: int, problem: str) -> None:
    path = write(text)
    with pytest.raises(CorpusError) as caught:
        load_corpus(path)
    assert str(caught.value).startswith(f"{path}:{line}: ")
    assert problem in caught.value.problem
    assert (caught.value.path, caught.value.line) == (path, line)


def test_bytes_that_are_not_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "cases.md"
    path.write_bytes(b"# A\n\n\xff\n")
    with pytest.raises(CorpusError, match=r"cases\.md:3: not UTF-8"):
        load_corpus(path)


def test_the_error_survives_copy_and_pickle(tmp_path: Path) -> None:
    error = CorpusError(tmp_path, 3, "a problem")
    for twin in (copy.copy(error), pickle.loads(pickle.dumps(error))):
        assert (type(twin), str(twin), twin.path) == (CorpusError, str(error), tmp_path)
