"""Markdown of playbooks and people as safe HTML."""

from __future__ import annotations

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup

TAGS = {"p", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "a", "code", "pre", "blockquote", "hr", "br"}
_MARKDOWN = MarkdownIt("commonmark", {"html": False, "breaks": True})


def markdown(source: str) -> Markup:
    """Headings start at the third level: the page has its own above. Links open nothing but web and mail."""
    html = _MARKDOWN.render(source).replace("<h1>", "<h3>").replace("</h1>", "</h3>")
    clean = nh3.clean(html, tags=TAGS, attributes={"a": {"href"}}, url_schemes={"https", "http", "mailto"})
    return Markup(clean)
