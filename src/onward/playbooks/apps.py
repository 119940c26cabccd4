from django.apps import AppConfig


class PlaybooksConfig(AppConfig):
    name = "onward.playbooks"
    label = "playbooks"
