"""The page of a service, with a form to try it."""

import html
import json
from typing import Any

_PAGE = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>{title}</title><link rel="icon" href="data:,">
<style>
:root {{ color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }}
body {{ max-width: 44rem; margin: 2rem auto; padding: 0 1rem; }}
textarea {{ width: 100%; min-height: 12rem; font: 14px/1.4 ui-monospace, monospace; box-sizing: border-box; }}
pre {{ white-space: pre-wrap; overflow-wrap: anywhere; border-left: 3px solid #1f6fb2; padding-left: 1rem; }}
button {{ font: inherit; padding: .4rem 1.2rem; }}
</style></head><body>
<h1>{title}</h1>
<p>Send rows as JSON to <code>POST /predict</code>. <a href="openapi.json">The description of requests and answers</a>.</p>
<form id="form"><label for="rows">Rows</label>
<textarea id="rows" spellcheck="false">{example}</textarea>
{token}
<p><button>Predict</button></p></form>
<pre id="answer" aria-live="polite"></pre>
<script>
document.getElementById("form").addEventListener("submit", async (event) => {{
  event.preventDefault();
  const headers = {{"Content-Type": "application/json"}};
  const token = document.getElementById("token");
  if (token) headers.Authorization = "Bearer " + token.value;
  const answer = document.getElementById("answer");
  try {{
    const reply = await fetch("predict", {{method: "POST", headers, body: document.getElementById("rows").value}});
    const found = await reply.json();
    answer.textContent = found.error || JSON.stringify(found, null, 2);
  }} catch (error) {{ answer.textContent = "No answer: " + error; }}
}});
</script></body></html>
"""
_TOKEN = '<p><label for="token">Token</label> <input id="token" type="password" autocomplete="off"></p>'


def page_of(title: str, example: Any, asks_token: bool) -> str:
    """The page, whole, with nothing from outside."""
    shown = html.escape(json.dumps(example, indent=2, ensure_ascii=False))
    return _PAGE.format(title=html.escape(title), example=shown, token=_TOKEN if asks_token else "")
