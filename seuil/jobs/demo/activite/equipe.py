"""The équipe mobile, from the choice of the month to the mandates it opens."""

from datetime import date
from random import Random
from typing import Any

from seuil.accompagnements.models import Mandat
from seuil.accompagnements.queries.choix import get_proposition
from seuil.accompagnements.rules.mandats import ReponseSaisie
from seuil.accompagnements.rules.priorites import Candidat
from seuil.dossiers.models import Dossier
from seuil.jobs.demo import textes
from seuil.jobs.demo.activite.accompagnement import Accompagnement
from seuil.jobs.demo.activite.agenda import Agenda, Vie
from seuil.jobs.demo.activite.gestes import Gestes
from seuil.jobs.demo.organisations import Acteurs
from seuil.usecases.adjust_choix import adjust_choix
from seuil.usecases.answer_mandat import answer_mandat
from seuil.usecases.assign_mandat import assign_mandat
from seuil.usecases.prepare_choix import prepare_choix
from seuil.usecases.record_prescription import record_prescription
from seuil.usecases.request_dsf import request_dsf
from seuil.usecases.sign_choix import sign_choix

_SERVICES = ("CCAS de Bordeaux", "Maison du département des solidarités", "CAF de la Gironde")


class EquipeMobile(Gestes):
    """Plays the secretariat, the chef d’équipe, the social workers and the jurists."""

    def __init__(self, *, acteurs: Acteurs, agenda: Agenda, rng: Random) -> None:
        super().__init__(acteurs=acteurs, agenda=agenda, rng=rng)
        self._tour = 0

    def live_month(self, mois: date, *, sign: bool) -> Vie:
        """Prepare the choice of the month and, unless it is the last one, sign it."""
        acteurs = self.acteurs
        self._propose_menages(mois)
        choix = self.do(
            prepare_choix, operateur=acteurs.operateur, mois=mois, by=acteurs.secretariat
        )
        if choix is None or not sign:
            return
        yield self.jours(0, 2)
        proposition = self._proposition(mois)
        if proposition.retenus and proposition.reserve and self.rng.random() < 0.4:
            out, into = proposition.retenus[-1], proposition.reserve[0]
            for ligne, retenu in ((out, False), (into, True)):
                dossier = Dossier.objects.get(pk=ligne.candidat.dossier_id)
                self.do(
                    adjust_choix, choix=choix, dossier=dossier, retenu=retenu,
                    by=acteurs.secretariat,
                )  # fmt: skip
            proposition = self._proposition(mois)
        candidats = {ligne.candidat.dossier_id: ligne.candidat for ligne in proposition.retenus}
        for mandat in self.do(sign_choix, choix=choix, by=acteurs.secretariat) or ():
            candidat = candidats.get(mandat.dossier_id)
            self.agenda.add(self.jours(1, 6), self._live_mandat(mandat, candidat))

    def live_dsf(self, dossier: Dossier) -> Vie:
        """Ask another service for a diagnosis, and receive its ending some weeks later."""
        rng, secretariat = self.rng, self.acteurs.secretariat
        if self.do(
            request_dsf, dossier=dossier, demande_le=self.agenda.le,
            organisme=rng.choice(_SERVICES), by=secretariat,
        ) is None:  # fmt: skip
            return
        yield self.jours(20, 40)
        if rng.random() < 0.75:
            fin = rng.choices(("avec_menage", "sans_rencontre", "carence"), (45, 15, 40))[0]
            self.end_dsf(dossier, fin, transmis=fin != "carence", by=secretariat)

    # --- The choice ---

    def _propose_menages(self, mois: date) -> None:
        rng = self.rng
        reserve = list(self._proposition(mois).reserve)
        for ligne in rng.sample(reserve, min(2, len(reserve))):
            self.do(
                record_prescription,
                dossier=Dossier.objects.get(pk=ligne.candidat.dossier_id),
                service=rng.choice(_SERVICES),
                motif=rng.choice(textes.MOTIFS_DE_PRESCRIPTION),
                propose_le=self.agenda.le,
                by=self.acteurs.secretariat,
            )

    def _proposition(self, mois: date) -> Any:
        return get_proposition(
            agent=self.acteurs.secretariat,
            on=self.agenda.le,
            operateur=self.acteurs.operateur,
            mois=mois,
        )

    # --- One mandate ---

    def _live_mandat(self, mandat: Mandat, candidat: Candidat | None) -> Vie:
        rng, acteurs = self.rng, self.acteurs
        if self.is_left_aside(mandat, 0.12):
            return
        if rng.random() < 0.06:
            nature, motif = rng.choice(textes.MOTIFS_DE_REFUS)
            refus = ReponseSaisie(accepte=False, nature=nature, motif=motif)
            self.do(answer_mandat, mandat=mandat, saisie=refus, by=acteurs.chef)
            return
        complexite = "complexe" if mandat.dossier.numero[-1] in "369" else "simple"
        accord = ReponseSaisie(accepte=True, complexite=complexite)
        accepted = self.do(answer_mandat, mandat=mandat, saisie=accord, by=acteurs.chef)
        if accepted is None or self.is_left_aside(mandat, 0.06):
            return
        yield self.jours(0, 3)
        self._tour += 1
        social = acteurs.sociaux[self._tour % 2]
        juriste = acteurs.juristes[self._tour // 2 % 2]
        mandat = (
            self.do(
                assign_mandat, mandat=accepted, referent_social=social,
                referent_juridique=juriste, by=acteurs.chef,
            )
            or accepted
        )  # fmt: skip
        yield from Accompagnement(self, mandat, candidat, social, juriste).live()
