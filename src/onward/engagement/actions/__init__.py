"""What is changed in the outbox: messages are written with the change that causes them, and settled afterwards."""

from onward.engagement.actions.delivery import claim_messages, deliver, resend_message, settle_message
from onward.engagement.actions.forgetting import forget_demo
from onward.engagement.actions.invites import cancel_invite, send_invite
from onward.engagement.actions.visits import note_visit
from onward.engagement.actions.writing import send_code, send_message, send_packet

__all__ = [
    "cancel_invite",
    "claim_messages",
    "deliver",
    "forget_demo",
    "note_visit",
    "resend_message",
    "send_code",
    "send_invite",
    "send_message",
    "send_packet",
    "settle_message",
]
