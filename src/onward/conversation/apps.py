from django.apps import AppConfig


class ConversationConfig(AppConfig):
    name = "onward.conversation"
    label = "conversation"
