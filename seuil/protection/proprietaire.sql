-- Rights, last: they name every function. The application may write a line, seal, anchor, ask who
-- saw a dossier; it removes nothing, and reads no line by itself. What is past its term is removed by
-- the worker alone, through the function that says so in the chain.
GRANT USAGE, CREATE ON SCHEMA journal TO seuil_journal;
GRANT USAGE ON SCHEMA public TO seuil_journal;
GRANT SELECT ON journal.epoque TO seuil_journal;
GRANT SELECT, INSERT ON audit_event, audit_sceau, audit_ancre TO seuil_journal;
GRANT DELETE ON audit_event, audit_sceau TO seuil_journal;
GRANT USAGE ON ALL SEQUENCES IN SCHEMA public TO seuil_journal;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA journal FROM PUBLIC;
DO $$ DECLARE f text; BEGIN
  FOR f IN SELECT p.oid::regprocedure::text FROM pg_proc p
    JOIN pg_namespace n ON n.oid = p.pronamespace
    WHERE n.nspname = 'journal'
  LOOP
    EXECUTE 'ALTER FUNCTION ' || f || ' OWNER TO seuil_journal';
  END LOOP;
  IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'seuil_appli') THEN
    GRANT USAGE ON SCHEMA journal TO seuil_appli;
    GRANT EXECUTE ON FUNCTION journal.inscrire(uuid, text, text, text, text, text, text, text,
      text, text, uuid[], text[], text[], text[], text, text, text, date, jsonb),
      journal.sceller(), journal.ancrer(text), journal.consultations(uuid, timestamptz),
      journal.alertes(timestamptz),
      journal.txid(), journal.retard() TO seuil_appli;
  END IF;
  IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'seuil_travaux') THEN
    GRANT EXECUTE ON FUNCTION journal.retirer(text, timestamptz), journal.volumes(timestamptz)
      TO seuil_travaux;
  END IF;
  IF EXISTS (SELECT 1 FROM pg_roles WHERE rolname = 'seuil_sauvegarde') THEN
    GRANT USAGE ON SCHEMA journal TO seuil_sauvegarde;
    GRANT SELECT ON ALL TABLES IN SCHEMA journal TO seuil_sauvegarde;
  END IF;
END $$;
REVOKE CREATE ON SCHEMA journal FROM seuil_journal;
