"""A report as an HTML page: one file that needs no network, with all text escaped."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from functoria.fleet.table import Table
from functoria.printable import shown

_STYLE = """
:root { color-scheme: light dark; }
body { font: 15px/1.5 system-ui, sans-serif; margin: 2rem; }
table { border-collapse: collapse; }
th, td { text-align: left; vertical-align: top; padding: .25rem .75rem; border-bottom: 1px solid #8884; }
td:first-child { white-space: nowrap; }
th { position: sticky; top: 0; background: Canvas; }
tr.failed td:nth-child(2), tr.breaks td:nth-child(2), tr.no td:nth-child(2) { color: #c0392b; font-weight: 600; }
tr.done td:nth-child(2), tr.yes td:nth-child(2) { color: #1e8449; }
"""


def page(title: str, table: Table, summary: str, notes: Iterable[tuple[str, str]] = ()) -> str:
    """Return the page of a table, with a title and a summary line. The second column determines the style of a row.

    Below the table are `notes`, each a heading and lines of text.
    """
    head = "".join(f"<th scope=col>{_text(column.replace('_', ' '))}</th>" for column in table.columns)
    rows = "\n".join(
        f'<tr class="{escape(row[1])}">' + "".join(f"<td>{_text(cell)}</td>" for cell in row) + "</tr>"
        for row in table.texts()
    )
    below = "".join(
        f"<h2>{_text(heading)}</h2>\n<pre>" + "\n".join(map(_text, text.split("\n"))) + "</pre>\n"
        for heading, text in notes
    )
    return f"""<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<meta name="viewport" content="width=device-width">
<title>{_text(title)}</title>
<style>{_STYLE}</style>
</head>
<body>
<h1>{_text(title)}</h1>
<p>{_text(summary)}</p>
<table>
<thead><tr>{head}</tr></thead>
<tbody>
{rows}
</tbody>
</table>
{below}</body>
</html>
"""


def _text(text: str) -> str:
    return escape(shown(text))
