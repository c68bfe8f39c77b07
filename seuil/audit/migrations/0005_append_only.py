"""Seals and anchors are append-only as the lines are, until their term."""

from django.db import migrations

# A removal at term says so (journal.retirer) and reaches nothing younger than six months.
FORBID = """
CREATE OR REPLACE FUNCTION audit_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' AND current_setting('seuil.retrait', true) = 'terme'
     AND (TG_TABLE_NAME = 'audit_sceau'
          OR (to_jsonb(OLD) ->> 'created_at')::timestamptz < now() - interval '6 months') THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;
CREATE TRIGGER audit_sceau_append_only BEFORE UPDATE OR DELETE ON audit_sceau
  FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER audit_sceau_no_truncate BEFORE TRUNCATE ON audit_sceau
  FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER audit_ancre_append_only BEFORE UPDATE OR DELETE ON audit_ancre
  FOR EACH ROW EXECUTE FUNCTION audit_refuse_change();
CREATE TRIGGER audit_ancre_no_truncate BEFORE TRUNCATE ON audit_ancre
  FOR EACH STATEMENT EXECUTE FUNCTION audit_refuse_change();
"""
ALLOW = """
DROP TRIGGER audit_ancre_no_truncate ON audit_ancre;
DROP TRIGGER audit_ancre_append_only ON audit_ancre;
DROP TRIGGER audit_sceau_no_truncate ON audit_sceau;
DROP TRIGGER audit_sceau_append_only ON audit_sceau;
"""


class Migration(migrations.Migration):
    dependencies = [("audit", "0004_lectures_refus_ecritures")]
    operations = [migrations.RunSQL(FORBID, ALLOW)]
