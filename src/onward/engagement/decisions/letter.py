"""A mail from markdown with placeholders: a plain part that reads well, and an HTML part in our look.

Values never become markup: they are escaped before markdown is read, and the result passes a list of allowed tags.
Mail programs know no style sheets, so each tag carries its own style.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from html import escape

import nh3
from markdown_it import MarkdownIt

from onward.kernel.refusals import invalid

PLACEHOLDERS = {
    "account.name": "the account's name",
    "organization.name": "the organization's name",
    "person.name": "the recipient's name",
    "person.first_name": "the recipient's first name",
    "sender.name": "the name of who writes",
    "sender.first_name": "their first name",
    "owner.name": "the name of who drives the onboarding",
    "owner.first_name": "their first name",
    "journey.title": "the onboarding's title",
    "playbook.title": "the playbook's title",
    "task.title": "the task's title",
    "task.due": "when the task is due",
    "kickoff.link": "the address of the kickoff call",
    "goal": "what this customer wants to reach, in their words",
    "link.portal": "the address of the portal",
    "link.plan": "the address of the plan in the portal",
    "link.task": "the address of the task in the portal",
    "quote": "words that somebody wrote, as a quotation of its own lines",
}

PAPER, GROUND, RULE, INK, INK_2 = "#fbfdfd", "#e5eeee", "#d4dfe0", "#0b2129", "#3a5058"
OURS = "#0a596e"
FONT = "'Radio Canada','Helvetica Neue',Arial,sans-serif"
STYLES = {
    "h1": "font-size:27px;line-height:36px;font-weight:500;margin:0 0 20px;letter-spacing:-.01em",
    "h2": f"font-size:16px;line-height:24px;font-weight:600;margin:28px 0 8px;border-bottom:1px solid {INK}",
    "h3": "font-size:16px;line-height:24px;font-weight:600;margin:20px 0 4px",
    "p": "margin:0 0 16px",
    "ul": "margin:0 0 16px;padding:0 0 0 20px",
    "ol": "margin:0 0 16px;padding:0 0 0 20px",
    "li": "margin:0 0 6px",
    "blockquote": f"margin:0 0 16px;padding:0 0 0 16px;border-left:4px solid {RULE};font-size:17px;line-height:25px",
    "hr": f"border:0;border-top:1px solid {RULE};margin:24px 0",
    "code": f"font-family:monospace;background:{GROUND};padding:0 4px",
}
TAGS = {"h1", "h2", "h3", "p", "ul", "ol", "li", "blockquote", "hr", "code", "strong", "em", "a", "br"}

_PLACEHOLDER = re.compile(r"\{([a-z_]+(?:\.[a-z_]+)*)\}")
_MARKUP = re.compile(r"([\\`*_{}\[\]<>()#+!|~&.-])")
MARKED = r"\\\1"
_MARKDOWN = MarkdownIt("commonmark", {"html": False})


@dataclass(frozen=True)
class Letter:
    """A message ready to be kept and sent."""

    subject: str
    text: str
    html: str


def unknown_placeholders(source: str, known: Collection[str] = PLACEHOLDERS) -> list[str]:
    """The placeholders in a text that nothing fills, in order."""
    return [name for name in dict.fromkeys(_PLACEHOLDER.findall(source)) if name not in known]


def compose(
    subject: str,
    source: str,
    values: Mapping[str, str],
    *,
    vendor: str,
    accent: str = "",
    why: str = "",
    sender: str = "",
) -> Letter:
    """Fill the placeholders and render both parts. Refusal "invalid" names a placeholder that does not exist.

    `vendor` heads the mail, `accent` is its color as "#rrggbb" (ours otherwise), `why` ends it: why the reader has it.
    """
    unknown = unknown_placeholders(subject + source, {*PLACEHOLDERS, *values})
    if unknown:
        known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        raise invalid(f"The text names {{{unknown[0]}}}, which does not exist.", mend=f"These do: {known}.")
    plain = _plain(_fill(source, values, escaped=False))
    signed = f"\n\n{sender}" if sender else ""
    closing = f"\n\n--\n{why}" if why else ""
    color = accent if re.fullmatch(r"#[0-9a-fA-F]{6}", accent) else OURS
    # A mail opens with a sentence: its own heading, else its subject.
    opened = source if source.lstrip().startswith("# ") else f"# {subject}\n\n{source}"
    body = _html(_fill(opened, values, escaped=True), color)
    return Letter(
        " ".join(_fill(subject, values, escaped=False).split())[:200],
        plain.strip() + signed + closing + "\n",
        _page(body, vendor=vendor, accent=color, why=why, sender=sender),
    )


def _fill(source: str, values: Mapping[str, str], *, escaped: bool) -> str:
    def value(found: re.Match[str]) -> str:
        if found[1] == "quote":
            lines = values.get("quote", "").strip().splitlines()
            return "\n".join(f"> {_MARKUP.sub(MARKED, line)}  " if escaped else f"> {line}" for line in lines)
        text = " ".join(values.get(found[1], "").split())
        if not escaped:
            return text
        if found[1].partition(".")[0] == "link" or found[1].endswith(".link"):
            # Inside [words](…) as it is; on its own it becomes a link.
            return text if found.string[: found.start()].endswith("](") or not text else f"<{text}>"
        return _MARKUP.sub(MARKED, text)

    return _PLACEHOLDER.sub(value, source)


def _plain(source: str) -> str:
    text = re.sub(r"\[([^\]\n]+)\]\(([^)\s]+)\)", r"\1: \2", source)
    text = re.sub(r"^#{1,6}\s+", "", text, flags=re.MULTILINE)
    return re.sub(r"(\*\*|__)(\S(?:.*?\S)?)\1", r"\2", text)


def _html(source: str, accent: str) -> str:
    html = nh3.clean(
        _MARKDOWN.render(source),
        tags=TAGS,
        attributes={"a": {"href"}},
        url_schemes={"https", "http", "mailto"},
        link_rel="noopener",
    )
    for tag, style in STYLES.items():
        html = re.sub(rf"<{tag}(?=[\s>/])", f'<{tag} style="{style}"', html)
    button = (
        f"display:inline-block;background:{accent};color:#ffffff;font-weight:600;text-decoration:none;"
        "padding:12px 22px;border-radius:4px"
    )
    # A link that is a paragraph of its own is the one thing to do.
    html = re.sub(r"(<p [^>]*>)<a (?=[^>]*>[^<]*</a></p>)", rf'\1<a style="{button}" ', html)
    return re.sub(r"<a href", f'<a style="color:{accent}" href', html)


def _page(body: str, *, vendor: str, accent: str, why: str, sender: str) -> str:
    inner = "padding-left:40px;padding-right:40px"
    signature = (
        f'<tr><td style="{inner};padding-bottom:24px;font-weight:600">{escape(sender)}</td></tr>' if sender else ""
    )
    footer = (
        f'<tr><td style="{inner};padding-bottom:28px"><div style="border-top:1px solid {RULE};padding-top:14px;'
        f'font-size:14px;line-height:20px;color:{INK_2}">{escape(why)}</div></td></tr>'
        if why
        else ""
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light">'
        f"<title>{escape(vendor)}</title></head>"
        f'<body style="margin:0;background:{GROUND};color:{INK};font:16px/24px {FONT}">'
        f'<table role="presentation" width="100%" cellspacing="0" cellpadding="0" style="background:{GROUND}"><tr>'
        '<td align="center" style="padding:24px 8px">'
        f'<table role="presentation" width="100%" cellspacing="0" cellpadding="0" style="max-width:640px;'
        f'background:{PAPER};border:1px solid {RULE};text-align:left">'
        f'<tr><td style="{inner};padding-top:18px;padding-bottom:18px;font-weight:600;'
        f'border-bottom:4px solid {accent}">'
        f"{escape(vendor)}</td></tr>"
        f'<tr><td style="{inner};padding-top:28px;padding-bottom:8px">{body}</td></tr>'
        f"{signature}{footer}</table></td></tr></table></body></html>\n"
    )
