"""What a Django view with the ORM would be: default middleware, json, bulk_create, a commit a request, no rollup."""

from __future__ import annotations

import json
import os
from urllib.parse import parse_qs, unquote, urlsplit

import django
from django.conf import settings

where = urlsplit(os.environ["DATABASE_URL"])
settings.configure(
    SECRET_KEY="bench",
    ALLOWED_HOSTS=["*"],
    ROOT_URLCONF=__name__,
    DATA_UPLOAD_MAX_MEMORY_SIZE=None,
    USE_TZ=True,
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions"],
    MIDDLEWARE=[
        "django.middleware.security.SecurityMiddleware",
        "django.contrib.sessions.middleware.SessionMiddleware",
        "django.middleware.common.CommonMiddleware",
        "django.middleware.csrf.CsrfViewMiddleware",
        "django.contrib.auth.middleware.AuthenticationMiddleware",
        "django.middleware.clickjacking.XFrameOptionsMiddleware",
    ],
    DATABASES={
        "default": {
            "ENGINE": "django.db.backends.postgresql",
            "NAME": where.path.lstrip("/"),
            "USER": unquote(where.username or ""),
            "PASSWORD": unquote(where.password or ""),
            "HOST": parse_qs(where.query)["host"][0],
            "CONN_MAX_AGE": None,
        }
    },
)
django.setup()

from django.core.wsgi import get_wsgi_application  # noqa: E402
from django.db import models  # noqa: E402
from django.http import HttpRequest, JsonResponse  # noqa: E402
from django.urls import path  # noqa: E402
from django.views.decorators.csrf import csrf_exempt  # noqa: E402


class Event(models.Model):
    message_id = models.UUIDField(primary_key=True)
    account = models.TextField()
    person = models.TextField()
    name = models.TextField()
    at = models.DateTimeField()
    properties = models.JSONField()

    class Meta:
        app_label = "bench"
        db_table = "bench_event"
        managed = False


@csrf_exempt
def batch(request: HttpRequest) -> JsonResponse:
    """Store a batch."""
    made = [
        Event(
            message_id=e["messageId"], account=e["context"]["groupId"], person=e["userId"], name=e["event"],
            at=e["timestamp"], properties=e["properties"],
        )
        for e in json.loads(request.body)["batch"]
    ]  # fmt: skip
    Event.objects.bulk_create(made, ignore_conflicts=True)
    return JsonResponse({"success": True})


urlpatterns = [path("v1/batch", batch)]
app = get_wsgi_application()
