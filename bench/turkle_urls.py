"""The addresses of the Turkle that is measured. Read by Turkle's Python alone."""

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("turkle.urls")),
    path("", include("django.contrib.auth.urls")),
    path("admin/", admin.site.urls),
]
