"""The corpus names its rules: corpus/RULES.md lists them, and each has cases of either kind."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

import repository
from rule import Rule
from tidewire_testing import CorpusCase, load_corpus

CORPUS: Final = repository.ROOT / "corpus"
# The rules are those of messages; cookies and multipart have documents and grammars of their own.
FOLDERS: Final = ("request", "response")
ROW: Final = re.compile(r"\| `([^`]+)` \| .*\S.* \| .*\S.* \|")

NAMED: Final = Rule(
    says="each rule of corpus/RULES.md is named by a case that is accepted and by one that is refused, and a case "
    "names no other rules.",
    why="a rule that nothing breaks may not be checked at all, and one that nothing keeps may refuse everything.",
    mend='write the case that is missing, with `<!-- meta={"rules": ["NAME"]} -->`, or correct the name.',
)


def rule_names(document: Path) -> list[str]:
    """Return the names in the first column of a document's tables."""
    rows = (ROW.fullmatch(line) for line in document.read_text("utf-8").splitlines())
    return [row[1] for row in rows if row]


def named_violations(rules: list[str], cases: Iterable[CorpusCase]) -> Iterator[str]:
    accepting: set[str] = set()
    refusing: set[str] = set()
    for case in cases:
        refused = any(line.startswith("error ") for line in case.expected)
        for name in case.meta.get("rules", ()):
            (refusing if refused else accepting).add(name)
            if name not in rules:
                yield f"{case.path.parent.name}/{case.path.name}:{case.line}: there is no rule {name!r}"
    for name in sorted(set(rules)):
        if rules.count(name) > 1:
            yield f"{name}: listed {rules.count(name)} times"
        if name not in accepting:
            yield f"{name}: no case is accepted"
        if name not in refusing:
            yield f"{name}: no case is refused"


def test_named() -> None:
    rules = rule_names(CORPUS / "RULES.md")
    assert len(rules) > 50
    NAMED.hold(named_violations(rules, [case for folder in FOLDERS for case in load_corpus(CORPUS / folder)]))


TOY_RULES = """\
| rule | what it says | where |
| --- | --- | --- |
| `both` | Is kept and broken. | 1 |
| `kept` | Is kept. | 2 |
| `broken` | Is broken. | 3 |
| `twice` | Is kept and broken. | 4 |

| `twice` | Is here again. | 4 |
| `no-row` | Has no third column. |
"""
TOY_CASE = '# {name}\n\n<!-- meta={{"rules": {rules}}} -->\n\n```http\nx\n```\n\n```log\n{log}\n```\n'


def test_named_can_fail(tmp_path: Path) -> None:
    document = tmp_path / "RULES.md"
    document.write_text(TOY_RULES, "utf-8")
    cases = tmp_path / "request"
    cases.mkdir()
    text = TOY_CASE.format(name="Kept", rules='["both", "kept", "twice"]', log="end\npaused")
    text += TOY_CASE.format(name="Broken", rules='["both", "broken", "twice", "gone"]', log="error Wrong 400")
    (cases / "toy.md").write_text(text, "utf-8")
    assert rule_names(document) == ["both", "kept", "broken", "twice", "twice"]
    assert list(named_violations(rule_names(document), load_corpus(cases))) == [
        "request/toy.md:13: there is no rule 'gone'",
        "broken: no case is accepted",
        "kept: no case is refused",
        "twice: listed 2 times",
    ]
