-- What PostgreSQL knows of the matrix of accesses, and of who asks. Read by acteurs/rls.py, which
-- applies it again whenever it changes; every statement may run twice.
--
-- The application's role owns nothing and reads none of these tables: it may only ask the functions
-- below, which answer for whoever signed the context of the transaction (kernel/contexte.py).

CREATE SCHEMA IF NOT EXISTS droits;

CREATE TABLE IF NOT EXISTS droits.cle (
  seule boolean PRIMARY KEY DEFAULT true CHECK (seule),
  secret bytea NOT NULL CHECK (length(secret) >= 32)
);
CREATE TABLE IF NOT EXISTS droits.version (
  seule boolean PRIMARY KEY DEFAULT true CHECK (seule),
  matrice text NOT NULL,
  installation text NOT NULL,
  installee_at timestamptz NOT NULL DEFAULT now()
);
CREATE TABLE IF NOT EXISTS droits.profil (
  code text NOT NULL,
  role text NOT NULL,
  organisme text NOT NULL,
  limites boolean NOT NULL,
  PRIMARY KEY (role, organisme)
);
CREATE TABLE IF NOT EXISTS droits.regle (
  profil text NOT NULL,
  categorie text NOT NULL,
  operation text NOT NULL CHECK (operation IN ('lire', 'ecrire', 'recevoir')),
  relation text NOT NULL,
  de smallint NOT NULL CHECK (de >= 0),
  a smallint NOT NULL,
  PRIMARY KEY (profil, categorie, operation, relation),
  CHECK (a >= de)
);
CREATE TABLE IF NOT EXISTS droits.sans_commune (type text PRIMARY KEY);

DO $$ BEGIN
  CREATE TYPE droits.lecteur AS (
    genre text, agent uuid, organisation uuid, organisme text, role text, profil text,
    departement text, jour date, limites boolean, dossier uuid
  );
EXCEPTION WHEN duplicate_object THEN NULL;
END $$;

-- Whoever signed the context; null when there is none, or when it is forged, old, or another
-- connection's. The signature is SHA-256 twice with the secret in front: what HMAC does.
CREATE OR REPLACE FUNCTION droits.moi() RETURNS droits.lecteur
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  jeton constant text := current_setting('seuil.contexte', true);
  p text[];
  cle bytea;
  moi droits.lecteur;
BEGIN
  IF coalesce(jeton, '') = '' THEN RETURN NULL; END IF;
  p := string_to_array(jeton, '|');
  IF coalesce(array_length(p, 1), 0) <> 7 THEN RETURN NULL; END IF;
  SELECT c.secret INTO cle FROM droits.cle c;
  IF cle IS NULL OR encode(sha256(cle || sha256(cle || convert_to(array_to_string(p[1:6], '|'),
    'UTF8'))), 'hex') IS DISTINCT FROM p[7] THEN RETURN NULL; END IF;
  -- genre | who | département | day | end of validity (epoch) | connection | signature
  IF p[5]::bigint < extract(epoch FROM clock_timestamp()) OR p[6]::int <> pg_backend_pid() THEN
    RETURN NULL;
  END IF;
  moi.genre := p[1];
  moi.departement := p[3];
  moi.jour := p[4]::date;
  moi.limites := false;
  IF moi.genre = 'agent' THEN
    SELECT a.id, a.organisation_id, o.type, a.role, a.departement_id
      INTO moi.agent, moi.organisation, moi.organisme, moi.role, moi.departement
      FROM public.acteurs_agent a JOIN public.acteurs_organisation o ON o.id = a.organisation_id
      WHERE a.id = p[2]::uuid AND a.is_active;
    IF NOT FOUND THEN RETURN NULL; END IF;
    SELECT r.code, r.limites INTO moi.profil, moi.limites FROM droits.profil r
      WHERE r.role = moi.role AND r.organisme IN (moi.organisme, '')
      ORDER BY r.organisme DESC LIMIT 1;
    moi.limites := coalesce(moi.limites, false);
  ELSIF moi.genre = 'code' THEN
    moi.profil := split_part(p[2], ':', 1);
    moi.dossier := split_part(p[2], ':', 2)::uuid;
  ELSIF moi.genre = 'machine' THEN
    moi.limites := true;
  ELSIF moi.genre <> 'chiffres' THEN
    RETURN NULL;
  END IF;
  RETURN moi;
END $$;

CREATE OR REPLACE FUNCTION droits.present() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp AS
$$ SELECT (m).genre IS NOT NULL FROM (SELECT droits.moi() AS m) s $$;

CREATE OR REPLACE FUNCTION droits.agent() RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp AS $$ SELECT (droits.moi()).agent $$;

CREATE OR REPLACE FUNCTION droits.organisation() RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp AS $$ SELECT (droits.moi()).organisation $$;

CREATE OR REPLACE FUNCTION droits.role() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp AS $$ SELECT (droits.moi()).role $$;

CREATE OR REPLACE FUNCTION droits.departement() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp AS $$ SELECT (droits.moi()).departement $$;

CREATE OR REPLACE FUNCTION droits.jour() RETURNS date
LANGUAGE sql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp AS $$ SELECT (droits.moi()).jour $$;

-- Whether a file whose processing is limited (RGPD, art. 18) is still shown.
CREATE OR REPLACE FUNCTION droits.limites() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp AS $$ SELECT coalesce((droits.moi()).limites, false) $$;

-- The machine recomputes and imports; « chiffres » counts and shows nobody's file.
CREATE OR REPLACE FUNCTION droits.machine() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp AS $$ SELECT coalesce((droits.moi()).genre = 'machine', false) $$;

-- Who writes, for the journal.
CREATE OR REPLACE FUNCTION droits.auteur() RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp AS $$
DECLARE moi constant droits.lecteur := droits.moi();
BEGIN
  IF moi.genre IS NULL THEN RETURN 'base:' || session_user; END IF;
  IF moi.genre = 'agent' THEN RETURN 'agent:' || moi.agent; END IF;
  RETURN moi.genre || ':' || split_part(current_setting('seuil.contexte', true), '|', 2);
END $$;

-- Départements the whole of which may be reached, for a category and an operation.
CREATE OR REPLACE FUNCTION droits.departements(cat text, op text) RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp AS $$
DECLARE moi constant droits.lecteur := droits.moi();
BEGIN
  IF moi.genre = 'machine' OR (moi.genre = 'chiffres' AND op = 'lire') THEN
    IF moi.departement = '*' THEN
      RETURN ARRAY(SELECT d.code::text FROM public.acteurs_departement d);
    END IF;
    RETURN ARRAY[moi.departement];
  END IF;
  IF moi.genre = 'agent' AND EXISTS (SELECT 1 FROM droits.regle r WHERE r.profil = moi.profil
    AND r.categorie = cat AND r.operation = op AND r.relation = 'departement') THEN
    RETURN ARRAY[moi.departement];
  END IF;
  RETURN '{}';
END $$;

-- First and last stage of the rule of a relation; none stands for « never ».
CREATE OR REPLACE FUNCTION droits.des(cat text, op text, rel text) RETURNS smallint
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp AS $$
DECLARE moi constant droits.lecteur := droits.moi();
BEGIN
  IF moi.genre IN ('machine', 'chiffres') THEN RETURN 0; END IF;
  RETURN (SELECT r.de FROM droits.regle r WHERE r.profil = moi.profil
    AND r.categorie = cat AND r.operation = op AND r.relation = rel);
END $$;

CREATE OR REPLACE FUNCTION droits.jusqu_a(cat text, op text, rel text) RETURNS smallint
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp AS $$
DECLARE moi constant droits.lecteur := droits.moi();
BEGIN
  IF moi.genre IN ('machine', 'chiffres') THEN RETURN 32767; END IF;
  RETURN (SELECT r.a FROM droits.regle r WHERE r.profil = moi.profil
    AND r.categorie = cat AND r.operation = op AND r.relation = rel);
END $$;

-- Who may tell who sees a file: those who see all those of the département.
CREATE OR REPLACE FUNCTION droits.voit_les_acces() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp AS
$$ SELECT droits.departements('dossier', 'lire') <> '{}' AND droits.des('dossier', 'lire', 'departement') = 0 $$;

-- Communes that the agent's organisation serves, when a rule goes by sector.
CREATE OR REPLACE FUNCTION droits.communes(cat text, op text) RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  moi constant droits.lecteur := droits.moi();
  servies text[];
BEGIN
  IF moi.genre IS DISTINCT FROM 'agent' OR NOT EXISTS (SELECT 1 FROM droits.regle r
    WHERE r.profil = moi.profil AND r.categorie = cat AND r.operation = op
    AND r.relation = 'secteur') THEN
    RETURN '{}';
  END IF;
  servies := ARRAY(SELECT c.commune_id::text FROM public.acteurs_organisation_communes c
    WHERE c.organisation_id = moi.organisation);
  IF servies = '{}' AND EXISTS (SELECT 1 FROM droits.sans_commune s WHERE s.type = moi.organisme)
  THEN
    RETURN ARRAY(SELECT c.code::text FROM public.acteurs_commune c
      WHERE c.departement_id = moi.departement);
  END IF;
  RETURN servies;
END $$;

-- Kinds of dated links that open a category.
CREATE OR REPLACE FUNCTION droits.liens(cat text, op text) RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp AS $$
DECLARE moi constant droits.lecteur := droits.moi();
BEGIN
  IF moi.genre IS DISTINCT FROM 'agent' THEN RETURN '{}'; END IF;
  RETURN ARRAY(SELECT r.relation FROM droits.regle r WHERE r.profil = moi.profil
    AND r.categorie = cat AND r.operation = op
    AND r.relation NOT IN ('departement', 'secteur', 'saisine'));
END $$;

-- Whether a category opens to an organisation that has something to do for the file.
CREATE OR REPLACE FUNCTION droits.saisine(cat text, op text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp AS $$
DECLARE moi constant droits.lecteur := droits.moi();
BEGIN
  RETURN moi.genre IS NOT DISTINCT FROM 'agent' AND EXISTS (SELECT 1 FROM droits.regle r
    WHERE r.profil = moi.profil AND r.categorie = cat AND r.operation = op
    AND r.relation = 'saisine');
END $$;

-- Files that the agent or its organisation follows: its colleagues on them are told to it.
CREATE OR REPLACE FUNCTION droits.suivis() RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp AS $$
DECLARE moi constant droits.lecteur := droits.moi();
BEGIN
  RETURN ARRAY(SELECT a.dossier_id FROM public.dossiers_acces a
    WHERE a.relation = ANY (droits.liens('accompagnement', 'lire'))
      AND a.debut_le <= moi.jour AND (a.fin_le IS NULL OR a.fin_le > moi.jour)
      AND (a.agent_id = moi.agent OR a.organisation_id = moi.organisation));
END $$;

-- Files for which the agent's organisation answered a duty within so many days.
CREATE OR REPLACE FUNCTION droits.repondus(jours integer) RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp AS $$
DECLARE moi constant droits.lecteur := droits.moi();
BEGIN
  RETURN ARRAY(SELECT g.dossier_id FROM public.travail_diligence g
    WHERE g.organisation_id = moi.organisation AND g.faite_le > moi.jour - jours);
END $$;

-- The one file that a code opens, for the categories of its profile.
CREATE OR REPLACE FUNCTION droits.dossier_du_code(cat text, op text) RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp AS $$
DECLARE moi constant droits.lecteur := droits.moi();
BEGIN
  IF moi.genre IS DISTINCT FROM 'code' THEN RETURN NULL; END IF;
  IF EXISTS (SELECT 1 FROM droits.regle r WHERE r.profil = moi.profil AND r.categorie = cat
    AND r.operation = op AND r.relation IN ('menage', 'bailleur_du_code')) THEN
    RETURN moi.dossier;
  END IF;
  RETURN NULL;
END $$;
