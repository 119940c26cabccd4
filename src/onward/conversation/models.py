"""What people tell each other and hand over. Every row carries its account, as contacts may see the shared ones."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q

from onward.foundation.postgres import new_id

CHANNELS = [("internal", "Internal"), ("shared", "Shared")]
KINDS = [("file", "File"), ("link", "Link")]


class Piece(models.Model):
    """What a comment and a file have in common: where it stands, and who may see it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="+")
    journey = models.ForeignKey("journeys.Journey", on_delete=models.CASCADE, related_name="+")
    task = models.UUIDField(null=True)
    channel = models.TextField(choices=CHANNELS)
    created_at = models.DateTimeField()
    removed_at = models.DateTimeField(null=True)
    removed_by = models.TextField(default="")

    class Meta:
        abstract = True


class Comment(Piece):
    """`author` and `mentions` are persons by reference. A question stays open until `answered_at`."""

    author = models.TextField()
    text = models.TextField()
    mentions = ArrayField(models.TextField(), default=list)
    question = models.BooleanField(default=False)
    answered_at = models.DateTimeField(null=True)
    answered_by = models.TextField(default="")
    answer = models.UUIDField(null=True)
    edition = models.IntegerField(default=1)
    edited_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index("journey", "created_at", name="conversation_comment_journey"),
            models.Index(
                "account",
                "created_at",
                name="conversation_open_question",
                condition=Q(question=True, answered_at=None, removed_at=None),
            ),
        ]
        constraints = [
            models.CheckConstraint(name="comment_channel", condition=Q(channel__in=["internal", "shared"])),
            models.CheckConstraint(name="comment_question_shared", condition=Q(question=False) | Q(channel="shared")),
            models.CheckConstraint(
                name="comment_contact_shared", condition=Q(channel="shared") | ~Q(author__startswith="contact:")
            ),
        ]


class CommentVersion(models.Model):
    """What a comment said before it was edited."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="+")
    comment = models.ForeignKey("conversation.Comment", on_delete=models.CASCADE, related_name="+")
    edition = models.IntegerField()
    text = models.TextField()
    written_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint("comment", "edition", name="comment_version_once")]


class Mention(models.Model):
    """A colleague is called; open until they have seen it."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="+")
    comment = models.ForeignKey("conversation.Comment", on_delete=models.CASCADE, related_name="+")
    user = models.ForeignKey("identity.User", on_delete=models.CASCADE, related_name="+")
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index("user", name="conversation_mention_open", condition=Q(seen_at=None))]
        constraints = [models.UniqueConstraint("comment", "user", name="mention_once")]


class File(Piece):
    """A file, or a link that stands beside files. `width` and `height` are set for images that were verified; `comment`
    is what it was sent with."""

    kind = models.TextField(choices=KINDS, default="file")
    comment = models.UUIDField(null=True)
    name = models.TextField()
    url = models.TextField(default="")
    media_type = models.TextField(default="")
    size = models.BigIntegerField(default=0)
    sha256 = models.TextField(default="")
    width = models.IntegerField(null=True)
    height = models.IntegerField(null=True)
    added_by = models.TextField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index("journey", "created_at", name="conversation_file_journey"),
            models.Index(
                "removed_at", name="conversation_file_removed", condition=Q(removed_at__isnull=False, erased_at=None)
            ),
        ]
        constraints = [
            models.CheckConstraint(name="file_channel", condition=Q(channel__in=["internal", "shared"])),
            models.CheckConstraint(
                name="file_contact_shared", condition=Q(channel="shared") | ~Q(added_by__startswith="contact:")
            ),
        ]


class FileContent(models.Model):
    """The bytes, apart: lists of files never load them."""

    file = models.OneToOneField("conversation.File", primary_key=True, on_delete=models.CASCADE, related_name="+")
    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="+")
    content = models.BinaryField()
