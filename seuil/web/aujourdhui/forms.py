"""What the day is reduced to, as its address says it."""

from collections.abc import Mapping
from uuid import UUID

from django import forms

from seuil.accompagnements.queries.mandats import list_equipe
from seuil.acteurs.models import Agent, Role
from seuil.acteurs.queries import list_communes
from seuil.travail.queries import Filtres
from seuil.travail.rules.aujourdhui import Groupe
from seuil.travail.rules.genres import GENRES
from seuil.web.components.forms import ChoixField, Formulaire, make_choix

JOURS = (("1", "demain"), ("7", "7 jours"), ("15", "15 jours"), ("42", "6 semaines"))
CHAMPS = ("groupe", "genre", "devoir", "commune", "personne", "jours")
# Who works with others on the same households.
_EN_EQUIPE = (Role.CHEF_EQUIPE, Role.TRAVAILLEUR_SOCIAL, Role.JURISTE)


class JourForm(Formulaire):
    """The filters of the day, all optional."""

    filtre = True

    groupe = ChoixField(label="Liste", required=False, choices=[(g, g) for g in Groupe])
    genre = ChoixField(
        label="Nature", required=False,
        choices=[("", "Toutes"), *((code, g.libelle) for code, g in GENRES.items())],
    )  # fmt: skip
    devoir = forms.CharField(label="Devoir", required=False, max_length=30)
    commune = ChoixField(label="Commune", required=False)
    personne = ChoixField(label="Personne", required=False)
    jours = ChoixField(
        label="Audience ou délai dans", required=False, choices=[("", "Indifférent"), *JOURS]
    )

    def __init__(self, data: Mapping[str, str], *, agent: Agent) -> None:
        super().__init__({name: data.get(name, "") for name in CHAMPS})
        communes = list_communes(agent=agent)
        self.fields["commune"].choices = make_choix("Toutes", communes)  # type: ignore[attr-defined]
        self.communes = dict(communes)
        team = list_equipe(agent=agent) if agent.role in _EN_EQUIPE else ()
        people = tuple((str(a.pk), f"{a.prenom} {a.nom}") for a in team)
        self.fields["personne"].choices = make_choix("Toutes", people)  # type: ignore[attr-defined]
        self.personnes = dict(people)

    def read_filtres(self) -> Filtres:
        """Return what is asked; what is not understood is left out, and `errors` says it."""
        self.is_valid()
        said = self.cleaned_data
        return Filtres(
            groupe=Groupe(said.get("groupe") or Groupe.A_MOI),
            genre=said.get("genre") or "",
            devoir=said.get("devoir") or "",
            commune=said.get("commune") or "",
            personne=UUID(said["personne"]) if said.get("personne") else None,
            jours=int(said["jours"]) if said.get("jours") else None,
        )
