# The words of every fact of a file replace its names alone (recherche.Mention, decision 0027).

from django.db import migrations

# As 0004 wrote it: to go back.
ECRIRE = """
CREATE FUNCTION echeances_ecrire_noms() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    DELETE FROM public.echeances_nomcherche c USING anciennes a WHERE c.dossier_id = a.dossier_id;
    RETURN NULL;
  END IF;
  IF TG_OP = 'UPDATE' THEN
    DELETE FROM public.echeances_nomcherche c USING anciennes a, ecrites e
    WHERE c.dossier_id = a.dossier_id AND e.dossier_id = a.dossier_id
      AND (e.nom_recherche, e.departement) IS DISTINCT FROM (a.nom_recherche, a.departement);
  END IF;
  INSERT INTO public.echeances_nomcherche (dossier_id, departement, texte)
  SELECT DISTINCT e.dossier_id, e.departement,
    array_to_string(m.mots[i : array_length(m.mots, 1)], ' ')
  FROM ecrites e CROSS JOIN LATERAL (SELECT string_to_array(e.nom_recherche, ' ') AS mots) m
  CROSS JOIN LATERAL generate_subscripts(m.mots, 1) i
  WHERE m.mots[i] <> ''
  ON CONFLICT DO NOTHING;
  RETURN NULL;
END $$;
CREATE TRIGGER echeances_noms_nouveaux AFTER INSERT ON echeances_situation
  REFERENCING NEW TABLE AS ecrites FOR EACH STATEMENT EXECUTE FUNCTION echeances_ecrire_noms();
CREATE TRIGGER echeances_noms_changes AFTER UPDATE ON echeances_situation
  REFERENCING OLD TABLE AS anciennes NEW TABLE AS ecrites
  FOR EACH STATEMENT EXECUTE FUNCTION echeances_ecrire_noms();
CREATE TRIGGER echeances_noms_retires AFTER DELETE ON echeances_situation
  REFERENCING OLD TABLE AS anciennes FOR EACH STATEMENT EXECUTE FUNCTION echeances_ecrire_noms();
INSERT INTO echeances_nomcherche (dossier_id, departement, texte)
  SELECT DISTINCT s.dossier_id, s.departement,
    array_to_string(m.mots[i : array_length(m.mots, 1)], ' ')
  FROM echeances_situation s
  CROSS JOIN LATERAL (SELECT string_to_array(s.nom_recherche, ' ') AS mots) m
  CROSS JOIN LATERAL generate_subscripts(m.mots, 1) i
  WHERE m.mots[i] <> '';
"""
NE_PLUS_ECRIRE = """
DROP TRIGGER echeances_noms_retires ON echeances_situation;
DROP TRIGGER echeances_noms_changes ON echeances_situation;
DROP TRIGGER echeances_noms_nouveaux ON echeances_situation;
DROP FUNCTION echeances_ecrire_noms();
"""


class Migration(migrations.Migration):
    dependencies = [
        ("echeances", "0010_etape_faite_le"),
        ("recherche", "0001_initial"),
    ]

    operations = [
        migrations.RunSQL(NE_PLUS_ECRIRE, ECRIRE),
        migrations.DeleteModel(name="NomCherche"),
    ]
