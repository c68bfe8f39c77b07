"""Pages shown when something is refused or fails; they say what to do, never why inside."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return render(request, "erreurs/404.html", status=404)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    return render(request, "erreurs/403.html", status=403)


def server_error(request: HttpRequest) -> HttpResponse:
    return render(request, "erreurs/500.html", status=500)
