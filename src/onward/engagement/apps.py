from django.apps import AppConfig


class EngagementConfig(AppConfig):
    name = "onward.engagement"
    label = "engagement"
