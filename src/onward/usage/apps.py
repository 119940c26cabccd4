from django.apps import AppConfig


class UsageConfig(AppConfig):
    name = "onward.usage"
    label = "usage"
