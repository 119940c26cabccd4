"""URLs of the customer's door."""

from django.urls import URLPattern, URLResolver, path

from onward.interfaces.portal import (
    accent,
    colleagues,
    embed,
    handing,
    home,
    meeting,
    preview,
    signing,
    space,
    tasks,
    wins,
)
from onward.interfaces.portal.conversation_urls import urlpatterns as _CONVERSATION

urlpatterns: list[URLPattern | URLResolver] = [
    path("", home.start, name="portal"),
    path("accent.css", accent.sheet, name="portal_accent"),
    path("logo", accent.logo, name="portal_logo"),
    path("sign-in", signing.sign_in, name="portal_sign_in"),
    path("sign-out", signing.sign_out, name="portal_sign_out"),
    path("enter/<str:secret>", signing.enter, name="portal_enter"),
    path("journeys/<str:journey>", home.home, name="portal_home"),
    path("journeys/<str:journey>/plan", home.plan, name="portal_plan"),
    path("journeys/<str:journey>/people", home.people, name="portal_people"),
    path("journeys/<str:journey>/colleagues", colleagues.invite, name="portal_colleagues"),
    path("journeys/<str:journey>/log/<str:entry>/confirmation", wins.confirm, name="portal_win"),
    path("people/<str:user>/photo", home.photo, name="portal_photo"),
    path("depth", colleagues.depth, name="portal_depth"),
    path("space/<str:secret>", space.space, name="portal_space"),
    path("embed", embed.embed, name="portal_embed"),
    path("embed/ready", embed.ready, name="portal_embed_ready"),
    path("embed/tab", embed.tab, name="portal_embed_tab"),
    path("tasks/<str:task>/colleague", handing.colleague, name="portal_colleague"),
    path("tasks/<str:task>/meeting.ics", meeting.download, name="portal_meeting"),
    path("tasks/<str:task>", tasks.show, name="portal_task"),
    path("tasks/<str:task>/completion", tasks.complete, name="portal_complete"),
    path("tasks/<str:task>/reopening", tasks.reopen, name="portal_reopen"),
    path("tasks/<str:task>/answers", tasks.answer, name="portal_answer"),
    path("tasks/<str:task>/steps/<str:step>", tasks.step, name="portal_step"),
    *_CONVERSATION,
    path("preview/<str:journey>", preview.home, name="portal_preview"),
    path("preview/<str:journey>/plan", preview.plan, name="portal_preview_plan"),
    path("preview/<str:journey>/people", preview.people, name="portal_preview_people"),
    path("preview/<str:journey>/conversation", preview.conversation, name="portal_preview_conversation"),
    path("preview/<str:journey>/documents", preview.documents, name="portal_preview_documents"),
    path("preview/<str:journey>/tasks/<str:task>", preview.show, name="portal_preview_task"),
    path("<path:rest>", home.nothing, name="portal_nothing"),
]
