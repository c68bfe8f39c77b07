"""Forms of a mandate: answer, assign, report, contract, extension, closure."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.forms import BaseFormSet
from django.http import QueryDict

from seuil.accompagnements.models import Demarche, Mandat, Prolongation, Rapport
from seuil.accompagnements.rules.mandats import ClotureSaisie, DemarcheSaisie, ReponseSaisie
from seuil.acteurs.models import Agent, Role
from seuil.web.components.forms import DateField, Formulaire
from seuil.web.nombres import read_nombre

ACCEPTE, REFUSE = Mandat.Reponse.ACCEPTE.value, Mandat.Reponse.REFUSE.value
# Who takes charge → the role it takes.
_REFERENTS = {"referent_social": Role.TRAVAILLEUR_SOCIAL, "referent_juridique": Role.JURISTE}


class ReponseForm(Formulaire):
    """Accept or refuse a dossier: simple or complex, or of what kind of refusal and why."""

    reponse = forms.ChoiceField(
        label="Votre réponse",
        widget=forms.RadioSelect,
        choices=[(ACCEPTE, "Accepter le dossier"), (REFUSE, "Refuser le dossier")],
    )
    complexite = forms.ChoiceField(
        label="Si vous acceptez, la situation paraît",
        choices=[("", "Pas encore connu"), *Mandat.Complexite.choices[1:]],
        required=False,
        help_text="Simple : évaluation à quatre semaines. Complexe : à huit semaines.",
    )
    nature = forms.ChoiceField(
        label="Si vous refusez, pourquoi",
        choices=[("", "Choisir"), *Mandat.NatureRefus.choices[1:]],
        required=False,
    )
    motif = forms.CharField(
        label="Précision sur le refus",
        max_length=300,
        required=False,
        help_text="À remplir seulement en cas de refus. Le secrétariat le lira.",
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("reponse") == REFUSE:
            if not data.get("motif"):
                self.add_error("motif", "Dites pourquoi le dossier est refusé.")
            if not data.get("nature"):
                self.add_error("nature", "Choisissez la raison du refus.")
        return data

    @property
    def accepte(self) -> bool:
        """Tell whether the dossier is accepted."""
        return bool(self.cleaned_data["reponse"] == ACCEPTE)

    def read(self) -> dict[str, Any]:
        data = self.cleaned_data
        if self.accepte:
            return {"saisie": ReponseSaisie(accepte=True, complexite=data["complexite"])}
        saisie = ReponseSaisie(accepte=False, nature=data["nature"], motif=data["motif"])
        return {"saisie": saisie}


class ComplexiteForm(Formulaire):
    """Simple or complex: when the evaluation is due."""

    complexite = forms.ChoiceField(
        label="La situation est",
        widget=forms.RadioSelect,
        choices=Mandat.Complexite.choices[1:],
        help_text="Simple : évaluation à quatre semaines. Complexe : à huit semaines.",
    )


class VeilleForm(Formulaire):
    """Since when the démarches are over."""

    veille_le = DateField(label="Démarches terminées le")


class DemandeProlongationForm(Formulaire):
    """Why the follow-up must last more than six months."""

    motif = forms.CharField(
        label="Pourquoi l’accompagnement doit continuer",
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=300,
        help_text="La CCAPEX le lira en ouverture de séance.",
    )


class AffectationForm(Formulaire):
    """Who takes charge of the household: a worker, a jurist, or both."""

    referent_social = forms.ChoiceField(label="Référent social", required=False)
    referent_juridique = forms.ChoiceField(label="Référent juridique", required=False)

    def __init__(
        self, *args: Any, equipe: Iterable[Agent], charge: Mapping[str, int], **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.equipe = {str(a.pk): a for a in equipe}
        for name, role in _REFERENTS.items():
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [
                ("", "Personne"),
                *(
                    (pk, f"{a} — {charge.get(str(a), 0)} en cours")
                    for pk, a in self.equipe.items()
                    if a.role == role
                ),
            ]

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if not data.get("referent_social") and not data.get("referent_juridique"):
            raise forms.ValidationError("Choisissez au moins une personne.")
        return data

    def read(self) -> dict[str, Any]:
        return {name: self.equipe.get(self.cleaned_data[name]) for name in _REFERENTS}


class RapportForm(Formulaire):
    """What the operator reports to the DDETS."""

    genre = forms.ChoiceField(
        label="Nature du rapport", widget=forms.RadioSelect, choices=Rapport.Genre.choices
    )
    texte = forms.CharField(
        label="Ce qui a été engagé, ce qui reste à faire",
        widget=forms.Textarea(attrs={"rows": 8}),
        max_length=4000,
        help_text="Le secrétariat de la CCAPEX le lira. Rien sur la santé ni la vie privée.",
    )
    rendu_le = DateField(label="Rendu le")


class ContratForm(Formulaire):
    """The contract: its day and what it aims at."""

    objectif = forms.CharField(
        label="Objectif partagé avec le ménage",
        max_length=300,
        help_text="Par exemple : « rester dans le logement, avec un plan tenu depuis trois mois ».",
    )
    signe_le = DateField(label="Signé le")


class DemarcheForm(Formulaire):
    """One démarche of the contract."""

    genre = forms.ChoiceField(label="Démarche", choices=[("", "Choisir"), *Demarche.Genre.choices])
    objectif = forms.CharField(label="Objectif de la démarche", max_length=300)
    acteur = forms.ChoiceField(
        label="Qui la fait", choices=[("", "Choisir"), *Demarche.Acteur.choices]
    )
    pour_le = DateField(label="Pour le")

    def read(self) -> dict[str, Any]:
        return {"saisie": DemarcheSaisie(**self.cleaned_data)}


DEMARCHES_MAX = 20


class _Demarches(BaseFormSet):  # type: ignore[type-arg]  # not subscriptable when it runs
    """The démarches of a contract; what is refused is said in the words of the page."""

    default_error_messages = {
        "missing_management_form": "La page est incomplète : rechargez-la et recommencez.",
        "too_few_forms": "Remplissez au moins une démarche.",
        "too_many_forms": f"Un contrat compte {DEMARCHES_MAX} démarches au plus.",
    }


DemarcheFormSet = forms.formset_factory(
    DemarcheForm,
    formset=_Demarches,
    extra=0,
    min_num=1,
    validate_min=True,
    max_num=DEMARCHES_MAX,
    validate_max=True,
    # What is sent says how many forms are drawn: a few bytes would ask for a thousand.
    absolute_max=DEMARCHES_MAX + 1,
)


def read_lines(data: QueryDict) -> "BaseFormSet[DemarcheForm]":
    """Return the démarches as typed; lines left wholly empty after the first are ignored."""
    typed = data.copy()
    # Lines shown again by `more_lines` are no more obligatory than new ones.
    typed["demarches-INITIAL_FORMS"] = "0"
    return DemarcheFormSet(typed, prefix="demarches")


def more_lines(data: QueryDict) -> "tuple[ContratForm, BaseFormSet[DemarcheForm]]":
    """Return the contract as typed, unchecked, with one more empty démarche."""
    prefix = "demarches"
    typed = data.get(f"{prefix}-TOTAL_FORMS", "0")
    count = min(read_nombre(typed) or 0, DEMARCHES_MAX - 1)
    names = tuple(DemarcheForm.base_fields)
    lines = [{n: data.get(f"{prefix}-{i}-{n}", "") for n in names} for i in range(count)]
    form = ContratForm(initial={name: data.get(name, "") for name in ContratForm.base_fields})
    return form, DemarcheFormSet(initial=[*lines, {}], prefix=prefix)


class FinDemarcheForm(Formulaire):
    """How a démarche ended."""

    etat = forms.ChoiceField(
        label="La démarche est",
        widget=forms.RadioSelect,
        choices=[(e.value, e.label) for e in (Demarche.Etat.FAITE, Demarche.Etat.ABANDONNEE)],
    )
    terminee_le = DateField(label="Depuis le")


class ProlongationForm(Formulaire):
    """The CCAPEX's opinion beyond six months."""

    avis = forms.ChoiceField(
        label="Avis de la CCAPEX", widget=forms.RadioSelect, choices=Prolongation.Avis.choices[1:]
    )
    avis_le = DateField(label="Rendu à la séance du")
    jusqu_au = DateField(
        label="Poursuite jusqu’au",
        required=False,
        help_text="Seulement si l’accompagnement se poursuit.",
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if "avis" not in data or "jusqu_au" not in data:
            return data
        pursued = data["avis"] == Prolongation.Avis.POURSUITE
        jusqu_au, avis_le = data["jusqu_au"], data.get("avis_le")
        if pursued and not jusqu_au:
            self.add_error("jusqu_au", "Donnez le dernier jour de la poursuite.")
        elif pursued and avis_le and jusqu_au <= avis_le:
            self.add_error("jusqu_au", "La poursuite va au-delà de la séance.")
        elif not pursued and jusqu_au:
            self.add_error(
                "jusqu_au", "Cette date n’a de sens que si l’accompagnement se poursuit."
            )
        return data


class ClotureForm(Formulaire):
    """Why the follow-up ends, and how it ended for the household."""

    motif = forms.ChoiceField(
        label="Motif de la clôture", choices=[("", "Choisir"), *Mandat.MotifCloture.choices]
    )
    denouement = forms.ChoiceField(
        label="Dénouement pour le ménage", choices=[("", "Choisir"), *Mandat.Denouement.choices]
    )
    clos_le = DateField(label="Clos le")
    notifie_le = DateField(
        label="Fin notifiée au ménage le",
        required=False,
        help_text="Le jour où le courrier ou le message de fin lui a été envoyé.",
    )
    rapports_manquants = forms.CharField(
        label="Si un rapport dû n’est pas rendu, pourquoi",
        max_length=300,
        required=False,
        help_text="Le secrétariat de la CCAPEX le lira.",
    )

    def read(self) -> dict[str, Any]:
        return {"saisie": ClotureSaisie(**self.cleaned_data)}
