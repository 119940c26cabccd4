from django.apps import AppConfig


class ConfigConfig(AppConfig):
    name = "onward.config"
    label = "config"

    def ready(self) -> None:
        from onward.config import wiring

        wiring.connect()
