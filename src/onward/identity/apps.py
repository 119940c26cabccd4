from django.apps import AppConfig


class IdentityConfig(AppConfig):
    name = "onward.identity"
    label = "identity"
