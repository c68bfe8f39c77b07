"""The rules of passwords, as Django's own machinery calls them."""

from django.contrib.auth.password_validation import CommonPasswordValidator
from django.core.exceptions import ValidationError

from seuil.acteurs.models import Agent
from seuil.connexions.rules import LONGUEUR, why_weak


class MotDePasseValidator:
    """Refuse what is short, common, or drawn from the person's own words, in French."""

    def __init__(self) -> None:
        # Django ships the twenty thousand commonest; ours, in French, come beside.
        self.repandus = frozenset(CommonPasswordValidator().passwords)

    def validate(self, password: str, user: Agent | None = None) -> None:
        mots = (user.nom, user.prenom, user.courriel, user.organisation.nom) if user else ()
        reason = why_weak(mot_de_passe=password, mots=mots, repandus=self.repandus)
        if reason:
            raise ValidationError(reason, code="mot_de_passe_faible")

    def get_help_text(self) -> str:
        return (
            f"{LONGUEUR} caractères au moins. Quatre ou cinq mots sans rapport entre eux font un"
            " bon mot de passe, facile à retenir."
        )
