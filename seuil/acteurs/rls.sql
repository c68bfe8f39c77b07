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
      WHERE a.id = p[2]::uuid AND a.is_active AND a.suspendu_le IS NULL
        AND moi.jour BETWEEN a.habilite_le AND a.habilite_jusqu_au;
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

CREATE OR REPLACE FUNCTION droits.departement() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp AS $$ SELECT (droits.moi()).departement $$;

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

-- What of the matrix concerns whoever asks, for a category and an operation: read once by query, then
-- compared with each row. Stages are ranks; null stands for « never ».
DO $$ BEGIN
  CREATE TYPE droits.portee AS (
    partout boolean, departement text, limites boolean, jour date,
    agent uuid, organisation uuid, role text,
    des smallint, jusqu_a smallint,
    communes text[], secteur_des smallint, secteur_jusqu_a smallint,
    liens text[],
    saisine_des smallint, saisine_jusqu_a smallint,
    dossier uuid
  );
EXCEPTION WHEN duplicate_object THEN NULL;
END $$;

CREATE OR REPLACE FUNCTION droits.portee(cat text, op text) RETURNS droits.portee
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  moi constant droits.lecteur := droits.moi();
  p droits.portee;
  r record;
BEGIN
  IF moi.genre IS NULL THEN RETURN NULL; END IF;
  p.partout := false;
  p.departement := moi.departement;
  p.limites := moi.limites;
  p.jour := moi.jour;
  p.liens := '{}';
  p.communes := '{}';
  -- The machine recomputes and imports; « chiffres » counts, and writes nothing.
  IF moi.genre = 'machine' OR (moi.genre = 'chiffres' AND op = 'lire') THEN
    p.partout := moi.departement = '*';
    p.des := 0;
    p.jusqu_a := 32767;
    RETURN p;
  END IF;
  IF moi.genre = 'agent' THEN
    p.agent := moi.agent;
    p.organisation := moi.organisation;
    p.role := moi.role;
  END IF;
  FOR r IN SELECT x.relation, x.de, x.a FROM droits.regle x
    WHERE x.profil = moi.profil AND x.categorie = cat AND x.operation = op
  LOOP
    IF r.relation = 'departement' THEN
      p.des := r.de;
      p.jusqu_a := r.a;
    ELSIF r.relation = 'secteur' THEN
      p.communes := droits.secteur(moi);
      p.secteur_des := r.de;
      p.secteur_jusqu_a := r.a;
    ELSIF r.relation = 'saisine' THEN
      p.saisine_des := r.de;
      p.saisine_jusqu_a := r.a;
    ELSIF r.relation IN ('menage', 'bailleur_du_code') THEN
      p.dossier := moi.dossier;
    ELSE
      p.liens := p.liens || r.relation;
    END IF;
  END LOOP;
  RETURN p;
END $$;

-- Communes that the agent's organisation serves.
CREATE OR REPLACE FUNCTION droits.secteur(moi droits.lecteur) RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp AS $$
DECLARE servies text[];
BEGIN
  servies := ARRAY(SELECT c.commune_id::text FROM public.acteurs_organisation_communes c
    WHERE c.organisation_id = moi.organisation);
  IF servies = '{}' AND EXISTS (SELECT 1 FROM droits.sans_commune s WHERE s.type = moi.organisme)
  THEN
    RETURN ARRAY(SELECT c.code::text FROM public.acteurs_commune c
      WHERE c.departement_id = moi.departement);
  END IF;
  RETURN servies;
END $$;

-- Whether a file runs a dated link that names whoever asks.
CREATE OR REPLACE FUNCTION droits.lie(dossier uuid, p droits.portee) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED COST 200
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN p.liens <> '{}' AND EXISTS (SELECT 1 FROM public.dossiers_acces a
    WHERE a.dossier_id = dossier AND a.relation = ANY (p.liens) AND a.debut_le <= p.jour
      AND (a.fin_le IS NULL OR a.fin_le > p.jour)
      AND (a.expire_at IS NULL OR a.expire_at > now())
      AND (a.agent_id = p.agent OR a.organisation_id = p.organisation OR a.role = p.role));
END $$;

-- Whether a file is open to whoever asks: the whole of the matrix, for one row.
CREATE OR REPLACE FUNCTION droits.ouvre(dossier uuid, p droits.portee) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED COST 200
SET search_path = pg_catalog, pg_temp AS $$
DECLARE d record;
BEGIN
  IF p.partout IS NULL THEN RETURN false; END IF;
  IF p.partout THEN RETURN true; END IF;
  SELECT x.departement_id, x.rang, x.commune_code, x.limite_le INTO d
    FROM public.dossiers_dossier x WHERE x.id = dossier;
  IF NOT FOUND OR d.departement_id <> p.departement
    OR (d.limite_le IS NOT NULL AND NOT p.limites) THEN RETURN false; END IF;
  IF d.rang BETWEEN p.des AND p.jusqu_a THEN RETURN true; END IF;
  IF d.rang BETWEEN p.secteur_des AND p.secteur_jusqu_a AND d.commune_code = ANY (p.communes) THEN
    RETURN true;
  END IF;
  IF droits.lie(dossier, p) THEN RETURN true; END IF;
  IF d.rang BETWEEN p.saisine_des AND p.saisine_jusqu_a AND (
    EXISTS (SELECT 1 FROM public.travail_tache k WHERE k.dossier_id = dossier
      AND k.organisation_id = p.organisation AND k.visible_le <= p.jour
      AND (k.caduque_le IS NULL OR k.caduque_le > p.jour))
    OR EXISTS (SELECT 1 FROM public.travail_diligence g WHERE g.dossier_id = dossier
      AND g.organisation_id = p.organisation AND g.faite_le > p.jour - {jours_apres}))
  THEN RETURN true; END IF;
  RETURN coalesce(dossier = p.dossier, false);
END $$;

-- Files of a mandate and of a contract; nothing else of them is told.
CREATE OR REPLACE FUNCTION droits.dossier_de_mandat(mandat uuid) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER PARALLEL RESTRICTED COST 50
SET search_path = pg_catalog, pg_temp AS
$$ SELECT m.dossier_id FROM public.accompagnements_mandat m WHERE m.id = mandat $$;

CREATE OR REPLACE FUNCTION droits.mandat_de_contrat(contrat uuid) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER PARALLEL RESTRICTED COST 50
SET search_path = pg_catalog, pg_temp AS
$$ SELECT c.mandat_id FROM public.accompagnements_contrat c WHERE c.id = contrat $$;

-- Whether a landlord has a lease in a file that is open to whoever asks.
CREATE OR REPLACE FUNCTION droits.bailleur_ouvert(bailleur uuid, p droits.portee) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED COST 500
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN EXISTS (SELECT 1 FROM public.dossiers_bail b
    WHERE b.bailleur_id = bailleur AND droits.ouvre(b.dossier_id, p));
END $$;

-- Whether nothing is hidden from whoever asks: the machine, everywhere.
CREATE OR REPLACE FUNCTION droits.partout(op text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp AS $$
DECLARE moi constant droits.lecteur := droits.moi();
BEGIN
  RETURN coalesce(moi.departement = '*' AND (moi.genre = 'machine'
    OR (moi.genre = 'chiffres' AND op = 'lire')), false);
END $$;

-- Whether a dated link is told to whoever asks: its own, those of the files it follows, and those of
-- every file for who sees a whole département.
CREATE OR REPLACE FUNCTION droits.lien_lisible(
  dossier uuid, dep text, agent uuid, organisation uuid, role text, p droits.portee
) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED COST 100
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF p.partout IS NULL THEN RETURN false; END IF;
  IF p.partout THEN RETURN true; END IF;
  IF dep <> p.departement THEN RETURN false; END IF;
  RETURN p.des = 0 OR agent = p.agent OR organisation = p.organisation OR role = p.role
    OR droits.lie(dossier, p);
END $$;

-- Départements every file of which may be reached, for a category and an operation, whatever its
-- stage: an index serves the comparison.
CREATE OR REPLACE FUNCTION droits.entiers(cat text, op text) RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp AS $$
DECLARE moi constant droits.lecteur := droits.moi();
BEGIN
  IF moi.genre = 'machine' OR (moi.genre = 'chiffres' AND op = 'lire') THEN
    RETURN droits.territoires();
  END IF;
  IF moi.genre = 'agent' AND EXISTS (SELECT 1 FROM droits.regle r WHERE r.profil = moi.profil
    AND r.categorie = cat AND r.operation = op AND r.relation = 'departement'
    AND r.de = 0 AND r.a >= {dernier}) THEN
    RETURN ARRAY[moi.departement];
  END IF;
  RETURN '{}';
END $$;

-- Départements outside of which nothing is ever seen.
CREATE OR REPLACE FUNCTION droits.territoires() RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp AS $$
DECLARE moi constant droits.lecteur := droits.moi();
BEGIN
  IF moi.departement = '*' AND moi.genre IN ('machine', 'chiffres') THEN
    RETURN ARRAY(SELECT d.code::text FROM public.acteurs_departement d);
  END IF;
  IF moi.genre IS NULL THEN RETURN '{}'; END IF;
  RETURN ARRAY[moi.departement];
END $$;

-- What an earlier version asked, one question at a time.
DROP FUNCTION IF EXISTS droits.departements(text, text), droits.des(text, text, text),
  droits.jusqu_a(text, text, text), droits.communes(text, text), droits.liens(text, text),
  droits.saisine(text, text), droits.dossier_du_code(text, text), droits.repondus(integer),
  droits.suivis(), droits.voit_les_acces(), droits.role(), droits.jour() CASCADE;
