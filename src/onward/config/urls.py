"""Which door answers where. The raw paths (/v1/, /live, ...) are taken by config/wsgi.py before Django."""

from django.urls import include, path

urlpatterns = [
    path("api/v1/", include("onward.interfaces.api.urls")),
    path("portal/", include("onward.interfaces.portal.urls")),
    path("", include("onward.interfaces.live.people")),
    path("", include("onward.interfaces.console.urls")),
]

handler400 = "onward.interfaces.ui.errors.bad_request"
handler403 = "onward.interfaces.ui.errors.forbidden"
handler404 = "onward.interfaces.ui.errors.not_found"
handler500 = "onward.config.overload.broken"
