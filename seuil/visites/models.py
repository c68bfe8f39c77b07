"""Visits."""

from django.db import models
from django.db.models import Q

from seuil.acteurs.models import Agent, Organisation
from seuil.contacts.models import Contact
from seuil.dossiers.models import Dossier
from seuil.kernel.models import Record


class Visite(Record):
    """A visit made by one worker or a binôme; its contact carries place, hour and result."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="visites")
    contact = models.OneToOneField(Contact, on_delete=models.PROTECT, related_name="visite")
    binome = models.ForeignKey(
        Agent, on_delete=models.PROTECT, related_name="visites_en_binome", null=True
    )
    duree_minutes = models.SmallIntegerField("durée en minutes", null=True)
    presents = models.CharField("personnes présentes", max_length=150, blank=True)

    class Meta:
        verbose_name = "visite"
        constraints = [
            models.CheckConstraint(
                name="visite_duree",
                condition=Q(duree_minutes=None) | Q(duree_minutes__gt=0, duree_minutes__lte=480),
            )
        ]

    class Rls:
        categorie = "echanges"

    class Privacy:
        social = {"dossier", "contact", "duree_minutes", "presents"}
        technique = {"binome"}
        retention = "dossier"
        tiers = {"presents": "nomme d’autres personnes présentes"}


class NoteSociale(Record):
    """What the worker writes of a visit for the service alone: nobody else reads it."""

    dossier = models.ForeignKey(Dossier, on_delete=models.PROTECT, related_name="notes_sociales")
    visite = models.OneToOneField(Visite, on_delete=models.PROTECT, related_name="note_sociale")
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="notes_sociales"
    )
    texte = models.TextField("compte rendu", max_length=4000)

    class Meta:
        verbose_name = "note sociale"
        verbose_name_plural = "notes sociales"
        constraints = [models.CheckConstraint(name="note_sociale_ecrite", condition=~Q(texte=""))]

    class Rls:
        categorie = "note_sociale"
        organisation_seule = True

    class Privacy:
        social = {"dossier", "visite", "texte"}
        technique = {"organisation"}
        retention = "dossier"
        tiers = ()
