"""What identity stores: the organization, its people, and every way in. Secrets are stored as digests only."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Lower

from onward.foundation.postgres import new_id


class Organization(models.Model):
    """The company that runs this installation: one row. `holidays` is a place like "DE-BY"; `closed_days` are spans
    (identity/decisions/calendars.py)."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    is_only = models.BooleanField(default=True, unique=True, editable=False)
    name = models.CharField(max_length=200, default="")
    zone = models.CharField(max_length=64, default="UTC")
    working_week = models.JSONField(default=list)
    accent = models.CharField(max_length=32, default="", blank=True)
    first_admin_at = models.DateTimeField(null=True)
    is_demo = models.BooleanField(default=False)
    settings = models.JSONField(default=dict)
    holidays = models.CharField(max_length=40, default="", db_default="", blank=True)
    closed_days = models.JSONField(default=list, db_default=[])
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(is_only=True), name="organization_is_only")]


class Logo(models.Model):
    """The picture beside the organization's name: one, checked when it came."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    is_only = models.BooleanField(default=True, unique=True, editable=False)
    media_type = models.CharField(max_length=40)
    content = models.BinaryField()
    version = models.CharField(max_length=16)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.CheckConstraint(condition=Q(is_only=True), name="logo_is_only")]


class User(AbstractBaseUser):
    """An employee of the organization. Without a mail they own work and cannot sign in until invited. `photo` is the
    version of their picture, "" for none; `share` is how much of their time onboarding has, in percent."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=200)
    mail = models.CharField(max_length=254, null=True, unique=True)
    role = models.CharField(max_length=40, default="member")
    team = models.CharField(max_length=120, default="", blank=True)
    region = models.CharField(max_length=120, default="", blank=True)
    manager = models.ForeignKey("identity.User", null=True, on_delete=models.SET_NULL, related_name="+")
    external_id = models.CharField(max_length=200, null=True, unique=True)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    invited_at = models.DateTimeField(null=True)
    joined_at = models.DateTimeField(null=True)
    preferences = models.JSONField(default=dict, db_default={})
    booking_url = models.CharField(max_length=300, default="", db_default="", blank=True)
    photo = models.CharField(max_length=16, default="", db_default="", blank=True)
    days_off = models.JSONField(default=list, db_default=[])
    share = models.PositiveSmallIntegerField(default=100, db_default=100)
    created_at = models.DateTimeField()

    objects = BaseUserManager()

    USERNAME_FIELD = "mail"
    EMAIL_FIELD = "mail"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name"]

    class Meta:
        indexes = [models.Index(Lower("name"), name="identity_user_name")]
        constraints = [models.CheckConstraint(condition=Q(mail=Lower(F("mail"))), name="user_mail_is_lower")]


class Photo(models.Model):
    """A colleague's face, checked when it came."""

    user = models.OneToOneField("identity.User", primary_key=True, on_delete=models.CASCADE, related_name="+")
    media_type = models.CharField(max_length=40)
    content = models.BinaryField()
    version = models.CharField(max_length=16)
    created_at = models.DateTimeField()


class Role(models.Model):
    """Rights under a name of the organization's own, beside the four that are built in."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    key = models.CharField(max_length=40, unique=True)
    title = models.CharField(max_length=60)
    rights = models.JSONField(default=list)
    created_at = models.DateTimeField()


class Session(models.Model):
    """A browser of a colleague, or (without user) one on its way in. The cookie holds the key, this row its digest."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    digest = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey("identity.User", null=True, on_delete=models.CASCADE, related_name="+")
    data = models.TextField()
    device = models.CharField(max_length=200, default="", blank=True)
    address = models.CharField(max_length=60, default="", blank=True)
    by = models.CharField(max_length=40, default="", blank=True)
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField(db_index=True)


class Factor(models.Model):
    """What a colleague has beside their mail or password: an authenticator app (sealed secret) or a passkey."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey("identity.User", on_delete=models.CASCADE, related_name="+")
    kind = models.CharField(max_length=8, choices=[("totp", "Authenticator app"), ("passkey", "Passkey")])
    name = models.CharField(max_length=80)
    secret = models.TextField(default="", blank=True)
    credential = models.TextField(null=True, unique=True)
    public_key = models.TextField(default="", blank=True)
    sign_count = models.BigIntegerField(default=0)
    is_synced = models.BooleanField(default=False)
    last_step = models.BigIntegerField(null=True)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="totp", credential__isnull=True) | Q(kind="passkey", credential__isnull=False),
                name="factor_is_of_one_kind",
            ),
            models.UniqueConstraint(fields=["user"], condition=Q(kind="totp"), name="factor_one_app_a_person"),
        ]


class RecoveryCode(models.Model):
    """The way back in for who has lost their factor: ten, each once, stored as slow digests."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey("identity.User", on_delete=models.CASCADE, related_name="+")
    salt = models.CharField(max_length=32)
    digest = models.CharField(max_length=64)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class Provider(models.Model):
    """The organization's own sign-in, by OpenID Connect: one row. The client secret is sealed."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    is_only = models.BooleanField(default=True, unique=True, editable=False)
    title = models.CharField(max_length=60)
    issuer = models.CharField(max_length=300)
    client_id = models.CharField(max_length=300)
    secret = models.TextField(default="", blank=True)
    domains = models.JSONField(default=list)
    role = models.CharField(max_length=40, default="member")
    claim = models.CharField(max_length=80, default="", blank=True)
    role_map = models.JSONField(default=dict)
    trusts_factor = models.BooleanField(default=False)
    is_on = models.BooleanField(default=True)
    changed_at = models.DateTimeField()


class ExternalIdentity(models.Model):
    """Who a colleague is at the provider: its issuer and its name for them, never their mail address."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    user = models.ForeignKey("identity.User", on_delete=models.CASCADE, related_name="+")
    issuer = models.CharField(max_length=300)
    subject = models.CharField(max_length=300)
    created_at = models.DateTimeField()
    used_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["issuer", "subject"], name="external_identity_once")]


class SignInCode(models.Model):
    """Six digits sent by mail: 30 minutes, 5 tries. A contact is named by id alone: accounts lie above identity."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=8, choices=[("staff", "Staff"), ("contact", "Contact")])
    user = models.ForeignKey("identity.User", null=True, on_delete=models.CASCADE, related_name="+")
    contact_id = models.UUIDField(null=True)
    salt = models.CharField(max_length=32)
    digest = models.CharField(max_length=64)
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["user", "-created_at"], name="identity_code_user"),
            models.Index(fields=["contact_id", "-created_at"], name="identity_code_contact"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="staff", user__isnull=False, contact_id__isnull=True)
                | Q(kind="contact", user__isnull=True, contact_id__isnull=False),
                name="code_names_one_person",
            )
        ]


class Link(models.Model):
    """A way in that is used once: 128 bits, 30 minutes, stored as a digest."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=8, choices=[("first", "First"), ("invite", "Invite"), ("contact", "Contact")])
    digest = models.CharField(max_length=64, unique=True)
    user = models.ForeignKey("identity.User", null=True, on_delete=models.CASCADE, related_name="+")
    contact_id = models.UUIDField(null=True, db_index=True)
    made_by = models.CharField(max_length=80)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)


class ContactSession(models.Model):
    """A contact's signed-in browser; the cookie holds the token, this row its digest."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    digest = models.CharField(max_length=64, unique=True)
    contact_id = models.UUIDField(db_index=True)
    device = models.CharField(max_length=200, default="", blank=True)
    created_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    expires_at = models.DateTimeField(db_index=True)
    revoked_at = models.DateTimeField(null=True)


class ApiKey(models.Model):
    """A machine's way in: scoped, may expire, shown once, stored as a digest."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=120)
    hint = models.CharField(max_length=16)
    digest = models.CharField(max_length=64, unique=True)
    scopes = models.JSONField(default=list)
    made_by = models.CharField(max_length=80)
    created_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True)
    used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)
