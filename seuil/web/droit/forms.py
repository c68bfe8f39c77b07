"""Forms of the law: filters, a calculation without dossier, a parameter file to try."""

import re
from collections.abc import Mapping
from datetime import date
from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile

from seuil.engines import droit
from seuil.kernel.texte import fold_alphabet
from seuil.web.components.forms import ChoixField, DateField, FichierField, Formulaire

_DELAI = "2 mois, 6 semaines, 3 mois…"
# Formula → what else than its start fact decides of the date.
_CHAMPS: Mapping[str, tuple[str, ...]] = {
    "clause_resolutoire": ("bail", "clause", "reconduit_le", "renouvele_le", "delai_annonce"),
    "deux_mois_cql": ("prefet_saisi_le", "deux_mois"),
    "refus_implicite": ("cql_recu_le",),
    "responsabilite": ("cql_recu_le", "refus_le", "delais_jusqu_au"),
    "execution": ("prefet_saisi_le", "deux_mois", "delais_jusqu_au", "cfp_le"),
}
# What one types for « two months, suppressed ».
_SUPPRIMES = {"supprimes", "supprime", "suppression"}
FICHIER_MAX_BYTES = 200_000
_NOM = re.compile(r"([A-Za-z0-9_-]{1,20})( ?\(\d+\))?\.ya?ml")


class FiltresForm(Formulaire):
    """Which rules to show."""

    filtre = True

    texte = forms.CharField(
        label="Mot, règle ou article", required=False, help_text="Exemple : trêve, A1, L412-6."
    )
    certitude = ChoixField(
        label="Certitude",
        required=False,
        choices=[
            ("", "Toutes"),
            ("to_check", "À vérifier"),
            ("contested", "Discutée"),
            ("sure", "Certaine"),
        ],
    )


class CalculForm(Formulaire):
    """The facts that a rule asks, without any dossier."""

    geste = ("de calculer", "calculé")
    depuis = DateField(bornee=False, label="Date du fait de départ")
    bail = DateField(bornee=False, label="Bail signé le", required=False)
    nature_bail = ChoixField(
        label="Nature du bail",
        required=False,
        choices=[("", "Non connue"), *((n, t.capitalize()) for n, t in droit.NATURES.items())],
    )
    clause = forms.CharField(
        label="Délai écrit dans la clause", required=False, max_length=20, help_text=_DELAI
    )
    reconduit_le = DateField(bornee=False, label="Bail reconduit tacitement le", required=False)
    renouvele_le = DateField(bornee=False, label="Bail renouvelé par écrit le", required=False)
    delai_annonce = forms.CharField(
        label="Délai annoncé par le commandement", required=False, max_length=20, help_text=_DELAI
    )
    prefet_saisi_le = DateField(bornee=False, label="Préfet saisi le", required=False)
    deux_mois = forms.CharField(
        label="Deux mois, selon le juge",
        required=False,
        max_length=20,
        help_text="S’il en a décidé : « supprimés », ou la durée fixée, « 1 mois », « 5 mois ».",
    )
    cql_recu_le = DateField(
        bornee=False, label="Commandement de quitter reçu par le préfet le", required=False
    )
    refus_le = DateField(bornee=False, label="Refus exprès du concours le", required=False)
    delais_jusqu_au = DateField(bornee=False, label="Délais du juge jusqu’au", required=False)
    cfp_le = DateField(bornee=False, label="Concours accordé le", required=False)
    bailleur = ChoixField(
        label="Bailleur",
        required=False,
        choices=[("", "Non connu"), *((b, t.capitalize()) for b, t in droit.BAILLEURS.items())],
    )
    domicile = forms.CharField(
        label="Domicile de qui fait recours",
        required=False,
        max_length=8,
        help_text="Code de son département, ou etranger.",
    )
    aj_demandee_le = DateField(
        bornee=False, label="Aide juridictionnelle demandée le", required=False
    )
    aj_depart_le = DateField(
        bornee=False,
        label="Délai reparti le",
        required=False,
        help_text="Décision d’aide définitive, ou désignation de l’avocat plus tardive.",
    )
    notifie_le = DateField(bornee=False, label="Décision notifiée le", required=False)
    departement = forms.CharField(
        label="Département",
        required=False,
        max_length=3,
        help_text="Son code : 33, 2A, 974. Il choisit les jours fériés et les durées locales.",
    )

    def __init__(self, regle: droit.Regle, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.regle = regle
        kept = {"depuis", "departement", *_CHAMPS.get(regle.formule, ())}
        if regle.bailleur or any(v.bailleur for w in regle.versions for v in w.variantes):
            kept.add("bailleur")
        if regle.hors_champ:
            kept.add("nature_bail")
        if regle.versions[-1].distances:
            kept.add("domicile")
        if regle.notification:
            kept.add("notifie_le")
        if regle.aide_juridictionnelle:
            kept |= {"aj_demandee_le", "aj_depart_le"}
        for name in set(self.fields) - kept:
            del self.fields[name]
        self.fields[
            "depuis"
        ].help_text = f"{regle.debut_libelle[0].upper()}{regle.debut_libelle[1:]}."

    def clean_deux_mois(self) -> str:
        """Write the word of the judge as the engine reads it, accent or not."""
        text: str = self.cleaned_data["deux_mois"].strip()
        return droit.SUPPRIMES if fold_alphabet(text) in _SUPPRIMES else text

    def compute(self) -> droit.Resultat | None:
        """Return the explained result; None when the engine refuses, which the form then says."""
        facts = {name: value or None for name, value in self.cleaned_data.items()}
        del facts["depuis"]
        try:
            return _compute(self.regle, self.cleaned_data["depuis"], facts)
        except (droit.DateHorsPeriode, droit.TreveFixeeLocalement) as refusal:
            self.add_error("depuis", str(refusal))
        except droit.FaitsContradictoires as refusal:
            self.add_error(refusal.fait if refusal.fait in self.fields else None, str(refusal))
        except droit.LieuInconnu as refusal:
            self.add_error(self._place_of(refusal), str(refusal))
        except droit.DureeIllisible as refusal:
            fait = "clause" if "clause" in self.fields else "deux_mois"
            self.add_error(fait, str(refusal))
        return None

    def _place_of(self, refusal: droit.LieuInconnu) -> str:
        """Return the field of the place that no map holds: the home of who appeals, or ours."""
        domicile = self.cleaned_data.get("domicile")
        return "domicile" if domicile and f"« {domicile} »" in str(refusal) else "departement"


def _compute(regle: droit.Regle, depuis: date, facts: Mapping[str, Any]) -> droit.Resultat:
    if regle.id == droit.EXECUTION:
        return droit.compute_execution(cql_le=depuis, **facts)
    return droit.compute(regle.id, depuis=depuis, **facts)


class EssaiForm(Formulaire):
    """A parameter file to try."""

    geste = ("d’essayer", "essayé")
    fichier = FichierField(
        label="Fichier de paramètre",
        max_megabytes=1,
        help_text="Un fichier YAML nommé par sa règle (A1.yaml), de 200 Ko au plus.",
        widget=forms.FileInput(attrs={"accept": ".yaml,.yml"}),
    )

    def clean_fichier(self) -> "UploadedFile[bytes]":
        fichier: UploadedFile[bytes] = self.cleaned_data["fichier"]
        if (fichier.size or 0) > FICHIER_MAX_BYTES:
            raise forms.ValidationError(
                "Ce fichier dépasse 200 Ko : un paramètre est un texte court, vérifiez le fichier."
            )
        # A browser that downloads twice writes « A1 (1).yaml ».
        match = _NOM.fullmatch(fichier.name or "")
        if match is None:
            raise forms.ValidationError(
                "Le fichier porte le nom de sa règle, par exemple A1.yaml : renommez-le."
            )
        fichier.name = f"{match[1]}.yaml"
        return fichier
