"""What accounts stores. What a contact may see carries its account, so that one policy can bound it."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVector
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower

from onward.foundation.postgres import new_id

SEGMENTS = [
    ("self_serve", "Self-serve"),
    ("mid_market", "Mid-market"),
    ("enterprise", "Enterprise"),
    ("strategic", "Strategic"),
]
COMPLEXITIES = [
    ("simple", "Simple"),
    ("standard", "Standard"),
    ("complex", "Complex"),
    ("very_complex", "Very complex"),
]
ACCOUNT_STATES = [("prospect", "Prospect"), ("onboarding", "Onboarding"), ("active", "Active"), ("left", "Left")]
DEAL_STATES = [("open", "Open"), ("won", "Won"), ("lost", "Lost")]
GIVEN = [("rule", "By the rules"), ("given", "Given by a person")]


class Product(models.Model):
    """What the organization sells."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=200)
    external_id = models.CharField(max_length=200, null=True, unique=True)
    series = models.CharField(max_length=120, default="", blank=True)
    price = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, default="USD")
    is_demo = models.BooleanField(default=False)
    fields = models.JSONField(default=dict)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(Lower("name"), name="product_name")]


class Account(models.Model):
    """The company being onboarded. `group_id` is its id in the organization's own product (Segment's groupId);
    `practice_url` is where its people may try things out without harm."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    name = models.CharField(max_length=200)
    external_id = models.CharField(max_length=200, null=True, unique=True)
    group_id = models.CharField(max_length=200, null=True, unique=True)
    segment = models.CharField(max_length=32, choices=SEGMENTS, default="self_serve")
    segment_from = models.CharField(max_length=8, choices=GIVEN, default="rule")
    arr = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    arr_is_given = models.BooleanField(default=False)
    currency = models.CharField(max_length=3, default="USD")
    seats = models.PositiveIntegerField(null=True)
    complexity = models.CharField(max_length=16, choices=COMPLEXITIES, null=True)
    complexity_factor = models.DecimalField(max_digits=5, decimal_places=2, default=1)
    factor_is_given = models.BooleanField(default=False)
    industry = models.CharField(max_length=120, default="", blank=True)
    region = models.CharField(max_length=120, default="", blank=True)
    country = models.CharField(max_length=120, default="", blank=True)
    language = models.CharField(max_length=35, default="", blank=True)
    zone = models.CharField(max_length=64, default="", blank=True)
    working_week = models.JSONField(default=list, db_default=[])
    holidays = models.CharField(max_length=40, default="", db_default="", blank=True)
    closed_days = models.JSONField(default=list, db_default=[])
    practice_url = models.CharField(max_length=500, default="", db_default="", blank=True)
    owner = models.ForeignKey("identity.User", null=True, on_delete=models.SET_NULL, related_name="+")
    state = models.CharField(max_length=16, choices=ACCOUNT_STATES, default="prospect")
    fields = models.JSONField(default=dict)
    is_demo = models.BooleanField(default=False)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(Lower("name"), "id", name="accounts_account_name"),
            models.Index(fields=["owner", "state"], name="accounts_account_owner"),
            GinIndex(SearchVector("name", config="simple"), name="accounts_account_words"),
        ]


class Contact(models.Model):
    """A person at the account. `roles` are stakeholder roles; `product_user_id` is their id in the product.

    `invited_by` is the colleague who brought them, or "listed" for one who came by a listed address.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=200)
    mail = models.CharField(max_length=254, null=True)
    roles = ArrayField(models.CharField(max_length=40), default=list)
    title = models.CharField(max_length=120, default="", blank=True)
    external_id = models.CharField(max_length=200, null=True, unique=True)
    product_user_id = models.CharField(max_length=200, null=True, db_index=True)
    language = models.CharField(max_length=35, default="", blank=True)
    zone = models.CharField(max_length=64, default="", blank=True)
    preferences = models.JSONField(default=dict)
    invited_by = models.CharField(max_length=80, default="", db_default="", blank=True)
    is_demo = models.BooleanField(default=False)
    revoked_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(Lower("mail"), name="accounts_contact_mail"),
            GinIndex(SearchVector("name", config="simple"), name="accounts_contact_words"),
        ]
        constraints = [
            models.UniqueConstraint(
                "account", Lower("mail"), condition=Q(mail__isnull=False), name="contact_mail_once_an_account"
            )
        ]


class PortalRules(models.Model):
    """What holds for every customer's portal: one row. The secret of embedding is sealed, never in the clear."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    is_only = models.BooleanField(default=True, unique=True, editable=False)
    level = models.CharField(max_length=12, default="verified")
    inviters = models.CharField(max_length=12, default="champions")
    ancestors = ArrayField(models.CharField(max_length=300), default=list)
    embed_secret = models.TextField(default="", blank=True)
    embed_made_at = models.DateTimeField(null=True)


class Workspace(models.Model):
    """How one account's portal is entered. `level` "" is the organization's default; the link is kept as a digest."""

    account = models.OneToOneField("accounts.Account", primary_key=True, on_delete=models.CASCADE, related_name="+")
    level = models.CharField(max_length=12, default="", blank=True)
    listed = ArrayField(models.CharField(max_length=320), default=list)
    link_digest = models.CharField(max_length=64, null=True, unique=True)
    link_made_at = models.DateTimeField(null=True)
    link_made_by = models.CharField(max_length=80, default="", blank=True)

    class Meta:
        indexes = [GinIndex(fields=["listed"], name="accounts_workspace_listed")]


class Guest(models.Model):
    """Who gave an address to see a plan, and when: nothing was verified."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey("accounts.Account", on_delete=models.CASCADE, related_name="+")
    mail = models.CharField(max_length=254)
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["account", "mail"], name="guest_once_an_account")]


class EmbedUse(models.Model):
    """A token of an embedding that was used: it is not used twice. Kept until it would have expired anyway."""

    digest = models.CharField(max_length=64, primary_key=True)
    expires_at = models.DateTimeField(db_index=True)


class Deal(models.Model):
    """A sale. Product and owner keep the name as it was sent beside the match, so that nothing is guessed away.

    `announced_at` is when its DealWon fact was written: null on a won deal means that the fact is still owed.
    """

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    account = models.ForeignKey("accounts.Account", null=True, on_delete=models.CASCADE, related_name="+")
    external_id = models.CharField(max_length=200, null=True, unique=True)
    name = models.CharField(max_length=300)
    product = models.ForeignKey("accounts.Product", null=True, on_delete=models.SET_NULL, related_name="+")
    product_as_sent = models.CharField(max_length=200, default="", blank=True)
    owner = models.ForeignKey("identity.User", null=True, on_delete=models.SET_NULL, related_name="+")
    owner_as_sent = models.CharField(max_length=200, default="", blank=True)
    stage = models.CharField(max_length=120, default="", blank=True)
    state = models.CharField(max_length=8, choices=DEAL_STATES, default="open")
    amount = models.DecimalField(max_digits=16, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, default="USD")
    opened_on = models.DateField(null=True)
    closed_on = models.DateField(null=True)
    signed_at = models.DateTimeField(null=True)
    contract_start = models.DateField(null=True)
    renewal_on = models.DateField(null=True)
    fields = models.JSONField(default=dict)
    is_demo = models.BooleanField(default=False)
    announced_at = models.DateTimeField(null=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField()
    updated_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["account", "-signed_at"], name="accounts_deal_account"),
            models.Index(fields=["account"], condition=Q(state="won", announced_at=None), name="accounts_deal_owed"),
            models.Index(Lower("name"), name="accounts_deal_name"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(state="won") | Q(account__isnull=False, signed_at__isnull=False),
                name="deal_won_has_account_and_date",
            )
        ]


class SegmentRule(models.Model):
    """An account whose ARR is above the threshold (exclusive) belongs here; the highest that fits wins."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    segment = models.CharField(max_length=32, choices=SEGMENTS, unique=True)
    above = models.DecimalField(max_digits=16, decimal_places=2, null=True, unique=True)


class DurationTable(models.Model):
    """How long onboardings should take, from a moment on. Rows are only added: a journey keeps the one in force when it
    opened. `table` is decisions.targets.DurationTargets.table(); `by` the reference of who put it in force."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    number = models.PositiveIntegerField(unique=True)
    since = models.DateTimeField(db_index=True)
    by = models.CharField(max_length=80)
    table = models.JSONField()


class ImportRun(models.Model):
    """One import: what was uploaded, how it was read, how far it has come, and its figures."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    kind = models.CharField(max_length=16)
    file_name = models.CharField(max_length=255)
    content = models.BinaryField(null=True)
    mapping = models.JSONField(default=dict)
    options = models.JSONField(default=dict)
    state = models.CharField(max_length=12, default="preview")
    problem = models.TextField(default="", blank=True)
    total = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    opened = models.PositiveIntegerField(default=0)
    changed = models.PositiveIntegerField(default=0)
    unchanged = models.PositiveIntegerField(default=0)
    warnings = models.PositiveIntegerField(default=0)
    errors = models.PositiveIntegerField(default=0)
    announced = models.PositiveIntegerField(default=0)
    made_by = models.ForeignKey("identity.User", null=True, on_delete=models.SET_NULL, related_name="+")
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["due_at"], condition=Q(state="queued"), name="accounts_import_due")]


class ImportProblem(models.Model):
    """One thing wrong in one row, with its mend."""

    id = models.UUIDField(primary_key=True, default=new_id, editable=False)
    run = models.ForeignKey("accounts.ImportRun", on_delete=models.CASCADE, related_name="+")
    row = models.PositiveIntegerField()
    column = models.CharField(max_length=200, default="", blank=True)
    level = models.CharField(max_length=8)
    code = models.CharField(max_length=40)
    value = models.CharField(max_length=300, default="", blank=True)
    message = models.TextField()
    mend = models.TextField(default="", blank=True)

    class Meta:
        indexes = [models.Index(fields=["run", "row"], name="accounts_problem_row")]
