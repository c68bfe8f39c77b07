"""The life of one accepted mandate."""

from datetime import date, time, timedelta
from typing import Any

from seuil.accompagnements.models import Mandat
from seuil.accompagnements.rules.mandats import ClotureSaisie, DemarcheSaisie
from seuil.accompagnements.rules.priorites import Candidat
from seuil.acteurs.models import Agent
from seuil.contacts.rules import ContactSaisi
from seuil.engines import droit
from seuil.jobs.demo import textes
from seuil.jobs.demo.activite.agenda import Vie
from seuil.jobs.demo.activite.gestes import Gestes
from seuil.jobs.demo.organisations import OPERATEUR
from seuil.usecases.add_demarche import add_demarche
from seuil.usecases.close_mandat import close_mandat
from seuil.usecases.end_demarche import end_demarche
from seuil.usecases.record_contact import record_contact
from seuil.usecases.record_prolongation import record_prolongation
from seuil.usecases.record_rapport import record_rapport
from seuil.usecases.record_visite import record_visite
from seuil.usecases.request_dsf import request_dsf
from seuil.usecases.sign_contrat import sign_contrat
from seuil.visites.rules import VisiteSaisie

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


class Accompagnement:
    """The life of one accepted mandate, from the first letter to its end."""

    def __init__(
        self,
        gestes: Gestes,
        mandat: Mandat,
        candidat: Candidat | None,
        social: Agent,
        juriste: Agent,
    ) -> None:
        self._gestes = gestes
        self._rng = gestes.rng
        self._do = gestes.do
        self._jours = gestes.jours
        self._agenda = gestes.agenda
        self._mandat = mandat
        self._dossier = mandat.dossier
        self._audience_le = candidat.audience_le if candidat else None
        self._social = social
        self._juriste = juriste
        self._dsf_fait = False

    def live(self) -> Vie:
        """Live it: reach the household, work with it, or give up."""
        rng = self._rng
        sort = rng.choices(("suivi", "silence", "jamais"), (60, 14, 26))[0]
        if self._audience_le and rng.random() < 0.7:
            self._do(
                request_dsf, dossier=self._dossier, demande_le=self._le, organisme=OPERATEUR,
                by=self._gestes.acteurs.secretariat,
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
        lieu: str = "",
        prochain: int = 0,
        bailleur: bool = False,
    ) -> None:
        """Note a contact with the household, or the lawyer’s with the landlord."""
        self._do(
            record_contact,
            dossier=self._dossier,
            saisie=ContactSaisi(
                avec="bailleur" if bailleur else "menage",
                canal=canal,
                resultat=resultat,
                survenu_le=self._le,
                heure=heure,
                lieu=lieu,
                prochain_le=self._le + timedelta(days=prochain) if prochain else None,
            ),
            by=self._juriste if bailleur else self._social,
        )

    def _call_landlord(self) -> None:
        rng = self._rng
        canal = rng.choices(("telephone", "courriel", "courrier"), (65, 25, 10))[0]
        result = rng.choices(("echange", "message"), (75, 25))[0]
        if canal != "telephone":
            result = "envoye"
        self._contact(canal, result, heure=self._heure(), bailleur=True)

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
        self._gestes.end_dsf(self._dossier, fin, transmis=coming, by=self._social)

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
            if self._gestes.is_left_aside(self._mandat, 0.03):
                return
        if prolonge:
            self._do(
                record_prolongation, mandat=self._mandat, avis="poursuite", avis_le=self._le,
                jusqu_au=self._le + timedelta(days=90),
                by=self._gestes.acteurs.secretariat,
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
            saisie=ClotureSaisie(
                motif, denouement, self._le, self._le if notifie else None, textes.SANS_RAPPORT
            ),
        )  # fmt: skip
