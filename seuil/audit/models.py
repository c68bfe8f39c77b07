"""The journal: who did or saw what, when, and on which day of effect."""

from django.db import models

from seuil.kernel.models import Record


class Event(Record):
    """One line of the journal. Written once; the database refuses any change (see migration)."""

    kind = models.CharField("action", max_length=60)
    by_id = models.CharField("identifiant de l’auteur", max_length=60)
    by_label = models.CharField("auteur", max_length=200)
    departement = models.CharField("département", max_length=3)
    target_type = models.CharField("objet", max_length=40)
    target_id = models.CharField("identifiant de l’objet", max_length=60)
    effect_le = models.DateField("jour d’effet")
    details = models.JSONField("détails", default=dict)

    class Meta:
        verbose_name = "ligne du journal"
        verbose_name_plural = "journal"
        indexes = [models.Index(fields=["target_type", "target_id"], name="audit_event_target")]

    class Rls:
        portee = "journal"

    class Privacy:
        technique = {"kind", "target_type", "target_id", "effect_le", "departement", "details"}
        agent = {"by_id", "by_label"}
        retention = "journal"

    def __str__(self) -> str:
        return f"{self.kind} · {self.target_type} {self.target_id}"
