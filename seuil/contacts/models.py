"""Attempts and exchanges."""

from django.db import models
from django.db.models import Q

from seuil.acteurs.models import Agent, Organisation
from seuil.dossiers.models import Dossier
from seuil.kernel.cartes import Fait
from seuil.kernel.models import Record

# The household was really met: said here alone. An appointment fixed is not yet a meeting.
_RENCONTRES = ("echange",)
_ABOUTIS = (*_RENCONTRES, "rendez_vous", "refus")
_MENAGE_JOINT = {"avec": ("menage",), "resultat": _ABOUTIS}


class Contact(Record):
    """One attempt to reach the household or the landlord, and its result."""

    class Avec(models.TextChoices):
        MENAGE = "menage", "Le ménage"
        BAILLEUR = "bailleur", "Le bailleur ou son agence"

    class Canal(models.TextChoices):
        COURRIER = "courrier", "Courrier"
        TELEPHONE = "telephone", "Téléphone"
        SMS = "sms", "SMS"
        COURRIEL = "courriel", "Courriel"
        DOMICILE = "domicile", "Passage à domicile"
        AVIS_PASSAGE = "avis_passage", "Avis de passage"
        LIEU_NEUTRE = "lieu_neutre", "Rendez-vous en lieu neutre"

    class Resultat(models.TextChoices):
        ECHANGE = "echange", "Échange avec la personne"
        RENDEZ_VOUS = "rendez_vous", "Rendez-vous fixé"
        ENVOYE = "envoye", "Envoyé, réponse attendue"
        MESSAGE = "message", "Message laissé"
        ABSENT = "absent", "Absent ou sans réponse"
        REFUS = "refus", "Refus"
        INJOIGNABLE = "injoignable", "Adresse ou numéro faux"

    # The results after which somebody was really spoken to.
    ABOUTIS = _ABOUTIS
    # Those after which the household was met: a refusal, an appointment are answers, not meetings.
    RENCONTRES = _RENCONTRES

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="contacts")
    avec = models.CharField(max_length=10, choices=Avec.choices)
    canal = models.CharField(max_length=15, choices=Canal.choices)
    resultat = models.CharField("résultat", max_length=15, choices=Resultat.choices)
    survenu_le = models.DateField("le")
    heure = models.TimeField(null=True)
    lieu = models.CharField(max_length=150, blank=True)
    prochain_le = models.DateField("prochain contact le", null=True)
    note = models.TextField("précision", max_length=1000, blank=True)
    par = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="contacts")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="contacts"
    )

    class Meta:
        verbose_name = "contact"
        constraints = [
            models.CheckConstraint(
                name="contact_prochain_apres",
                condition=Q(prochain_le=None) | Q(prochain_le__gte=models.F("survenu_le")),
            )
        ]
        indexes = [
            models.Index(fields=["dossier", "survenu_le"], name="contact_dossier"),
            models.Index(fields=["organisation", "survenu_le"], name="contact_organisation"),
        ]

    class Rls:
        categorie = "echanges"

    class Privacy:
        social = {
            "dossier", "avec", "canal", "resultat", "survenu_le", "heure", "lieu", "prochain_le",
            "note",
        }  # fmt: skip
        technique = {"par", "organisation"}
        retention = "dossier"
        faits = (
            Fait("contact", le="survenu_le", sens="resultat", contact=True, si=_MENAGE_JOINT),
            Fait("tentative", le="survenu_le", sens="resultat", sauf=_MENAGE_JOINT),
        )
        tiers = ()
