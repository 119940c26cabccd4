"""Markdown of playbooks and people as safe HTML, and those who are called in it marked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from html import unescape

import nh3
from markdown_it import MarkdownIt
from markupsafe import Markup, escape

from onward.conversation.decisions import called

TAGS = {"p", "h2", "h3", "h4", "ul", "ol", "li", "strong", "em", "a", "code", "pre", "blockquote", "hr", "br"}
REL = "noopener noreferrer nofollow"
_MARKDOWN = MarkdownIt("commonmark", {"html": False, "breaks": True})
# Two signs that nobody types: between them stands the number of the one who is called.
_OPEN, _SHUT = "\ue000", "\ue001"
_NUMBER = re.compile(f"{_OPEN}(\\d+){_SHUT}")


def markdown(source: str) -> Markup:
    """Headings start at the third level: the page has its own above. Links open nothing but web and mail."""
    html = _MARKDOWN.render(source).replace("<h1>", "<h3>").replace("</h1>", "</h3>")
    return Markup(nh3.clean(html, tags=TAGS, attributes={"a": {"href"}}, attribute_filter=_leads_out, link_rel=REL))


def _leads_out(tag: str, attribute: str, value: str) -> str | None:
    """Whole addresses alone: "//x" would lead out in disguise, "/x" to a page of ours that nobody meant."""
    if attribute != "href":
        return value
    return value if re.match(r"https?://[^/\\\s]|mailto:", value, re.IGNORECASE) else None


def plain(source: str) -> str:
    """The words alone, in one line, for where only the beginning is shown."""
    return " ".join(unescape(nh3.clean(_MARKDOWN.render(source), tags=set())).split())


def said(source: str, people: Mapping[str, str]) -> Markup:
    """What somebody wrote in a conversation. `people` are those who are called in it, name by reference."""
    text = source.replace(_OPEN, "").replace(_SHUT, "")
    names: list[str] = []
    out, last = [], 0
    for one in called(text, people.items()):
        out += [text[last : one.start], f"{_OPEN}{len(names)}{_SHUT}"]
        names.append(one.name)
        last = one.end
    html = str(markdown("".join([*out, text[last:]])))
    marked = _NUMBER.sub(lambda hit: f'<strong class="called">@{escape(names[int(hit[1])])}</strong>', html)
    return Markup(marked)
