"""What the documents promise, which snippets they have, and that tests show it: none is forgotten.

The documents are the questions and answers in their present edition (`faq`) and an old one (`old`), and the advanced
topics of the server (`advanced`). Tests say what they show by the marks `promise` and `snippet`; what waits for another
distribution is listed in `WAITING`, with the issue that it is part of.
"""

from __future__ import annotations

import ast
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).resolve().parent

PROMISES: Final[Mapping[int, str]] = {
    1: "routes by decorators, without a global application",
    2: "nested applications: isolated, chained, to any depth",
    3: "a route for a prefix and any method",
    4: "application, request and response share data; typed keys",
    5: "config_dict looks in the applications around",
    6: "middlewares leave data for handlers",
    7: "a websocket with several sources of events, and one reader",
    8: "a websocket that is closed by another handler",
    9: "a client with an address of its own choice",
    10: "nothing is compressed by itself",
    11: "one client session, cookies apart, connectors shared",
    12: "work after the response was sent",
    13: "one request, one response",
    14: "applications and sessions are made in the running loop",
    15: "Unicode in paths; patterns for the percent-encoded path",
    16: "reading and writing raise OSError when the client has gone; cancellation is an option",
    17: "protection from cancellation",
    18: "factories of applications",
    19: "routing by other criteria",
    20: "static files: index, symbolic links, versions",
    21: "decorators of handlers below those of routes",
    22: "a websocket is read by its handler only",
    23: "context variables of start, requests and end",
    24: "middlewares: order, errors, the body",
    25: "signals",
    26: "cleanup contexts",
    27: "the Expect field",
    28: "resources of one's own",
    29: "runners and sites",
    30: "graceful shutdown in seven steps",
    31: "websockets are closed at shutdown",
    32: "the threshold of time-outs",
    33: "background tasks and processes",
    34: "error pages",
    35: "behind a proxy",
    36: "logs",
    37: "tools for developers",
    38: "the old edition",
}

SNIPPETS: Final = frozenset(
    {
        "advanced: AppKey",
        "advanced: accept chooser",
        "advanced: add_subapp",
        "advanced: admin_key",
        "advanced: aiojobs atomic",
        "advanced: aiojobs shield",
        "advanced: aiojobs shield, not safe",
        "advanced: aiojobs spawn",
        "advanced: append_version",
        "advanced: application's config",
        "advanced: body is cached",
        "advanced: cleanup_ctx",
        "advanced: config_dict",
        "advanced: context variables",
        "advanced: create and dispose",
        "advanced: create_task",
        "advanced: debug toolbar",
        "advanced: errors as JSON",
        "advanced: expect handler",
        "advanced: follow_symlinks",
        "advanced: gunicorn",
        "advanced: jinja2 setup",
        "advanced: jinja2 template",
        "advanced: jinja2 template below a route",
        "advanced: listener of Redis",
        "advanced: middleware factory",
        "advanced: middlewares of an application",
        "advanced: on_response_prepare",
        "advanced: order of middlewares",
        "advanced: peer disconnection",
        "advanced: process alongside",
        "advanced: request's storage",
        "advanced: response's storage",
        "advanced: run_app of a coroutine",
        "advanced: runner",
        "advanced: runner's cleanup",
        "advanced: show_index",
        "advanced: static",
        "advanced: stream is consumed",
        "advanced: stream is shared",
        "advanced: task alongside",
        "advanced: timeout_ceil_threshold",
        "advanced: url_for",
        "advanced: websocket shutdown",
        "advanced: websockets of an application",
        "advanced: wink",
        "faq: class with a session",
        "faq: cleanup context for a nested application",
        "faq: database",
        "faq: database of a nested application",
        "faq: local_addr",
        "faq: misbehaved middleware",
        "faq: module with a session",
        "faq: parallel event sources",
        "faq: prefix",
        "faq: program with uvloop",
        "faq: request",
        "faq: route table",
        "faq: terminating websockets",
        "faq: work after the response",
        "old: database",
        "old: local_addr",
        "old: parallel event sources",
        "old: prefix",
        "old: request",
        "old: service",
        "old: terminating websockets",
        "old: test of a service",
    }
)


@dataclass(frozen=True)
class Waiting:
    """What cannot be tested yet.

    Attributes:
        until: what has to be there.
        issue: the issue that it is part of; None where no issue has it yet.
        promises: promises of which nothing can be tested before; those that are kept in part are not listed.
        snippets: snippets that cannot be run before.
    """

    until: str
    issue: int | None
    promises: tuple[int, ...] = ()
    snippets: tuple[str, ...] = ()


WAITING: Final = (
    Waiting(
        until="distributions for developers: a toolbar, a server that reloads",
        issue=None,
        promises=(37,),
        snippets=("advanced: debug toolbar",),
    ),
)


def marked(folder: Path, mark: str) -> Iterator[object]:
    """Yield what the tests of a folder are marked with.

    Args:
        folder: the folder.
        mark: the name of the mark.
    """
    for path in sorted(folder.glob("test_*.py")):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name.startswith("test_"):
                for decorator in node.decorator_list:
                    if (
                        isinstance(decorator, ast.Call)
                        and ast.unparse(decorator.func) == f"pytest.mark.{mark}"
                    ):
                        yield from (ast.literal_eval(argument) for argument in decorator.args)


def violations(known: Collection[object], tested: Iterable[object], waiting: Iterable[object]) -> list[str]:
    """Return what is forgotten, unknown, or waits although it is tested."""
    tested, waiting = set(tested), list(waiting)
    found = [f"{each} has no test" for each in known if each not in tested and each not in waiting]
    found += [f"{each} is tested, and waits no more" for each in waiting if each in tested]
    found += [f"{each} is not listed" for each in (*sorted(tested, key=str), *waiting) if each not in known]
    found += [f"{each} waits twice" for each in sorted(set(waiting), key=str) if waiting.count(each) > 1]
    return found


def test_every_promise_has_a_test_or_waits() -> None:
    waiting = [number for each in WAITING for number in each.promises]
    assert violations(PROMISES, marked(HERE, "promise"), waiting) == []


def test_every_snippet_has_a_test_or_waits() -> None:
    waiting = [name for each in WAITING for name in each.snippets]
    assert violations(sorted(SNIPPETS), marked(HERE, "snippet"), waiting) == []


def test_no_promise_is_left_out() -> None:
    assert list(PROMISES) == list(range(1, 39))


def test_this_can_fail(tmp_path: Path) -> None:
    (tmp_path / "test_a.py").write_text(
        "@pytest.mark.promise(1, 5)\n@pytest.mark.slow\ndef test_a(): ...\n\n"
        "class TestA:\n    @pytest.mark.promise(2)\n    async def test_b(self): ...\n"
        "\n@pytest.mark.promise(3)\ndef no_test(): ...\n"
    )
    tested = list(marked(tmp_path, "promise"))
    assert sorted(map(str, tested)) == ["1", "2", "5"]
    assert violations({1, 2, 3, 4}, tested, [2, 4, 4]) == [
        "3 has no test",
        "2 is tested, and waits no more",
        "5 is not listed",
        "4 waits twice",
    ]
