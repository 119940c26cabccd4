"""A mail from markdown with placeholders: a plain part that reads well, and an HTML part in our look.

Values never become markup: they are escaped before markdown is read, and the result passes a list of allowed tags.
Many mail programs know no style sheets, so each tag carries its own style; those that do know one find the dark colors
and the phone's measures in it. Nothing depends on an image.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from html import escape

import nh3
from markdown_it import MarkdownIt

from onward.identity.decisions.accent import accent_of, hexadecimal
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
ON_FILL = "#fafcfc"
DARK_PAPER, DARK_GROUND, DARK_RULE, DARK_INK, DARK_INK_2 = "#101c21", "#071014", "#243137", "#e7eeef", "#b1bdbf"
DARK_ON_FILL = "#0a161b"
OURS = ("#0a596e", "#6abecf")
FONT = "'Radio Canada','Helvetica Neue',Arial,sans-serif"
STYLES = {
    "h1": "font-size:27px;line-height:36px;font-weight:500;margin:0 0 20px;letter-spacing:-.01em",
    "h2": "font-size:16px;line-height:24px;font-weight:600;margin:28px 0 8px;padding-bottom:4px;"
    f"border-bottom:1px solid {INK}",
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
    logo: str = "",
    why: str = "",
    sender: str = "",
) -> Letter:
    """Fill the placeholders and render both parts. Refusal "invalid" names a placeholder that does not exist.

    `vendor` heads the mail beside its `logo` (an address), `accent` is its color as "#rrggbb" (made readable; ours
    otherwise), `why` ends it: why the reader has it.
    """
    unknown = unknown_placeholders(subject + source, {*PLACEHOLDERS, *values})
    if unknown:
        known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        raise invalid(f"The text names {{{unknown[0]}}}, which does not exist.", mend=f"These do: {known}.")
    plain = _plain(_fill(source, values, escaped=False))
    signed = f"\n\n{sender}" if sender else ""
    closing = f"\n\n--\n{why}" if why else ""
    own = accent_of(accent)
    colors = (hexadecimal(own.light), hexadecimal(own.dark)) if own else OURS
    # A mail opens with a sentence: its own heading, else its subject.
    opened = source if source.lstrip().startswith("# ") else f"# {subject}\n\n{source}"
    body = _html(_fill(opened, values, escaped=True), colors[0])
    return Letter(
        " ".join(_fill(subject, values, escaped=False).split())[:200],
        plain.strip() + signed + closing + "\n",
        _page(body, vendor=vendor, colors=colors, logo=logo, why=why, sender=sender),
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
        f"display:inline-block;background:{accent};color:{ON_FILL};font-weight:600;text-decoration:none;"
        "padding:12px 22px;border-radius:4px"
    )
    # The first link that is a paragraph of its own is the one thing to do.
    html = re.sub(r"(<p [^>]*>)<a (?=[^>]*>[^<]*</a></p>)", rf'\1<a class="go" style="{button}" ', html, count=1)
    return re.sub(r"<a href", f'<a style="color:{accent}" href', html)


def _sheet(dark: str) -> str:
    """What a mail program that reads style sheets adds: the dark colors, and a phone's measures."""
    return (
        ":root{color-scheme:light dark;supported-color-schemes:light dark}"
        "@media (max-width:640px){.in{padding-left:16px!important;padding-right:16px!important}"
        "a.go{display:block!important;text-align:center}.around{padding:0!important}"
        ".paper{border-left:0!important;border-right:0!important}}"
        "@media (prefers-color-scheme:dark){"
        f"body,.ground{{background:{DARK_GROUND}!important}}"
        f".paper{{background:{DARK_PAPER}!important;border-color:{DARK_RULE}!important;color:{DARK_INK}!important}}"
        f".paper .vendor{{border-color:{dark}!important}}.paper h2{{border-color:{DARK_INK}!important}}"
        f".paper blockquote,.paper hr{{border-color:{DARK_RULE}!important}}"
        f".paper code{{background:{DARK_GROUND}!important}}.paper a{{color:{dark}!important}}"
        f".paper a.go{{background:{dark}!important;color:{DARK_ON_FILL}!important}}"
        f".paper .why{{color:{DARK_INK_2}!important;border-color:{DARK_RULE}!important}}}}"
    )


def _page(body: str, *, vendor: str, colors: tuple[str, str], logo: str, why: str, sender: str) -> str:
    inner = "padding-left:40px;padding-right:40px"
    signature = (
        f'<tr><td class="in" style="{inner};padding-bottom:24px;font-weight:600">{escape(sender)}</td></tr>'
        if sender
        else ""
    )
    footer = (
        f'<tr><td class="in" style="{inner};padding-bottom:28px"><div class="why" style="border-top:1px solid {RULE};'
        f'padding-top:14px;font-size:14px;line-height:20px;color:{INK_2}">{escape(why)}</div></td></tr>'
        if why
        else ""
    )
    # The name stands beside it, so nothing is missing where images are not shown.
    drawn = (
        f'<img src="{escape(logo)}" height="28" alt="" style="height:28px;width:auto;vertical-align:middle;'
        'border:0;margin-right:12px">'
        if logo
        else ""
    )
    return (
        '<!doctype html><html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">'
        '<meta name="supported-color-schemes" content="light dark">'
        f"<title>{escape(vendor)}</title><style>{_sheet(colors[1])}</style></head>"
        f'<body style="margin:0;background:{GROUND};color:{INK};font:16px/24px {FONT}">'
        '<table role="presentation" class="ground" width="100%" cellspacing="0" cellpadding="0" '
        f'style="background:{GROUND}"><tr><td class="around" align="center" style="padding:24px 8px">'
        '<table role="presentation" class="paper" width="100%" cellspacing="0" cellpadding="0" '
        f'style="max-width:600px;background:{PAPER};border:1px solid {RULE};color:{INK};text-align:left">'
        f'<tr><td class="in vendor" style="{inner};padding-top:18px;padding-bottom:18px;font-weight:600;'
        f'border-bottom:4px solid {colors[0]}">'
        f"{drawn}{escape(vendor)}</td></tr>"
        f'<tr><td class="in" style="{inner};padding-top:28px;padding-bottom:8px">{body}</td></tr>'
        f"{signature}{footer}</table></td></tr></table></body></html>\n"
    )
