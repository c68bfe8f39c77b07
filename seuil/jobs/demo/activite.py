"""Two years of an équipe mobile, lived day by day through the real use cases.

Each mandate is a generator that yields the next day something happens to it; the agenda wakes
everything in the order of the days, so that nobody ever knows what is still to come.
"""

import heapq
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import date, time, timedelta
from random import Random
from typing import Any

from seuil.accompagnements.models import Mandat
from seuil.accompagnements.queries.choix import get_proposition
from seuil.accompagnements.rules.mandats import ClotureSaisie, DemarcheSaisie
from seuil.accompagnements.rules.priorites import Candidat
from seuil.acteurs.models import Agent
from seuil.contacts.rules import ContactSaisi
from seuil.diagnostics.rules import FinDsfSaisie
from seuil.dossiers.models import Dossier
from seuil.engines import droit
from seuil.jobs.demo import textes
from seuil.jobs.demo.organisations import OPERATEUR, Acteurs
from seuil.kernel.refusal import Refusal
from seuil.usecases.add_demarche import add_demarche
from seuil.usecases.adjust_choix import adjust_choix
from seuil.usecases.answer_mandat import answer_mandat
from seuil.usecases.assign_mandat import assign_mandat
from seuil.usecases.close_mandat import close_mandat
from seuil.usecases.end_demarche import end_demarche
from seuil.usecases.prepare_choix import prepare_choix
from seuil.usecases.record_contact import record_contact
from seuil.usecases.record_dsf import record_dsf
from seuil.usecases.record_prescription import record_prescription
from seuil.usecases.record_prolongation import record_prolongation
from seuil.usecases.record_rapport import record_rapport
from seuil.usecases.record_visite import record_visite
from seuil.usecases.request_dsf import request_dsf
from seuil.usecases.sign_choix import sign_choix
from seuil.usecases.sign_contrat import sign_contrat
from seuil.visites.rules import VisiteSaisie

# A mandate younger than that at the end of the story may have been left aside: late tasks to show.
_RECENT = timedelta(days=150)
_SERVICES = ("CCAS de Bordeaux", "Maison du département des solidarités", "CAF de la Gironde")

Vie = Iterator[date]


class Agenda:
    """What is to happen, by day; what falls after `until` never happens."""

    def __init__(self, *, until: date) -> None:
        self.until = until
        self.le = date.min
        self._heap: list[tuple[date, int, int, Vie]] = []
        self._count = 0

    def add(self, le: date, vie: Vie, *, rang: int = 1) -> None:
        """Wake `vie` on that day; the lower `rang` comes first in the day."""
        if le <= self.until:
            self._count += 1
            heapq.heappush(self._heap, (le, rang, self._count, vie))

    def run_until(self, le: date) -> None:
        """Live every day up to and including `le`."""
        while self._heap and self._heap[0][0] <= le:
            self.le, rang, _, vie = heapq.heappop(self._heap)
            following = next(vie, None)
            if following is not None:
                self.add(max(following, self.le), vie, rang=rang)
        self.le = le


class EquipeMobile:
    """Plays the secretariat, the chef d’équipe, the social workers and the jurists."""

    def __init__(self, *, acteurs: Acteurs, agenda: Agenda, rng: Random) -> None:
        self._acteurs = acteurs
        self._agenda = agenda
        self._rng = rng
        self._tour = 0
        # What was done, by name, and the refusals by their sentence.
        self.faits: Counter[str] = Counter()
        self.refus: Counter[str] = Counter()

    def live_month(self, mois: date, *, sign: bool) -> Vie:
        """Prepare the choice of the month and, unless it is the last one, sign it."""
        acteurs = self._acteurs
        self._propose_menages(mois)
        choix = self._do(
            prepare_choix, operateur=acteurs.operateur, mois=mois, by=acteurs.secretariat
        )
        if choix is None or not sign:
            return
        yield self._jours(0, 2)
        proposition = self._proposition(mois)
        if proposition.retenus and proposition.reserve and self._rng.random() < 0.4:
            out, into = proposition.retenus[-1], proposition.reserve[0]
            for ligne, retenu in ((out, False), (into, True)):
                dossier = Dossier.objects.get(pk=ligne.candidat.dossier_id)
                self._do(
                    adjust_choix, choix=choix, dossier=dossier, retenu=retenu,
                    by=acteurs.secretariat,
                )  # fmt: skip
            proposition = self._proposition(mois)
        candidats = {ligne.candidat.dossier_id: ligne.candidat for ligne in proposition.retenus}
        for mandat in self._do(sign_choix, choix=choix, by=acteurs.secretariat) or ():
            candidat = candidats.get(mandat.dossier_id)
            self._agenda.add(self._jours(1, 6), self._live_mandat(mandat, candidat))

    def live_dsf(self, dossier: Dossier) -> Vie:
        """Ask another service for a diagnosis, and receive its ending some weeks later."""
        rng, secretariat = self._rng, self._acteurs.secretariat
        if self._do(
            request_dsf, dossier=dossier, demande_le=self._agenda.le,
            organisme=rng.choice(_SERVICES), by=secretariat,
        ) is None:  # fmt: skip
            return
        yield self._jours(20, 40)
        if rng.random() < 0.75:
            fin = rng.choices(("avec_menage", "sans_rencontre", "carence"), (45, 15, 40))[0]
            self._end_dsf(dossier, fin, transmis=fin != "carence", by=secretariat)

    # --- The choice ---

    def _propose_menages(self, mois: date) -> None:
        rng = self._rng
        reserve = list(self._proposition(mois).reserve)
        for ligne in rng.sample(reserve, min(2, len(reserve))):
            self._do(
                record_prescription,
                dossier=Dossier.objects.get(pk=ligne.candidat.dossier_id),
                service=rng.choice(_SERVICES),
                motif=rng.choice(textes.MOTIFS_DE_PRESCRIPTION),
                propose_le=self._agenda.le,
                by=self._acteurs.secretariat,
            )

    def _proposition(self, mois: date) -> Any:
        return get_proposition(
            agent=self._acteurs.secretariat,
            on=self._agenda.le,
            operateur=self._acteurs.operateur,
            mois=mois,
        )

    # --- One mandate ---

    def _live_mandat(self, mandat: Mandat, candidat: Candidat | None) -> Vie:
        rng, acteurs = self._rng, self._acteurs
        if self._is_left_aside(mandat, 0.12):
            return
        if rng.random() < 0.06:
            motif = rng.choice(textes.MOTIFS_DE_REFUS)
            self._do(answer_mandat, mandat=mandat, accepte=False, motif=motif, by=acteurs.chef)
            return
        accepted = self._do(answer_mandat, mandat=mandat, accepte=True, by=acteurs.chef)
        if accepted is None or self._is_left_aside(mandat, 0.06):
            return
        yield self._jours(0, 3)
        self._tour += 1
        social = acteurs.sociaux[self._tour % 2]
        juriste = acteurs.juristes[self._tour // 2 % 2]
        mandat = (
            self._do(
                assign_mandat, mandat=accepted, referent_social=social,
                referent_juridique=juriste, by=acteurs.chef,
            )
            or accepted
        )  # fmt: skip
        yield from _Accompagnement(self, mandat, candidat, social, juriste).live()

    def _is_left_aside(self, mandat: Mandat, part: float) -> bool:
        recent = self._agenda.until - mandat.transmis_le < _RECENT
        return recent and self._rng.random() < part

    # --- Common to all ---

    def _jours(self, at_least: int, at_most: int) -> date:
        le = self._agenda.le + timedelta(days=self._rng.randint(at_least, at_most))
        while not droit.is_ouvre(le):
            le += timedelta(days=1)
        return le

    def _end_dsf(self, dossier: Dossier, fin: str, *, transmis: bool, by: Agent) -> None:
        le = self._agenda.le
        self._do(
            record_dsf, dossier=dossier, by=by,
            saisie=FinDsfSaisie(fin, le, le if transmis else None, le),
        )  # fmt: skip

    def _do(self, usecase: Callable[..., Any], **what: Any) -> Any:
        """Call a use case on the day; a refusal is counted, never fatal to the demonstration."""
        try:
            done = usecase(on=self._agenda.le, **what)
        except Refusal as refusal:
            self.refus[f"{usecase.__name__} : {refusal}"] += 1
            return None
        self.faits[usecase.__name__] += 1
        return done


class _Accompagnement:
    """The life of one accepted mandate, from the first letter to its end."""

    def __init__(
        self,
        equipe: EquipeMobile,
        mandat: Mandat,
        candidat: Candidat | None,
        social: Agent,
        juriste: Agent,
    ) -> None:
        self._equipe = equipe
        self._rng = equipe._rng
        self._do = equipe._do
        self._jours = equipe._jours
        self._agenda = equipe._agenda
        self._mandat = mandat
        self._dossier = mandat.dossier
        self._audience_le = candidat.audience_le if candidat else None
        self._social = social
        self._juriste = juriste
        self._dsf_fait = False

    def live(self) -> Vie:
        rng = self._rng
        sort = rng.choices(("suivi", "silence", "jamais"), (60, 14, 26))[0]
        if self._audience_le and rng.random() < 0.7:
            self._do(
                request_dsf, dossier=self._dossier, demande_le=self._le, organisme=OPERATEUR,
                by=self._equipe._acteurs.secretariat,
            )  # fmt: skip
        yield from self._approach(met=sort != "jamais")
        if sort == "jamais":
            yield from self._give_up()
            return
        yield from self._accompany()
        if sort == "silence":
            yield from self._fall_silent()
        else:
            yield from self._follow_up()

    @property
    def _le(self) -> date:
        return self._agenda.le

    def _day(self, jours: int) -> date:
        """Return the day that is `jours` after the transmission, or today when it is past."""
        le = max(self._le, self._mandat.transmis_le + timedelta(days=jours))
        while not droit.is_ouvre(le):
            le += timedelta(days=1)
        return le

    # --- Reaching people ---

    def _approach(self, *, met: bool) -> Vie:
        """Letter, phone, door, evening: until somebody answers, or not."""
        rng = self._rng
        self._contact("courrier", "envoye", heure=time(9, 30))
        yield self._jours(2, 4)
        if rng.random() < 0.6:
            result = rng.choices(("message", "absent", "injoignable"), (60, 30, 10))[0]
            self._contact("telephone", result, heure=self._heure())
            self._contact("sms", "envoye", heure=self._heure())
        yield self._jours(0, 3)
        self._call_landlord()
        yield self._day(rng.randint(9, 12))
        if met and rng.random() < 0.45:
            self._contact("telephone", "rendez_vous", heure=self._heure(), prochain=7)
        else:
            self._contact("domicile", "absent", heure=self._heure(), lieu="au domicile")
            self._contact("avis_passage", "envoye", heure=self._heure())
        yield self._day(rng.randint(13, 15))
        if rng.random() < 0.93:
            self._rapport("premier_retour", textes.PREMIERS_RETOURS)
        yield self._jours(2, 8)
        if met:
            self._visit()
        else:
            self._contact("domicile", "absent", heure=time(18, 45), lieu="au domicile")

    def _contact(
        self,
        canal: str,
        resultat: str,
        *,
        heure: time,
        avec: str = "menage",
        lieu: str = "",
        prochain: int = 0,
        by: Agent | None = None,
    ) -> None:
        self._do(
            record_contact,
            dossier=self._dossier,
            saisie=ContactSaisi(
                avec=avec,
                canal=canal,
                resultat=resultat,
                survenu_le=self._le,
                heure=heure,
                lieu=lieu,
                prochain_le=self._le + timedelta(days=prochain) if prochain else None,
            ),
            by=by or self._social,
        )

    def _call_landlord(self) -> None:
        rng = self._rng
        canal = rng.choices(("telephone", "courriel", "courrier"), (65, 25, 10))[0]
        result = rng.choices(("echange", "message"), (75, 25))[0]
        if canal != "telephone":
            result = "envoye"
        self._contact(canal, result, heure=self._heure(), avec="bailleur", by=self._juriste)

    def _visit(self) -> None:
        rng = self._rng
        au_domicile = rng.random() < 0.8
        heure = self._heure()
        lieu = "au domicile" if au_domicile else rng.choice(_LIEUX_NEUTRES)
        presents = ("le titulaire du bail", "le couple", "la mère et deux enfants")
        self._do(
            record_visite,
            dossier=self._dossier,
            binome=self._juriste if rng.random() < 0.6 else None,
            visite=VisiteSaisie(
                duree_minutes=rng.randrange(30, 100, 5),
                presents=rng.choice(presents),
                compte_rendu=rng.choice(textes.COMPTES_RENDUS),
            ),
            contact=ContactSaisi(
                avec="menage",
                canal="domicile",
                resultat="echange",
                survenu_le=self._le,
                heure=heure,
                lieu=lieu,
                prochain_le=self._le + timedelta(days=rng.randint(10, 15)),
            ),
            by=self._social,
        )

    def _heure(self) -> time:
        """Return an hour of work: one in three is in the evening, when people are at home."""
        rng = self._rng
        hour = rng.choice((18, 18, 19)) if rng.random() < 0.33 else rng.randint(9, 17)
        return time(hour, rng.choice((0, 15, 30, 45)))

    # --- Working with the household ---

    def _accompany(self) -> Vie:
        """Diagnosis, contract and evaluation, in the delays of the convention."""
        rng = self._rng
        yield self._day_of_dsf()
        if rng.random() < 0.92:
            self._dsf("avec_menage")
        yield self._jours(0, 6)
        if rng.random() < 0.78:
            self._contract()
        yield self._day(rng.randint(33, 54))
        if rng.random() < 0.94:
            self._rapport("evaluation", textes.EVALUATIONS)

    def _day_of_dsf(self) -> date:
        """Return six weeks at most after the transmission, or in time for the hearing."""
        le = self._day(self._rng.randint(26, 40))
        if self._audience_le and self._le < self._audience_le:
            in_time = droit.ouvres_before(self._audience_le, 6, departement="33")
            le = max(self._le, min(le, in_time))
        return le

    def _dsf(self, fin: str) -> None:
        coming = self._audience_le is not None and self._audience_le > self._le
        self._equipe._end_dsf(self._dossier, fin, transmis=coming, by=self._social)

    def _contract(self) -> None:
        rng = self._rng
        chosen = rng.sample(textes.DEMARCHES, rng.randint(2, 4))
        contrat = self._do(
            sign_contrat,
            mandat=self._mandat,
            signe_le=self._le,
            objectif=rng.choice(textes.OBJECTIFS),
            demarches=[
                DemarcheSaisie(genre, objectif, acteur, self._jours(20, 75))
                for genre, objectif, acteur in chosen
            ],
            by=self._social,
        )
        if contrat is None:
            return
        demarches = list(contrat.demarches.order_by("pour_le", "genre"))
        if rng.random() < 0.25:
            added = self._do(
                add_demarche, contrat=contrat, by=self._social,
                saisie=DemarcheSaisie(
                    genre="autre", objectif="Souscrire une assurance habitation",
                    acteur="menage", pour_le=self._jours(15, 40),
                ),
            )  # fmt: skip
            demarches += [added] if added else []
        for demarche in demarches:
            end_le = demarche.pour_le + timedelta(days=rng.randint(-12, 6))
            self._agenda.add(max(end_le, self._le), self._live_demarche(demarche))

    def _live_demarche(self, demarche: Any) -> Vie:
        yield self._jours(0, 3)
        etat = self._rng.choices(("faite", "abandonnee", ""), (80, 11, 9))[0]
        mandat = Mandat.objects.get(pk=self._mandat.pk)
        if etat and mandat.clos_le is None:
            self._do(
                end_demarche, demarche=demarche, etat=etat, terminee_le=self._le, by=self._social
            )

    def _follow_up(self) -> Vie:
        """Exchanges about every fortnight, then the report and the end of the mandate."""
        rng = self._rng
        fin = self._mandat.transmis_le + timedelta(days=rng.randint(95, 178))
        prolonge = rng.random() < 0.08
        if prolonge:
            fin = self._mandat.transmis_le + timedelta(days=182)
        while self._le < fin:
            yield self._jours(11, 19)
            self._exchange()
            if self._equipe._is_left_aside(self._mandat, 0.03):
                return
        if prolonge:
            self._do(
                record_prolongation, mandat=self._mandat, avis="poursuite", avis_le=self._le,
                jusqu_au=self._le + timedelta(days=90),
                by=self._equipe._acteurs.secretariat,
            )  # fmt: skip
            for _ in range(4):
                yield self._jours(14, 20)
                self._exchange()
        yield self._jours(1, 7)
        self._rapport("bilan", textes.BILANS)
        motif, denouement = rng.choices(_FINS, [poids for *_, poids in _FINS])[0][:2]
        self._close(motif, denouement)

    def _exchange(self) -> None:
        rng = self._rng
        draw = rng.random()
        if draw < 0.2:
            self._visit()
        elif draw < 0.3:
            self._contact(
                "lieu_neutre", "echange", heure=self._heure(), lieu=rng.choice(_LIEUX_NEUTRES)
            )
        else:
            self._contact("telephone", "echange", heure=self._heure(), prochain=15)
        if rng.random() < 0.2:
            self._call_landlord()

    def _fall_silent(self) -> Vie:
        """The household answers no more: one more attempt, three months, then the end."""
        rng = self._rng
        yield self._jours(16, 22)
        self._contact("telephone", "echange", heure=self._heure())
        yield self._jours(18, 30)
        # The three months of silence run from this attempt (EM6).
        relance = self._le
        self._contact("telephone", "message", heure=self._heure())
        yield self._jours(15, 30)
        self._contact("courrier", "envoye", heure=time(10))
        yield max(self._jours(1, 5), relance + timedelta(days=rng.randint(95, 108)))
        if rng.random() < 0.9:
            self._close("sans_nouvelles", "inconnu", notifie=True)

    def _give_up(self) -> Vie:
        """Nobody was ever met: the diagnosis says so, and the mandate ends after a last letter."""
        rng = self._rng
        yield self._day_of_dsf()
        self._dsf(rng.choices(("carence", "sans_rencontre"), (65, 35))[0])
        yield self._day(rng.randint(34, 52))
        self._rapport("evaluation", textes.EVALUATIONS[-1:])
        yield self._jours(12, 20)
        self._contact("courrier", "envoye", heure=time(11))
        yield self._day(rng.randint(96, 118))
        self._close("non_rencontre", "inconnu", notifie=True)

    def _rapport(self, genre: str, sentences: tuple[str, ...]) -> None:
        self._do(
            record_rapport, mandat=self._mandat, genre=genre, rendu_le=self._le,
            texte=self._rng.choice(sentences), by=self._social,
        )  # fmt: skip

    def _close(self, motif: str, denouement: str, *, notifie: bool = False) -> None:
        self._do(
            close_mandat, mandat=self._mandat, by=self._social,
            saisie=ClotureSaisie(motif, denouement, self._le, self._le if notifie else None),
        )  # fmt: skip


_LIEUX_NEUTRES = ("à la mairie", "au CCAS", "à la médiathèque", "dans un café", "au travail")
# Reason of the end, outcome, weight.
_FINS = (
    ("objectifs", "plan_en_cours", 28),
    ("objectifs", "dette_apuree", 16),
    ("objectifs", "maintien", 12),
    ("objectifs", "relogement", 10),
    ("droit_commun", "maintien", 12),
    ("relais_operateur", "plan_en_cours", 7),
    ("demande_menage", "maintien", 6),
    ("depart", "depart_volontaire", 6),
    ("depart", "hebergement", 3),
)
