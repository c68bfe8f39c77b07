"""The short forms of a dossier: one fact each."""

import re
from typing import Any

from django import forms
from django.core.validators import EmailValidator

from seuil.actes.models import Sens, TypeActe
from seuil.actes.rules.types import SENS_PAR_TYPE
from seuil.dossiers.models import Bail, Coordonnee, SuiviSocial
from seuil.web.components.forms import DateField, FichierField, Formulaire, HeureField, MontantField


class ActeForm(Formulaire):
    """An act or a decision, as the paper says it."""

    type_acte = forms.ChoiceField(
        label="Nature de l’acte", choices=[("", "Choisissez"), *TypeActe.choices]
    )
    survenu_le = DateField(
        label="Date de l’acte",
        help_text="Jour de la signification, de l’audience ou de la décision.",
    )
    recu_le = DateField(
        label="Reçu par le préfet le", required=False,
        help_text="Pour une réquisition ou un commandement de quitter les lieux.",
    )  # fmt: skip
    sens = forms.ChoiceField(
        label="Sens de la décision",
        required=False,
        choices=[
            ("", "Sans objet"),
            *(
                (TypeActe(t).label, [(f"{t}.{s}", Sens(s).label) for s in sens])
                for t, sens in SENS_PAR_TYPE.items()
            ),
        ],
    )
    delai_annonce = forms.ChoiceField(
        label="Délai annoncé par le commandement de payer",
        required=False,
        choices=[("", "Non précisé"), ("2 mois", "2 mois"), ("6 semaines", "6 semaines")],
    )
    delai_jusqu_au = DateField(label="Délai ou report accordé jusqu’au", required=False)
    audience_le = DateField(label="Audience le", required=False)
    audience_heure = HeureField(label="Heure de l’audience", required=False)
    juridiction = forms.CharField(label="Juridiction", required=False, max_length=150)
    montant = MontantField(label="Montant réclamé (euros)", required=False)
    reference = forms.CharField(label="Référence de l’acte", required=False, max_length=60)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        type_acte, sens = data.get("type_acte"), data.get("sens")
        if sens:
            # Two kinds may bear the same sense: its choice says which kind it is of.
            kind, data["sens"] = sens.split(".", 1)
            if type_acte and kind != type_acte:
                self.add_error(
                    "sens",
                    "Ce sens ne correspond pas à la nature de l’acte : corrigez l’un des deux.",
                )
        return data


class DetteForm(Formulaire):
    """A dated amount of debt."""

    constatee_le = DateField(label="Dette constatée le", help_text="Date du décompte.")
    montant = MontantField(label="Montant (euros)", help_text="Exemple : 1 234,56")
    source = forms.CharField(
        label="Source", max_length=100, help_text="Qui l’a constatée : bailleur, CAF, ménage…"
    )


class AideForm(Formulaire):
    """The monthly housing aid, as a source states it."""

    constatee_le = DateField(label="Aide constatée le", help_text="Date de l’attestation.")
    montant = MontantField(
        label="Montant mensuel (euros)", help_text="0 si le ménage ne perçoit aucune aide."
    )
    tiers_payant = forms.ChoiceField(
        label="L’aide est versée",
        required=False,
        choices=[("oui", "au bailleur (tiers payant)"), ("non", "au ménage")],
        widget=forms.RadioSelect,
        help_text="Sans objet si le montant est 0.",
    )
    source = forms.CharField(
        label="Source", max_length=100, help_text="Qui l’a dit\N{NO-BREAK SPACE}: CAF, MSA, ménage…"
    )

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if data.get("montant") and not data.get("tiers_payant") and "tiers_payant" in data:
            self.add_error("tiers_payant", "Dites à qui l’aide est versée.")
        data["tiers_payant"] = bool(data.get("montant")) and data.get("tiers_payant") == "oui"
        return data


class BailForm(Formulaire):
    """What is known of the lease; an empty field says that it is not known."""

    signe_le = DateField(
        label="Signé le", required=False, help_text="Décide du délai pour payer après commandement."
    )
    reconduit_le = DateField(
        label="Renouvelé ou reconduit le", required=False, help_text="La dernière fois."
    )
    clause_duree = forms.ChoiceField(
        label="Délai écrit dans la clause résolutoire",
        required=False,
        choices=[("", "Non connu"), *((c, t) for c, t in Bail.Clause.choices if c)],
    )
    terme = forms.ChoiceField(
        label="Loyer payable", required=False, choices=[("", "Non connu"), *Bail.Terme.choices]
    )
    loyer = MontantField(
        label="Loyer mensuel hors charges (euros)",
        required=False,
        help_text="Exemple\N{NO-BREAK SPACE}: 550,00",
    )
    charges = MontantField(label="Charges mensuelles (euros)", required=False)
    # The lease as it was when the form was opened: another's correction is never written over.
    empreinte = forms.CharField(required=False, widget=forms.HiddenInput)


class SuiviForm(Formulaire):
    """What a social service says of the household; nothing of its content."""

    situation = forms.ChoiceField(
        label="Le ménage est", choices=SuiviSocial.Situation.choices, widget=forms.RadioSelect
    )
    service = forms.CharField(label="Service", required=False, max_length=120)
    mesure = forms.CharField(
        label="Mesure en cours", required=False, max_length=120,
        help_text="Son nom seulement (ASLL, MASP…), jamais son contenu.",
    )  # fmt: skip
    constate_le = DateField(label="Constaté le")
    source = forms.CharField(label="Source", max_length=100, help_text="Qui l’a dit.")


class CoordonneeForm(Formulaire):
    """A phone number or an e-mail address."""

    type = forms.ChoiceField(
        label="Nature", choices=Coordonnee.Type.choices, widget=forms.RadioSelect
    )
    valeur = forms.CharField(label="Numéro ou adresse", max_length=150)
    source = forms.CharField(label="Source", max_length=100, help_text="Qui l’a donnée.")

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        valeur = data.get("valeur", "")
        if data.get("type") == Coordonnee.Type.TELEPHONE and valeur:
            digits = re.sub(r"[\s.\-()]", "", valeur)
            if re.fullmatch(r"(\+|00)33\d{9}", digits):
                digits = "0" + digits[-9:]
            if not re.fullmatch(r"0\d{9}|\+\d{8,15}", digits):
                self.add_error("valeur", "Ce numéro n’est pas complet. Exemple : 05 56 00 00 00.")
            data["valeur"] = digits
        elif data.get("type") == Coordonnee.Type.COURRIEL and valeur:
            try:
                EmailValidator()(valeur)
            except forms.ValidationError:
                self.add_error("valeur", "Cette adresse n’est pas complète : nom@domaine.fr.")
            data["valeur"] = valeur.lower()
        return data


class DocumentForm(Formulaire):
    """A file to keep with the dossier."""

    nature = forms.ChoiceField(
        label="Nature du document",
        choices=[
            (n, n)
            for n in (
                "Acte", "Bail", "Décompte de dette", "Décision de justice", "Courrier",
                "Diagnostic social et financier", "Contrat d’engagement", "Autre",
            )
        ],
    )  # fmt: skip
    fichier = FichierField(
        label="Fichier",
        max_megabytes=10,
        help_text="PDF, JPEG ou PNG, 10 Mo au plus.",
        widget=forms.FileInput(attrs={"accept": ".pdf,.jpg,.jpeg,.png"}),
    )
