-- What PostgreSQL knows of the matrix of accesses, and of who asks. Applied by installation.py, again
-- whenever it changes; every statement may run twice.
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

-- Made again whole: what an earlier version asked, and its policies, are gone with its functions; a
-- type that gained a field would leave those of an older one behind.
DO $$ DECLARE f text; BEGIN
  FOR f IN SELECT p.oid::regprocedure::text FROM pg_proc p
    WHERE p.pronamespace = 'droits'::regnamespace
  LOOP EXECUTE 'DROP FUNCTION IF EXISTS ' || f || ' CASCADE'; END LOOP;
END $$;
DROP TYPE IF EXISTS droits.lecteur, droits.portee, droits.lien CASCADE;
DROP TABLE IF EXISTS droits.seance;
CREATE TYPE droits.lecteur AS (
  genre text, qui text, agent uuid, organisation uuid, organisme text, role text, profil text,
  departement text, jour date, limites boolean, dossier uuid
);
-- The files that one kind of dated link opens; null when they are too many to be told at once.
CREATE TYPE droits.lien AS (relation text, dossiers uuid[]);
-- Who asks, by connection, for one transaction: written once the signature is verified, so that no
-- query pays for it again. Rolled back with the savepoint that changed it.
CREATE UNLOGGED TABLE droits.seance (
  pid integer PRIMARY KEY,
  transaction xid8 NOT NULL,
  lecteur droits.lecteur,
  liens droits.lien[] NOT NULL
) WITH (fillfactor = 50);

-- Recognise whoever signed; null when the token is forged, old, or another connection's. The
-- signature is SHA-256 twice with the secret in front: what HMAC does.
CREATE OR REPLACE FUNCTION droits.reconnaitre(jeton text) RETURNS droits.lecteur
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
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
  moi.qui := p[2];
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

-- Tell who asks until the end of the transaction; nobody when the token is not recognised.
CREATE OR REPLACE FUNCTION droits.entrer(jeton text) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER PARALLEL UNSAFE
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  moi constant droits.lecteur := droits.reconnaitre(jeton);
  tenus droits.lien[] := '{}';
BEGIN
  IF moi.genre = 'agent' AND EXISTS (SELECT 1 FROM droits.regle r WHERE r.profil = moi.profil
    AND r.relation NOT IN ('departement', 'secteur', 'saisine')) THEN
    tenus := ARRAY(SELECT ROW(l.relation, CASE WHEN count(*) <= {beaucoup} THEN
        array_agg(l.dossier_id) END)::droits.lien
      FROM (SELECT DISTINCT a.relation, a.dossier_id FROM (
          SELECT * FROM public.dossiers_acces x WHERE x.agent_id = moi.agent
          UNION ALL SELECT * FROM public.dossiers_acces x
            WHERE x.organisation_id = moi.organisation
          UNION ALL SELECT * FROM public.dossiers_acces x
            WHERE x.role <> '' AND x.role = moi.role AND x.departement = moi.departement
        ) a JOIN public.dossiers_dossier d ON d.id = a.dossier_id
        WHERE a.debut_le <= moi.jour AND (a.fin_le IS NULL OR a.fin_le > moi.jour)
          AND (a.expire_at IS NULL OR a.expire_at > now())
          AND d.departement_id = moi.departement AND (d.limite_le IS NULL OR moi.limites)
      ) l GROUP BY l.relation);
  END IF;
  INSERT INTO droits.seance (pid, transaction, lecteur, liens)
    VALUES (pg_backend_pid(), pg_current_xact_id(), moi, tenus)
    ON CONFLICT (pid) DO UPDATE SET transaction = excluded.transaction,
      lecteur = excluded.lecteur, liens = excluded.liens;
  RETURN moi.genre IS NOT NULL;
END $$;

-- Whoever entered in this transaction, or null.
CREATE OR REPLACE FUNCTION droits.moi() RETURNS droits.lecteur
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp AS $$
DECLARE moi droits.lecteur;
BEGIN
  SELECT (s.lecteur).* INTO moi FROM droits.seance s
    WHERE s.pid = pg_backend_pid() AND s.transaction = pg_current_xact_id_if_assigned();
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
  RETURN moi.genre || ':' || moi.qui;
END $$;

-- What of the matrix concerns whoever asks, for a category and an operation: read once by query, then
-- compared with each row. Stages are ranks; null stands for « never ».
CREATE TYPE droits.portee AS (
  partout boolean, departement text, limites boolean, jour date,
  agent uuid, organisation uuid, role text,
  des smallint, jusqu_a smallint,
  communes text[], secteur_des smallint, secteur_jusqu_a smallint,
  liens text[],
  saisine_des smallint, saisine_jusqu_a smallint,
  dossier uuid,
  -- Whether each file must be asked about: links alone are told at once (droits.lies).
  demander boolean
);

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
    p.demander := true;
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
    ELSIF r.relation = 'secteur' AND droits.sert_le_departement(moi) THEN
      p.des := least(p.des, r.de);
      p.jusqu_a := greatest(p.jusqu_a, r.a);
    ELSIF r.relation = 'secteur' THEN
      p.communes := ARRAY(SELECT c.commune_id::text FROM public.acteurs_organisation_communes c
        WHERE c.organisation_id = moi.organisation);
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
  p.demander := p.des IS NOT NULL OR p.secteur_des IS NOT NULL OR p.saisine_des IS NOT NULL
    OR p.dossier IS NOT NULL OR (p.liens <> '{}' AND EXISTS (SELECT 1 FROM droits.seance s,
      unnest(s.liens) l WHERE s.pid = pg_backend_pid() AND l.relation = ANY (p.liens)
      AND l.dossiers IS NULL));
  RETURN p;
END $$;

-- Whether the agent's organisation serves the whole département: the directory names no commune, and
-- its type says so.
CREATE OR REPLACE FUNCTION droits.sert_le_departement(moi droits.lecteur) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN EXISTS (SELECT 1 FROM droits.sans_commune s WHERE s.type = moi.organisme)
    AND NOT EXISTS (SELECT 1 FROM public.acteurs_organisation_communes c
      WHERE c.organisation_id = moi.organisation);
END $$;

-- Whether a file runs a dated link that names whoever asks.
CREATE OR REPLACE FUNCTION droits.lie(dossier uuid, p droits.portee) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED COST 200
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  -- Few links are told at once: only those of a kind that has too many are asked about.
  RETURN p.demander AND p.liens <> '{}' AND EXISTS (SELECT 1 FROM public.dossiers_acces a
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
  IF NOT p.demander THEN RETURN false; END IF;
  SELECT x.departement_id, x.rang, x.commune_code, x.limite_le INTO d
    FROM public.dossiers_dossier x WHERE x.id = dossier;
  IF NOT FOUND OR d.departement_id <> p.departement
    OR (d.limite_le IS NOT NULL AND NOT p.limites) THEN RETURN false; END IF;
  IF d.rang BETWEEN p.des AND p.jusqu_a THEN RETURN true; END IF;
  IF d.rang BETWEEN p.secteur_des AND p.secteur_jusqu_a AND d.commune_code = ANY (p.communes) THEN
    RETURN true;
  END IF;
  IF p.liens <> '{}' AND EXISTS (SELECT 1 FROM public.dossiers_acces a
    WHERE a.dossier_id = dossier AND a.relation = ANY (p.liens) AND a.debut_le <= p.jour
      AND (a.fin_le IS NULL OR a.fin_le > p.jour)
      AND (a.expire_at IS NULL OR a.expire_at > now())
      AND (a.agent_id = p.agent OR a.organisation_id = p.organisation OR a.role = p.role))
  THEN RETURN true; END IF;
  IF d.rang BETWEEN p.saisine_des AND p.saisine_jusqu_a AND (
    EXISTS (SELECT 1 FROM public.travail_tache k WHERE k.dossier_id = dossier
      AND k.organisation_id = p.organisation AND k.visible_le <= p.jour
      AND (k.caduque_le IS NULL OR k.caduque_le > p.jour))
    OR EXISTS (SELECT 1 FROM public.travail_diligence g WHERE g.dossier_id = dossier
      AND g.organisation_id = p.organisation AND g.faite_le > p.jour - {jours_apres}))
  THEN RETURN true; END IF;
  RETURN coalesce(dossier = p.dossier, false);
END $$;

-- Whether a landlord has a lease in a file that is open to whoever asks.
CREATE OR REPLACE FUNCTION droits.bailleur_ouvert(
  bailleur uuid, p droits.portee, lies uuid[]
) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED COST 500
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN EXISTS (SELECT 1 FROM public.dossiers_bail b
    WHERE b.bailleur_id = bailleur
      AND (b.dossier_id = ANY (lies) OR droits.ouvre(b.dossier_id, p)));
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

-- Files that dated links open to whoever asks: each row is compared with a list, and an index serves
-- the comparison. Those of a kind that has too many are asked about one by one (droits.ouvre).
CREATE OR REPLACE FUNCTION droits.lies(cat text, op text) RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN ARRAY(SELECT unnest(l.dossiers) FROM droits.seance s CROSS JOIN LATERAL unnest(s.liens) l
    WHERE s.pid = pg_backend_pid() AND s.transaction = pg_current_xact_id_if_assigned()
      AND EXISTS (SELECT 1 FROM droits.regle r WHERE r.profil = (s.lecteur).profil
        AND r.categorie = cat AND r.operation = op AND r.relation = l.relation));
END $$;

-- Départements every file of which may be reached, for a category and an operation, whatever its
-- stage: an index serves the comparison. By sector too, when the sector is the whole département.
CREATE OR REPLACE FUNCTION droits.entiers(cat text, op text, par_secteur boolean) RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp AS $$
DECLARE moi constant droits.lecteur := droits.moi();
BEGIN
  IF moi.genre = 'machine' OR (moi.genre = 'chiffres' AND op = 'lire') THEN
    RETURN droits.territoires();
  END IF;
  IF moi.genre = 'agent' AND EXISTS (SELECT 1 FROM droits.regle r WHERE r.profil = moi.profil
    AND r.categorie = cat AND r.operation = op AND r.de = 0 AND r.a >= {dernier}
    AND (r.relation = 'departement'
      OR (par_secteur AND r.relation = 'secteur' AND droits.sert_le_departement(moi)))) THEN
    RETURN ARRAY[moi.departement];
  END IF;
  RETURN '{}';
END $$;

-- Communes every file of which may be reached, whatever its stage: an index serves the comparison.
CREATE OR REPLACE FUNCTION droits.communes(cat text, op text) RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp AS $$
DECLARE p constant droits.portee := droits.portee(cat, op);
BEGIN
  IF p.secteur_des = 0 AND p.secteur_jusqu_a >= {dernier} THEN RETURN p.communes; END IF;
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

-- Whether some rule of the profile names a category, by whatever relation.
CREATE OR REPLACE FUNCTION droits.connait(cat text, op text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp AS $$
DECLARE moi constant droits.lecteur := droits.moi();
BEGIN
  RETURN EXISTS (SELECT 1 FROM droits.regle r WHERE r.profil = moi.profil
    AND r.categorie = cat AND r.operation = op);
END $$;

-- Files whose processing is limited and which the reader may not see, for the tables of which the
-- policies do not ask for the file. Few; the index below keeps them at hand.
CREATE INDEX IF NOT EXISTS dossier_limite ON public.dossiers_dossier (departement_id, id)
  WHERE limite_le IS NOT NULL;
CREATE OR REPLACE FUNCTION droits.dossiers_limites() RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp AS $$
DECLARE moi constant droits.lecteur := droits.moi();
BEGIN
  IF moi.genre IS NULL OR moi.limites THEN RETURN '{}'; END IF;
  RETURN ARRAY(SELECT d.id FROM public.dossiers_dossier d WHERE d.limite_le IS NOT NULL
    AND (d.departement_id = moi.departement OR moi.departement = '*'));
END $$;
