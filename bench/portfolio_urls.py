"""The product's addresses, and the floor: the same stack and layout around an empty page."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.template import engines
from django.urls import path

from onward.config.urls import handler404, handler500
from onward.config.urls import urlpatterns as product

EMPTY = """{% extends "ui/console.html" %}{% block content %}<h1>Hello</h1>{% endblock %}"""
_template = engines["jinja2"].from_string(EMPTY)


def floor(request: HttpRequest) -> HttpResponse:
    """Nothing but the page around."""
    return HttpResponse(_template.render({}, request))


urlpatterns = [path("floor", floor), *product]
__all__ = ["handler404", "handler500", "urlpatterns"]
