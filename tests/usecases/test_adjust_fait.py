"""A value corrected on screen: nothing of what it said is lost, and dates follow at once."""

from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from seuil.acteurs.models import Agent
from seuil.audit.models import Event
from seuil.dossiers.models import (
    Bailleur,
    Coordonnee,
    Correction,
    Dossier,
    Garant,
    LigneDecompte,
    Personne,
)
from seuil.dossiers.models.groupes import GROUPES, find_ligne, get_empreinte
from seuil.dossiers.operations._journal import DateAVenir
from seuil.dossiers.operations.corrections import FaitModifie, LigneDisparue, ValeursRefusees
from seuil.dossiers.queries import list_corrections
from seuil.dossiers.rules import BailSaisi, FaitAjuste
from seuil.echeances.models import Echeance, Situation
from seuil.recherche.queries import list_trouvailles
from seuil.usecases._habilitation import DossierInaccessible, HabilitationRefusee
from seuil.usecases.add_ligne_decompte import add_ligne_decompte
from seuil.usecases.adjust_fait import add_fait, adjust_fait
from seuil.usecases.record_bail import record_bail
from seuil.usecases.refresh_dossiers import refresh_dossiers
from tests.factories.base import make_acte, make_agent, make_dossier, make_organisation

pytestmark = pytest.mark.django_db

ON = date(2026, 11, 21)
DAY = timedelta(days=1)


@pytest.fixture
def dossier(gironde: str) -> Dossier:
    dossier = make_dossier(nom="ROSSIGNOL")
    make_acte(dossier=dossier, type="commandement", survenu_le=date(2026, 9, 1))
    refresh_dossiers(dossier_ids=[dossier.pk], on=ON)
    return dossier


def adjust(
    dossier: Dossier, groupe: str, ligne: Any, by: Agent, on: date = ON, **valeurs: Any
) -> Any:
    spec = GROUPES[groupe]
    row = find_ligne(groupe=spec, dossier=dossier, ligne=ligne)
    vu = get_empreinte(groupe=spec, row=row) if row else ""
    saisie = FaitAjuste(
        groupe=groupe, ligne=ligne, valeurs=valeurs, vu=vu, motif="saisie", precision="au téléphone"
    )
    return adjust_fait(dossier=dossier, saisie=saisie, by=by, on=on)


def test_a_corrected_name_finds_the_file_and_keeps_the_former_one(
    dossier: Dossier, secretaire: Agent
) -> None:
    adjust(dossier, "personne", dossier.personnes.get().pk, secretaire, nom="ROSSIGNAC")

    found = list_trouvailles(agent=secretaire, on=ON, texte="rossignac").exactes
    assert [t.dossier_id for t in found] == [dossier.pk]
    assert Situation.objects.get(dossier=dossier).nom_affiche == "ROSSIGNAC Claude"
    (lue,) = list_corrections(agent=secretaire, on=ON, dossier=dossier)
    assert (lue.avant, lue.apres, lue.corrigee_le) == ("ROSSIGNOL", "ROSSIGNAC", ON)
    assert (lue.motif, lue.precision, lue.par) == (
        "Erreur de saisie", "au téléphone", str(secretaire),
    )  # fmt: skip
    dossier.refresh_from_db()
    assert dossier.cle.startswith("ROSSIGNAC|CLAUDE|")


def test_the_journal_names_the_values_and_says_none_of_them(
    dossier: Dossier, secretaire: Agent
) -> None:
    adjust(dossier, "personne", dossier.personnes.get().pk, secretaire, nom="ROSSIGNAC")

    line = Event.objects.get(kind="fait.corrige")
    assert line.details == {"groupe": "personne", "champs": ["nom"]}


def test_the_same_correction_sent_twice_is_kept_once(dossier: Dossier, secretaire: Agent) -> None:
    bailleur = dossier.bail.bailleur
    vu = get_empreinte(groupe=GROUPES["bailleur"], row=bailleur)
    saisie = FaitAjuste(
        groupe="bailleur", ligne=bailleur.pk, valeurs={"telephone": "0556000000"}, vu=vu,
        motif="complement",
    )  # fmt: skip

    first = adjust_fait(dossier=dossier, saisie=saisie, by=secretaire, on=ON)
    second = adjust_fait(dossier=dossier, saisie=saisie, by=secretaire, on=ON)

    assert (len(first), list(second)) == (1, [])
    assert Correction.objects.count() == 1


def test_what_somebody_else_changed_meanwhile_is_never_written_over(
    dossier: Dossier, secretaire: Agent
) -> None:
    bailleur = dossier.bail.bailleur
    vu = get_empreinte(groupe=GROUPES["bailleur"], row=bailleur)
    adjust(dossier, "bailleur", bailleur.pk, secretaire, telephone="0556000000")
    late = FaitAjuste(
        groupe="bailleur", ligne=bailleur.pk, valeurs={"telephone": "0556999999"}, vu=vu,
        motif="saisie",
    )  # fmt: skip

    with pytest.raises(FaitModifie):
        adjust_fait(dossier=dossier, saisie=late, by=secretaire, on=ON)

    assert Bailleur.objects.get(pk=bailleur.pk).telephone == "0556000000"


def test_a_wrong_number_is_ended_and_stays_readable(dossier: Dossier, secretaire: Agent) -> None:
    phone = Coordonnee.objects.create(
        dossier=dossier, type="telephone", valeur="0639981531", valide_du=ON - 9 * DAY, source="CAF"
    )

    adjust(dossier, "coordonnee", phone.pk, secretaire, valide_au=ON, fin="faux")

    phone.refresh_from_db()
    assert (phone.valide_au, phone.get_fin_display()) == (ON, "Faux numéro ou fausse adresse")
    assert {c.champ for c in Correction.objects.all()} == {"valide_au", "fin"}
    with pytest.raises(ValeursRefusees):
        adjust(dossier, "coordonnee", phone.pk, secretaire, valide_au=ON - 30 * DAY)


def test_the_dwelling_moved_to_another_commune_moves_what_depends_on_it(
    dossier: Dossier, secretaire: Agent
) -> None:
    adjust(dossier, "logement", dossier.logement.pk, secretaire, commune="33243")

    assert Situation.objects.get(dossier=dossier).commune_code == "33243"
    (lue,) = list_corrections(agent=secretaire, on=ON, dossier=dossier)
    assert (lue.avant, lue.apres) == ("Bordeaux", "Libourne")


def test_a_landlord_corrected_in_one_file_is_corrected_for_all_of_its_files(
    dossier: Dossier, secretaire: Agent
) -> None:
    other = make_dossier()

    adjust(dossier, "bailleur", dossier.bail.bailleur.pk, secretaire, telephone="0556010203")

    found = list_trouvailles(agent=secretaire, on=ON, texte="05 56 01 02 03").exactes
    assert {t.dossier_id for t in found} == {dossier.pk, other.pk}
    (lue,) = list_corrections(agent=secretaire, on=ON, dossier=other)
    assert lue.apres == "0556010203"


def test_the_lease_completed_by_its_own_form_keeps_what_it_said(
    dossier: Dossier, secretaire: Agent
) -> None:
    bail = dossier.bail
    record_bail(
        dossier=dossier, saisie=BailSaisi(signe_le=date(2019, 5, 2), loyer=Decimal(650)),
        empreinte=bail.__class__.objects.get(pk=bail.pk).empreinte, by=secretaire, on=ON,
    )  # fmt: skip

    (kept,) = Correction.objects.all()
    assert (kept.champ, kept.avant, kept.apres) == ("signe_le", "2024-02-01", "2019-05-02")


def test_people_guarantors_and_accounts_are_added(dossier: Dossier, secretaire: Agent) -> None:
    enfant = {"qualite": "enfant", "nom": "ROSSIGNOL", "prenom": "Zoé", "ne_le": ON - 900 * DAY}
    for prenom in ("Zoé", "Max"):
        said = enfant | {"prenom": prenom}
        add_fait(dossier=dossier, groupe="personne", valeurs=said, by=secretaire, on=ON)
    with pytest.raises(ValeursRefusees, match="déjà"):
        add_fait(dossier=dossier, groupe="personne", valeurs=enfant, by=secretaire, on=ON)
    add_fait(
        dossier=dossier, groupe="garant", by=secretaire, on=ON,
        valeurs={"nature": "visale", "nom": "", "source": "bailleur"},
    )  # fmt: skip
    line = {"mois_le": date(2026, 9, 1), "nature": "loyer", "du": Decimal(650)}
    line |= {"paye": Decimal(100), "aide": Decimal(200), "conteste": Decimal(0)}
    dette = dossier.dettes.get()
    add_ligne_decompte(dossier=dossier, dette=dette, valeurs=line, by=secretaire, on=ON)

    assert Personne.objects.filter(dossier=dossier, qualite="enfant").count() == 2
    assert Garant.objects.get().get_nature_display() == "Visale"
    assert LigneDecompte.objects.get().reste == Decimal(350)
    with pytest.raises(ValeursRefusees, match="déjà"):
        add_ligne_decompte(dossier=dossier, dette=dette, valeurs=line, by=secretaire, on=ON)


def test_what_is_refused_says_why(dossier: Dossier, secretaire: Agent) -> None:
    person = dossier.personnes.get()
    with pytest.raises(DateAVenir):
        adjust(dossier, "personne", person.pk, secretaire, ne_le=ON + DAY)
    with pytest.raises(LigneDisparue):
        adjust(make_dossier(), "personne", person.pk, secretaire, nom="AUTRE")
    assert not Correction.objects.exists()


def test_who_may_not_write_the_category_corrects_nothing(dossier: Dossier) -> None:
    person = dossier.personnes.get()
    service = make_agent(
        role="partenaire",
        organisation=make_organisation(type="conseil_departemental", nom="Département"),
    )
    ailleurs = make_agent(role="partenaire", organisation=make_organisation(type="caf"))

    with pytest.raises(HabilitationRefusee):
        adjust(dossier, "personne", person.pk, service, nom="AUTRE")
    with pytest.raises((DossierInaccessible, HabilitationRefusee)):
        adjust(dossier, "coordonnee", person.pk, ailleurs, valeur="0556000000")


_NOMS = st.sampled_from(["ROSSIGNOL", "ROSSIGNAC", "ROSIGNOL", "O’RSSIGNOL"])
_JOURS = st.none() | st.dates(date(1950, 1, 1), date(2010, 1, 1))


@given(
    suite=st.lists(
        st.one_of(
            st.tuples(st.just("personne"), st.fixed_dictionaries({"nom": _NOMS, "ne_le": _JOURS})),
            st.tuples(
                st.just("bailleur"),
                st.fixed_dictionaries({"telephone": st.sampled_from(["", "0556000000"])}),
            ),
            st.tuples(
                st.just("dette"),
                st.fixed_dictionaries({"montant": st.decimals(0, 9000, places=2, allow_nan=False)}),
            ),
        ),
        max_size=6,
    )
)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_former_value_is_ever_lost(gironde: str, secretaire: Agent, suite: Any) -> None:
    with transaction.atomic():
        dossier = make_dossier(nom="ROSSIGNOL")
        rows = {
            "personne": dossier.personnes.get().pk,
            "bailleur": dossier.bail.bailleur.pk,
            "dette": dossier.dettes.get().pk,
        }
        said = {
            (rows[g], champ): [getattr(find_ligne(groupe=GROUPES[g], dossier=dossier,
                                                  ligne=rows[g]), champ)]
            for g, champs in (("personne", ("nom", "ne_le")), ("bailleur", ("telephone",)),
                              ("dette", ("montant",)))
            for champ in champs
        }  # fmt: skip
        for groupe, valeurs in suite:
            adjust(dossier, groupe, rows[groupe], secretaire, **valeurs)
            for champ, value in valeurs.items():
                values = said[rows[groupe], champ]
                if values[-1] != value:
                    values.append(value)

        for (ligne, champ), values in said.items():
            kept = Correction.objects.filter(ligne=ligne, champ=champ).order_by("created_at", "id")
            chain = [(c.avant, c.apres) for c in kept]
            told = ["" if v is None else f"{v:.2f}" if isinstance(v, Decimal) else str(v)
                    for v in values]  # fmt: skip
            assert chain == list(pairwise(told))
        transaction.set_rollback(True)


def _read_dates(dossier: Dossier) -> list[tuple[Any, ...]]:
    rows = Echeance.objects.filter(dossier=dossier)
    return sorted(rows.values_list("regle", "debut_le", "le", "a_obtenir", "certitude"))


@given(
    signe=st.dates(date(2015, 1, 1), date(2026, 6, 1)),
    reconduit=st.none() | st.dates(date(2026, 6, 2), date(2026, 8, 31)),
    clause=st.sampled_from(["", "2 mois", "6 semaines"]),
    commune=st.sampled_from(["33063", "33243"]),
    nature=st.sampled_from(["physique", "morale", "social"]),
)
@settings(max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_the_dates_are_those_of_a_file_that_was_right_from_the_start(
    gironde: str, secretaire: Agent, signe: date, reconduit: date | None, clause: str, commune: str,
    nature: str,
) -> None:  # fmt: skip
    with transaction.atomic():
        wrong = make_dossier(commune="33063", bailleur="SCI du Test")
        right = make_dossier(commune=commune, bailleur="SCI du Vrai")
        Bailleur.objects.filter(pk=right.bail.bailleur_id).update(nature=nature)
        type(right.bail).objects.filter(pk=right.bail.pk).update(
            signe_le=signe, reconduit_le=reconduit, clause_duree=clause
        )
        for dossier in (wrong, right):
            make_acte(dossier=dossier, type="commandement", survenu_le=date(2026, 9, 1))
            make_acte(dossier=dossier, type="audience", survenu_le=date(2027, 1, 14))
        refresh_dossiers(dossier_ids=[wrong.pk, right.pk], on=ON)

        adjust(wrong, "logement", wrong.logement.pk, secretaire, commune=commune)
        adjust(wrong, "bailleur", wrong.bail.bailleur_id, secretaire, nature=nature)
        adjust(
            wrong, "bail", wrong.bail.pk, secretaire,
            signe_le=signe, reconduit_le=reconduit, clause_duree=clause,
        )  # fmt: skip

        assert _read_dates(wrong) == _read_dates(right) != []
        transaction.set_rollback(True)
