"""The dwelling."""

from django.db import models

from seuil.acteurs.models import Commune
from seuil.dossiers.models.dossier import Dossier
from seuil.kernel.models import Record


class Logement(Record):
    """The dwelling."""

    dossier = models.OneToOneField(Dossier, on_delete=models.PROTECT, related_name="logement")
    adresse = models.CharField(max_length=200)
    complement = models.CharField("complément", max_length=150, blank=True)
    code_postal = models.CharField(max_length=5)
    commune = models.ForeignKey(Commune, on_delete=models.PROTECT, related_name="logements")
    type_logement = models.CharField("type de logement", max_length=40, blank=True)

    class Meta:
        verbose_name = "logement"

    class Rls:
        categorie = "identite"

    class Privacy:
        contact = {"dossier", "adresse", "complement", "code_postal", "commune", "type_logement"}
        retention = "dossier"
        tiers = ()

    def __str__(self) -> str:
        return f"{self.adresse}, {self.code_postal} {self.commune}"
