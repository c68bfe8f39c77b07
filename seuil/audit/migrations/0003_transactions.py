"""The order in which the database writes the lines of the journal."""

from django.db import migrations

# The number of a transaction starts again in another cluster: a restoration adds what is needed.
TXID = """
CREATE SCHEMA IF NOT EXISTS journal;
CREATE TABLE journal.epoque (
  une boolean PRIMARY KEY DEFAULT true CHECK (une), decalage bigint NOT NULL DEFAULT 0
);
INSERT INTO journal.epoque DEFAULT VALUES;
CREATE FUNCTION journal.decalage() RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS $$ SELECT decalage FROM journal.epoque $$;
CREATE FUNCTION journal.txid() RETURNS bigint LANGUAGE sql STABLE SECURITY DEFINER
  SET search_path = pg_catalog, pg_temp AS
  $$ SELECT decalage + pg_current_xact_id()::text::bigint FROM journal.epoque $$;
"""
NO_TXID = "DROP SCHEMA journal CASCADE"


class Migration(migrations.Migration):
    dependencies = [("audit", "0002_append_only")]
    operations = [migrations.RunSQL(TXID, NO_TXID)]
