-- The function and the triggers of one table; the names in braces are filled for each
-- (rules.write_triggers). One statement is one line: names of columns, never a value.
CREATE OR REPLACE FUNCTION journal.ecrire_{nom}() RETURNS trigger LANGUAGE plpgsql
SECURITY DEFINER SET search_path = public, pg_temp AS $f$
DECLARE d text := journal.departement();
BEGIN
  IF TG_OP = 'INSERT' THEN
    PERFORM journal.ecrire('{nom}', 'insert', g.objets, g.dossiers, '{{}}', g.dep) FROM (
      SELECT array_agg(x.{cle}::text) AS objets, array_agg(DISTINCT {dossier}) AS dossiers,
             {dep} AS dep FROM nouveau x HAVING count(*) > 0) g;
  ELSIF TG_OP = 'DELETE' THEN
    PERFORM journal.ecrire('{nom}', 'delete', g.objets, g.dossiers, '{{}}', g.dep) FROM (
      SELECT array_agg(x.{cle}::text) AS objets, array_agg(DISTINCT {dossier}) AS dossiers,
             {dep} AS dep FROM ancien x HAVING count(*) > 0) g;
  ELSIF TG_OP = 'UPDATE' THEN
    PERFORM journal.ecrire('{nom}', 'update', g.objets, g.dossiers, g.colonnes, g.dep) FROM (
      SELECT c.colonnes, array_agg(x.{cle}::text) AS objets,
             array_agg(DISTINCT {dossier}) AS dossiers, {dep} AS dep
      FROM nouveau x LEFT JOIN ancien a ON a.{cle} = x.{cle},
      LATERAL (SELECT array_remove(ARRAY[{compare}]::text[], NULL) AS colonnes) c
      WHERE c.colonnes <> '{{}}' GROUP BY c.colonnes) g;
  ELSE
    PERFORM journal.ecrire('{nom}', 'truncate', '{{}}', '{{}}', '{{}}', '');
  END IF;
  RETURN NULL;
END $f$;
CREATE OR REPLACE TRIGGER journal_insert AFTER INSERT ON {nom}
  REFERENCING NEW TABLE AS nouveau FOR EACH STATEMENT EXECUTE FUNCTION journal.ecrire_{nom}();
CREATE OR REPLACE TRIGGER journal_update AFTER UPDATE ON {nom}
  REFERENCING OLD TABLE AS ancien NEW TABLE AS nouveau
  FOR EACH STATEMENT EXECUTE FUNCTION journal.ecrire_{nom}();
CREATE OR REPLACE TRIGGER journal_delete AFTER DELETE ON {nom}
  REFERENCING OLD TABLE AS ancien FOR EACH STATEMENT EXECUTE FUNCTION journal.ecrire_{nom}();
CREATE OR REPLACE TRIGGER journal_truncate AFTER TRUNCATE ON {nom}
  FOR EACH STATEMENT EXECUTE FUNCTION journal.ecrire_{nom}();
