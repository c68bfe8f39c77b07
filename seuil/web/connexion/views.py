"""Sign in, sign out."""

from django.conf import settings
from django.contrib.auth.views import LoginView, LogoutView

from seuil.acteurs.queries import list_comptes_demo
from seuil.web.access import public
from seuil.web.connexion.forms import ConnexionForm


class _Connexion(LoginView):
    authentication_form = ConnexionForm
    template_name = "connexion/connexion.html"
    redirect_authenticated_user = True

    def get_context_data(self, **kwargs):
        comptes = list_comptes_demo() if settings.SEUIL_DEMO else []
        return super().get_context_data(comptes=comptes, **kwargs)


connexion = public(_Connexion.as_view())
deconnexion = public(LogoutView.as_view(http_method_names=["post", "options"]))
