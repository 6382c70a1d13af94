"""The guest book's page."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from string import Template

from .guestbook import MESSAGE_LIMIT, NAME_LIMIT, Entry

_PAGE = Template("""\
<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Tidewire guest book</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; margin: 0; background: #f3f7f8; color: #12303a; }
  main { max-width: 40rem; margin: 0 auto; padding: 2rem 1rem 4rem; }
  h1 { margin: 0 0 .25rem; } header p { margin: 0 0 1.5rem; color: #4c6a73; }
  form, article { background: #fff; border: 1px solid #d5e2e6; border-radius: .5rem; padding: 1rem; }
  form { display: grid; gap: .5rem; margin-bottom: 1.5rem; }
  input, textarea { font: inherit; padding: .5rem; border: 1px solid #b7cbd1; border-radius: .25rem; }
  button { font: inherit; padding: .5rem 1rem; border: 0; border-radius: .25rem; color: #fff; background: #0b6b82;
    justify-self: start; }
  article { margin-bottom: .75rem; } article p { margin: .25rem 0 0; white-space: pre-wrap; }
  article footer { color: #4c6a73; font-size: .85rem; } #error { color: #a11; margin: 0; }
</style>
</head>
<body>
<main>
<header><h1>Guest book</h1><p>Served by Tidewire.</p></header>
<form method="post" action="/">
  <label for="name">Name</label>
  <input id="name" name="name" required maxlength="$name_limit">
  <label for="message">Message</label>
  <textarea id="message" name="message" required maxlength="$message_limit" rows="3"></textarea>
  <button>Sign</button>
  <p id="error" role="alert"></p>
</form>
<section id="entries" aria-label="Entries">$entries</section>
</main>
<script>
const form = document.querySelector("form");
form.addEventListener("submit", async (event) => {
  event.preventDefault();
  const entry = Object.fromEntries(new FormData(form));
  const answer = await fetch("/api/entries", {
    method: "POST", headers: {"Content-Type": "application/json"}, body: JSON.stringify(entry),
  });
  document.getElementById("error").textContent = answer.ok ? "" : await answer.text();
  if (answer.ok) location.reload();
});
</script>
</body>
</html>
""")

_ENTRY = Template("""
<article>
  <footer><strong>$name</strong> &middot; <time datetime="$written">$written</time></footer>
  <p>$message</p>
</article>""")


def render_page(entries: Sequence[Entry]) -> str:
    """The page with the form and the newest entries."""
    articles = [
        _ENTRY.substitute(
            name=escape(entry.name),
            message=escape(entry.message),
            written=f"{entry.written:%Y-%m-%d %H:%M} UTC",
        )
        for entry in entries
    ]
    return _PAGE.substitute(
        name_limit=NAME_LIMIT,
        message_limit=MESSAGE_LIMIT,
        entries="".join(articles) or "<p>Nobody has signed yet. Be the first.</p>",
    )
