"""An instance that was installed by an earlier version is brought to this one."""

from datetime import date

import pytest
from django.db import connection

from seuil.acteurs.models import Agent
from seuil.audit.models import Event
from seuil.kernel.contexte import Contexte, acting_as, under_policies
from seuil.protection.installation import install
from seuil.protection.journal import install_journal
from tests.acces import sql
from tests.factories.base import make_dossier

pytestmark = pytest.mark.django_db

# What an earlier version left: functions written by hand, a policy that asks them, another role.
_ANCIENNE = """
CREATE FUNCTION droits.dossier_de_mandat(mandat uuid) RETURNS uuid LANGUAGE sql STABLE
  SECURITY DEFINER AS $$ SELECT m.dossier_id FROM accompagnements_mandat m WHERE m.id = mandat $$;
CREATE FUNCTION droits.entiers(cat text, op text) RETURNS text[] LANGUAGE sql STABLE
  AS $$ SELECT '{}'::text[] $$;
DROP POLICY lire ON accompagnements_rapport;
CREATE POLICY lire ON accompagnements_rapport FOR SELECT TO seuil_appli
  USING (droits.dossier_de_mandat(mandat_id) IS NOT NULL);
CREATE POLICY autrefois ON dossiers_dette FOR SELECT TO seuil_appli USING (true);
GRANT SELECT ON contacts_contact TO seuil_droits;
UPDATE droits.version SET installation = 'ancienne';
"""


def describe() -> list[tuple]:
    """Return the functions, the policies and the rights, as PostgreSQL keeps them."""
    return sql.query(
        "SELECT p.oid::regprocedure::text, pg_get_functiondef(p.oid),"
        " array_to_string(ARRAY(SELECT a::text FROM unnest(p.proacl) a ORDER BY 1), ' '), ''"
        " FROM pg_proc p WHERE pronamespace = 'droits'::regnamespace"
        " UNION ALL SELECT tablename, policyname, qual, with_check FROM pg_policies"
        " UNION ALL SELECT relname,"
        " array_to_string(ARRAY(SELECT a::text FROM unnest(relacl) a ORDER BY 1), ' '), '', ''"
        " FROM pg_class"
        " WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
        " UNION ALL SELECT tgname, pg_get_triggerdef(oid), '', '' FROM pg_trigger"
        " WHERE NOT tgisinternal ORDER BY 1, 2, 3"
    )


def test_what_an_earlier_version_left_is_gone(gironde: str) -> None:
    before = describe()
    with connection.cursor() as cursor:
        cursor.execute(_ANCIENNE)
    assert describe() != before

    assert install() is True

    assert describe() == before
    assert install() is False


def test_the_journal_still_knows_who_writes_after_it(secretaire: Agent, on: date) -> None:
    with connection.cursor() as cursor:
        cursor.execute("UPDATE droits.version SET installation = 'ancienne'")
        install()
        install_journal(cursor=cursor)
    dossier = make_dossier()

    with under_policies(), acting_as(Contexte("agent", str(secretaire.pk), "33", on)):
        dossier.dettes.update(source="Autre")

    line = Event.objects.get(target_type="dossiers_dette", kind="base.update")
    assert line.by_id == str(secretaire.pk)
