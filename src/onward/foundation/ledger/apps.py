from django.apps import AppConfig


class LedgerConfig(AppConfig):
    name = "onward.foundation.ledger"
    label = "ledger"
