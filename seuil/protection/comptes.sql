-- Who may write what opens an account or a file, and read a session, whatever statement the application
-- is made to run.
-- Applied after fonctions.sql, by installation.py. The policies say nothing of these tables: who signs
-- in is nobody yet. What an operation has checked runs as the machine (kernel/contexte.py).
--
-- The two that guard are invoker functions: they must see the role that writes.

-- Accounts, organisations, sectors, invitations, tries, mails: the machine alone. Of its own account, an agent
-- changes its password, and signing in its date; never what it may reach.
CREATE OR REPLACE FUNCTION droits.garder_comptes() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF current_user NOT IN ('seuil_appli', 'seuil_travaux') OR droits.machine() THEN
    RETURN coalesce(NEW, OLD);
  END IF;
  IF TG_TABLE_NAME = 'acteurs_agent' AND TG_OP = 'UPDATE' THEN
    IF OLD.id = droits.agent() AND to_jsonb(NEW) - ARRAY['password', 'last_login']
      = to_jsonb(OLD) - ARRAY['password', 'last_login'] THEN
      RETURN NEW;
    END IF;
  END IF;
  RAISE insufficient_privilege
    USING MESSAGE = 'ce qui ouvre un compte ou un dossier ne se change que par les pages des comptes';
END $$;

-- Factors, sessions, secret addresses: their holder alone, and the machine for who signs in.
CREATE OR REPLACE FUNCTION droits.garder_titulaire() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF current_user NOT IN ('seuil_appli', 'seuil_travaux') OR droits.machine() THEN
    RETURN coalesce(NEW, OLD);
  END IF;
  IF (TG_OP = 'INSERT' OR OLD.agent_id = droits.agent())
    AND (TG_OP = 'DELETE' OR NEW.agent_id = droits.agent()) THEN
    RETURN coalesce(NEW, OLD);
  END IF;
  RAISE insufficient_privilege
    USING MESSAGE = 'nul n’écrit les facteurs, les sessions ni l’agenda d’un autre';
END $$;

-- Without conditions of their own: written again by a restoration, they would not be the same text.
CREATE OR REPLACE TRIGGER garder_comptes_changes BEFORE UPDATE ON public.acteurs_agent
  FOR EACH ROW EXECUTE FUNCTION droits.garder_comptes();
CREATE OR REPLACE TRIGGER garder_comptes BEFORE INSERT OR DELETE ON public.acteurs_agent
  FOR EACH ROW EXECUTE FUNCTION droits.garder_comptes();
CREATE OR REPLACE TRIGGER garder_organismes BEFORE INSERT OR UPDATE OR DELETE
  ON public.acteurs_organisation FOR EACH ROW EXECUTE FUNCTION droits.garder_comptes();
CREATE OR REPLACE TRIGGER garder_secteurs BEFORE INSERT OR UPDATE OR DELETE
  ON public.acteurs_organisation_communes FOR EACH ROW EXECUTE FUNCTION droits.garder_comptes();
CREATE OR REPLACE TRIGGER garder_invitations BEFORE INSERT OR UPDATE OR DELETE
  ON public.connexions_invitation FOR EACH ROW EXECUTE FUNCTION droits.garder_comptes();
CREATE OR REPLACE TRIGGER garder_essais BEFORE INSERT OR UPDATE OR DELETE
  ON public.connexions_essai FOR EACH ROW EXECUTE FUNCTION droits.garder_comptes();
CREATE OR REPLACE TRIGGER garder_courriels BEFORE INSERT OR UPDATE OR DELETE
  ON public.connexions_courriel FOR EACH ROW EXECUTE FUNCTION droits.garder_comptes();
CREATE OR REPLACE TRIGGER garder_codes BEFORE INSERT OR UPDATE OR DELETE
  ON public.connexions_facteurcode FOR EACH ROW EXECUTE FUNCTION droits.garder_titulaire();
CREATE OR REPLACE TRIGGER garder_cles BEFORE INSERT OR UPDATE OR DELETE
  ON public.connexions_cleacces FOR EACH ROW EXECUTE FUNCTION droits.garder_titulaire();
CREATE OR REPLACE TRIGGER garder_secours BEFORE INSERT OR UPDATE OR DELETE
  ON public.connexions_codesecours FOR EACH ROW EXECUTE FUNCTION droits.garder_titulaire();
CREATE OR REPLACE TRIGGER garder_identites BEFORE INSERT OR UPDATE OR DELETE
  ON public.connexions_identiteexterne FOR EACH ROW EXECUTE FUNCTION droits.garder_titulaire();
CREATE OR REPLACE TRIGGER garder_connexions BEFORE INSERT OR UPDATE OR DELETE
  ON public.connexions_connexion FOR EACH ROW EXECUTE FUNCTION droits.garder_titulaire();
CREATE OR REPLACE TRIGGER garder_brouillons BEFORE INSERT OR UPDATE OR DELETE
  ON public.connexions_brouillon FOR EACH ROW EXECUTE FUNCTION droits.garder_titulaire();
CREATE OR REPLACE TRIGGER garder_abonnements BEFORE INSERT OR UPDATE OR DELETE
  ON public.acteurs_abonnementagenda FOR EACH ROW EXECUTE FUNCTION droits.garder_titulaire();

-- Sessions: whoever has the key of one reads and writes that one. The application has no right on their
-- table. `cle` is the digest of what the browser sends (web/sessions.py).
CREATE OR REPLACE FUNCTION droits.session(cle text) RETURNS SETOF public.django_session
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT * FROM public.django_session s WHERE s.session_key = cle
$$;

-- Make a session, which must be new; or keep one, which must still be there: tell whether it was.
CREATE OR REPLACE FUNCTION droits.garder_session(
  cle text, contenu text, fin timestamptz, nouvelle boolean
) RETURNS boolean LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF nouvelle THEN
    INSERT INTO public.django_session (session_key, session_data, expire_date)
      VALUES (cle, contenu, fin);
    RETURN true;
  END IF;
  UPDATE public.django_session SET session_data = contenu, expire_date = fin
    WHERE session_key = cle;
  RETURN FOUND;
END $$;

CREATE OR REPLACE FUNCTION droits.oter_session(cle text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  DELETE FROM public.django_session WHERE session_key = cle
$$;

-- By the clock of the database: nobody ends the others' by naming another day.
CREATE OR REPLACE FUNCTION droits.oter_sessions_finies() RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  DELETE FROM public.django_session WHERE expire_date < now()
$$;

-- The open session that a cookie names, before anybody has signed a context.
CREATE OR REPLACE FUNCTION droits.connexion(cle uuid) RETURNS SETOF public.connexions_connexion
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  SELECT * FROM public.connexions_connexion c WHERE c.id = cle AND c.fin_at IS NULL
$$;
