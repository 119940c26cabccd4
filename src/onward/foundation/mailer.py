"""The only SMTP. Sends one mail or says why not; whoever calls keeps the intent and decides what follows."""

from __future__ import annotations

import base64
import smtplib
import ssl
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.utils import format_datetime, parseaddr

from django.conf import settings


class Undelivered(Exception):
    """Not sent. `permanent`: trying again will not help; `bounced`: the recipient was refused."""

    def __init__(self, problem: str, *, permanent: bool = False, bounced: bool = False) -> None:
        super().__init__(problem)
        self.problem = problem
        self.permanent = permanent
        self.bounced = bounced


@dataclass(frozen=True)
class File:
    """An attachment; `content` is base64."""

    name: str
    media_type: str
    content: str


@dataclass(frozen=True)
class Mail:
    """One mail to one person. `message_id` is "<...@...>" and stays the same however often it is tried."""

    message_id: str
    to_name: str
    to_mail: str
    subject: str
    text: str
    html: str
    written_at: datetime
    from_name: str = ""
    reply_to: str = ""
    ics: str = ""
    ics_method: str = ""
    files: Sequence[File] = field(default_factory=tuple)


def configured() -> bool:
    """Whether a mail server is set up."""
    return bool(settings.EMAIL_HOST)


def leaves(*, is_demo: bool) -> bool:
    """Whether what is written to an account's people is sent at all: a demo sends nothing."""
    return configured() and not is_demo


def host() -> str:
    """What stands to the right of the @ in our own ids: the host of the sender's address."""
    return parseaddr(settings.DEFAULT_FROM_EMAIL)[1].partition("@")[2] or "localhost"


def send(mail: Mail) -> None:
    """Hand the mail to the server. Raises Undelivered; anything that a later try may mend is not permanent."""
    try:
        message = build(mail)
    except (ValueError, IndexError) as error:
        raise Undelivered(f"the address cannot be used: {error}", permanent=True, bounced=True) from error
    try:
        with _connect() as server:
            server.send_message(message)
    except smtplib.SMTPRecipientsRefused as error:
        code, answer = next(iter(error.recipients.values()))
        raise _refused(code, answer, bounced=True) from error
    except smtplib.SMTPDataError as error:
        raise _refused(error.smtp_code, error.smtp_error, bounced=False) from error
    except (smtplib.SMTPException, OSError) as error:
        # Also a refused sender or password: that is the installation's to mend, and the mail then still goes out.
        raise Undelivered(f"the mail server could not be used: {type(error).__name__}: {error}"[:500]) from error


def build(mail: Mail) -> EmailMessage:
    """The mail as MIME: plain, HTML and calendar as alternatives, files after them."""
    name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    message = EmailMessage()
    message["From"] = Address(_one_line(mail.from_name) or name, addr_spec=address)
    message["To"] = Address(_one_line(mail.to_name), addr_spec=mail.to_mail)
    if mail.reply_to:
        message["Reply-To"] = Address(_one_line(mail.from_name), addr_spec=mail.reply_to)
    message["Subject"] = _one_line(mail.subject)
    message["Date"] = format_datetime(mail.written_at)
    message["Message-ID"] = mail.message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(mail.text)
    if mail.html:
        message.add_alternative(mail.html, subtype="html")
    if mail.ics:
        message.add_alternative(mail.ics, subtype="calendar", params={"method": mail.ics_method})
    for file in mail.files:
        kind, _, subtype = file.media_type.partition("/")
        content = base64.b64decode(file.content)
        message.add_attachment(content, maintype=kind, subtype=subtype or "octet-stream", filename=file.name)
    return message


def _connect() -> smtplib.SMTP:
    timeout = settings.EMAIL_TIMEOUT
    if settings.EMAIL_PORT == 465:
        server: smtplib.SMTP = smtplib.SMTP_SSL(
            settings.EMAIL_HOST, settings.EMAIL_PORT, timeout=timeout, context=ssl.create_default_context()
        )
    else:
        server = smtplib.SMTP(settings.EMAIL_HOST, settings.EMAIL_PORT, timeout=timeout)
        if settings.EMAIL_USE_TLS:
            server.starttls(context=ssl.create_default_context())
    if settings.EMAIL_HOST_USER:
        server.login(settings.EMAIL_HOST_USER, settings.EMAIL_HOST_PASSWORD)
    return server


def _refused(code: int, answer: bytes | str, *, bounced: bool) -> Undelivered:
    words = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)
    permanent = 500 <= code < 600
    return Undelivered(f"{code} {words}"[:500], permanent=permanent, bounced=bounced and permanent)


def _one_line(text: str) -> str:
    return " ".join(text.split())
