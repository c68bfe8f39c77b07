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
DROP TABLE IF EXISTS droits.seance, droits.ouverture, droits.modele;
DROP TYPE IF EXISTS droits.lecteur, droits.portee, droits.lien, droits.pouvoir, droits.voie,
  droits.groupe, droits.liste CASCADE;
CREATE TYPE droits.lecteur AS (
  genre text, qui text, agent uuid, organisation uuid, organisme text, role text, profil text,
  departement text, jour date, limites boolean, dossier uuid
);
-- What of the matrix concerns whoever asks, for a category and an operation, and is compared with one
-- file at a time. Stages are ranks; null stands for « never ».
CREATE TYPE droits.portee AS (
  partout boolean, departement text, limites boolean, jour date,
  agent uuid, organisation uuid, role text,
  des smallint, jusqu_a smallint,
  communes text[], secteur_des smallint, secteur_jusqu_a smallint,
  liens text[],
  saisine_des smallint, saisine_jusqu_a smallint,
  dossier uuid,
  -- Whether a file that no list holds (droits.liste) may be open all the same.
  demander boolean,
  -- Whether the lists are to be asked file by file too: they differ from a category to another.
  complet boolean
);
CREATE TYPE droits.pouvoir AS (categories text[], portee droits.portee);
-- A relation whose files are listed, one by one, at some stages.
CREATE TYPE droits.voie AS (cle text, relation text, de smallint, a smallint, large boolean);
-- Categories that the same of them open.
CREATE TYPE droits.groupe AS (cles text[], categories text[]);
-- The files that they open, in order, in each of some categories.
CREATE TYPE droits.liste AS (categories text[], dossiers uuid[]);
-- The rules of a profile, as they are asked: by the territory, file by file, or by a list of files.
-- Drawn from droits.regle at each change of it. « lier »: what dated links alone open to read;
-- `entier`: the sector of the organisation is the whole département.
CREATE TABLE droits.modele (
  profil text,
  operation text,
  entier boolean,
  -- Categories of which every file of the département is open; by the département alone, not by a
  -- sector that is the whole of it; of which every file of the communes is.
  entiers text[] NOT NULL,
  departements text[] NOT NULL,
  secteurs text[] NOT NULL,
  portees droits.pouvoir[] NOT NULL,
  voies droits.voie[] NOT NULL,
  groupes droits.groupe[] NOT NULL,
  PRIMARY KEY (profil, operation, entier)
);
CREATE OR REPLACE FUNCTION droits.modeler() RETURNS trigger LANGUAGE plpgsql
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  DELETE FROM droits.modele;
  INSERT INTO droits.modele
  WITH lues AS (
    SELECT r.profil, r.operation, e.entier, r.categorie, r.relation, r.de, r.a,
      r.relation || ':' || r.de || '-' || r.a AS cle,
      r.de = 0 AND r.a >= {dernier} AS toujours,
      r.relation = 'departement' OR (r.relation = 'secteur' AND e.entier) AS large,
      r.relation = 'secteur' AND NOT e.entier AS par_commune,
      r.relation IN ('menage', 'bailleur_du_code') AS par_code,
      r.relation NOT IN ('departement', 'secteur', 'saisine', 'menage', 'bailleur_du_code') AS lien
    FROM droits.regle r CROSS JOIN (VALUES (false), (true)) e(entier)
    WHERE r.operation IN ('lire', 'ecrire')
  ), regles AS (
    SELECT *, NOT ((large OR par_commune) AND toujours) AS listee FROM lues
    UNION ALL SELECT profil, 'lier', entier, categorie, relation, de, a, cle, toujours, large,
      par_commune, par_code, lien, true FROM lues WHERE lien AND operation = 'lire'
  ), portees AS (
    SELECT profil, operation, entier, categorie, ROW(false, NULL, NULL, NULL, NULL, NULL, NULL,
        min(de) FILTER (WHERE large), max(a) FILTER (WHERE large),
        NULL, min(de) FILTER (WHERE par_commune), max(a) FILTER (WHERE par_commune),
        coalesce(array_agg(relation ORDER BY relation) FILTER (WHERE lien), '{}'),
        min(de) FILTER (WHERE relation = 'saisine'), max(a) FILTER (WHERE relation = 'saisine'),
        NULL, bool_or(NOT listee), bool_or(par_code))::droits.portee AS portee
      FROM regles GROUP BY 1, 2, 3, 4
  ), groupes AS (
    SELECT profil, operation, entier, categorie, array_agg(DISTINCT cle ORDER BY cle) AS cles
      FROM regles WHERE listee GROUP BY 1, 2, 3, 4
  )
  SELECT m.profil, m.operation, m.entier,
    ARRAY(SELECT DISTINCT r.categorie FROM regles r WHERE (r.profil, r.operation, r.entier)
      = (m.profil, m.operation, m.entier) AND r.large AND r.toujours),
    ARRAY(SELECT DISTINCT r.categorie FROM regles r WHERE (r.profil, r.operation, r.entier)
      = (m.profil, m.operation, m.entier) AND r.toujours AND r.relation = 'departement'),
    ARRAY(SELECT DISTINCT r.categorie FROM regles r WHERE (r.profil, r.operation, r.entier)
      = (m.profil, m.operation, m.entier) AND r.par_commune AND r.toujours),
    ARRAY(SELECT ROW(array_agg(p.categorie), p.portee)::droits.pouvoir FROM portees p
      WHERE (p.profil, p.operation, p.entier) = (m.profil, m.operation, m.entier)
      GROUP BY p.portee),
    ARRAY(SELECT DISTINCT ROW(r.cle, r.relation, r.de, r.a, r.large)::droits.voie FROM regles r
      WHERE (r.profil, r.operation, r.entier) = (m.profil, m.operation, m.entier) AND r.listee),
    ARRAY(SELECT ROW(g.cles, array_agg(g.categorie))::droits.groupe FROM groupes g
      WHERE (g.profil, g.operation, g.entier) = (m.profil, m.operation, m.entier)
      GROUP BY g.cles)
  FROM (SELECT DISTINCT r.profil, o.operation, r.entier FROM regles r
    CROSS JOIN (VALUES ('lire'), ('ecrire'), ('lier')) o(operation)) m;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER modeler AFTER INSERT OR UPDATE OR DELETE ON droits.regle
  FOR EACH STATEMENT EXECUTE FUNCTION droits.modeler();
-- Who asks, by connection, for one transaction: written once the signature is verified, so that no
-- query pays for it again. Rolled back with the savepoint that changed it.
CREATE UNLOGGED TABLE droits.seance (
  pid integer PRIMARY KEY,
  transaction xid8 NOT NULL,
  lecteur droits.lecteur
) WITH (fillfactor = 50);
-- What is open to whoever asks, by operation (« lier »: what dated links alone open), computed at the
-- same time: each function that a policy asks reads one of these rows and nothing else.
CREATE UNLOGGED TABLE droits.ouverture (
  pid integer,
  operation text,
  transaction xid8 NOT NULL,
  departement text,
  -- Every file of it, in every category: the machine, and whoever counts; of all départements.
  tout boolean NOT NULL,
  partout boolean NOT NULL,
  -- As in droits.modele; the communes of the sector.
  entiers text[] NOT NULL,
  departements text[] NOT NULL,
  secteurs text[] NOT NULL,
  communes text[] NOT NULL,
  portees droits.pouvoir[] NOT NULL,
  listes droits.liste[] NOT NULL,
  PRIMARY KEY (pid, operation)
) WITH (fillfactor = 50, toast_tuple_target = 8160);
-- Identifiers do not compress: to try would cost more than to write them.
ALTER TABLE droits.ouverture ALTER listes SET STORAGE EXTERNAL;

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
  desservies text[] := '{}';
  est_entier boolean := false;
  limites uuid[] := '{}';
  v droits.voie;
  trouves uuid[];
  tenus droits.liste[] := '{}';
BEGIN
  INSERT INTO droits.seance (pid, transaction, lecteur)
    VALUES (pg_backend_pid(), pg_current_xact_id(), moi)
    ON CONFLICT (pid) DO UPDATE SET transaction = excluded.transaction, lecteur = excluded.lecteur;
  IF NOT EXISTS (SELECT 1 FROM droits.modele m WHERE m.profil = moi.profil) THEN
    -- Nobody, or a profile that no rule concerns. The machine recomputes and imports; « chiffres »
    -- counts, and writes nothing.
    INSERT INTO droits.ouverture
      SELECT pg_backend_pid(), o, pg_current_xact_id(), moi.departement, t, t AND moi.departement = '*',
        '{}', '{}', '{}', '{}',
        CASE WHEN t THEN ARRAY[ROW(NULL, ROW(moi.departement = '*', moi.departement, moi.limites,
          moi.jour, NULL, NULL, NULL, 0, 32767, '{}', NULL, NULL, '{}', NULL, NULL, NULL, true,
          false)::droits.portee)::droits.pouvoir] ELSE '{}' END,
        '{}'
      FROM (SELECT o, coalesce((moi.genre = 'machine' AND o <> 'lier')
        OR (moi.genre = 'chiffres' AND o = 'lire'), false) AS t
        FROM unnest(ARRAY['lire', 'ecrire', 'lier']) o) x
      ON CONFLICT (pid, operation) DO UPDATE SET transaction = excluded.transaction,
        departement = excluded.departement, tout = excluded.tout, partout = excluded.partout,
        entiers = '{}', departements = '{}', secteurs = '{}', communes = '{}',
        portees = excluded.portees, listes = '{}';
    RETURN moi.genre IS NOT NULL;
  END IF;
  IF EXISTS (SELECT 1 FROM droits.regle r WHERE r.profil = moi.profil
    AND r.relation = 'secteur') THEN
    desservies := ARRAY(SELECT c.commune_id::text FROM public.acteurs_organisation_communes c
      WHERE c.organisation_id = moi.organisation);
    -- The directory names no commune, and the type of the organisation says so.
    est_entier := desservies = '{}'
      AND EXISTS (SELECT 1 FROM droits.sans_commune s WHERE s.type = moi.organisme);
  END IF;
  IF NOT moi.limites THEN
    limites := ARRAY(SELECT d.id FROM public.dossiers_dossier d
      WHERE d.limite_le IS NOT NULL AND d.departement_id = moi.departement);
  END IF;
  FOR v IN SELECT DISTINCT (x).* FROM droits.modele m, unnest(m.voies) x
    WHERE m.profil = moi.profil AND m.entier = est_entier
  LOOP
    IF v.relation = 'saisine' AND v.de = 0 AND v.a >= {dernier} THEN
      -- At every stage: a task says its département itself.
      trouves := ARRAY(
        SELECT k.dossier_id FROM public.travail_tache k
          WHERE k.organisation_id = moi.organisation AND k.visible_le <= moi.jour
            AND (k.caduque_le IS NULL OR k.caduque_le > moi.jour)
            AND k.departement = moi.departement AND k.dossier_id <> ALL (limites)
        UNION ALL SELECT d.id FROM public.travail_diligence g
          JOIN public.dossiers_dossier d ON d.id = g.dossier_id
          WHERE g.organisation_id = moi.organisation AND g.faite_le > moi.jour - {jours_apres}
            AND d.departement_id = moi.departement AND d.id <> ALL (limites)
        UNION ALL SELECT d.id FROM public.dossiers_suivisocial g
          JOIN public.dossiers_dossier d ON d.id = g.dossier_id
          WHERE g.organisation_id = moi.organisation AND g.constate_le > moi.jour - {jours_apres}
            AND g.par_id IS NOT NULL
            AND d.departement_id = moi.departement AND d.id <> ALL (limites)
        ORDER BY 1);
    ELSIF v.relation = 'saisine' THEN
      trouves := ARRAY(SELECT d.id FROM (
          SELECT k.dossier_id FROM public.travail_tache k
            WHERE k.organisation_id = moi.organisation AND k.visible_le <= moi.jour
              AND (k.caduque_le IS NULL OR k.caduque_le > moi.jour)
          UNION SELECT g.dossier_id FROM public.travail_diligence g
            WHERE g.organisation_id = moi.organisation AND g.faite_le > moi.jour - {jours_apres}
          UNION SELECT g.dossier_id FROM public.dossiers_suivisocial g
            WHERE g.organisation_id = moi.organisation AND g.constate_le > moi.jour - {jours_apres}
            AND g.par_id IS NOT NULL
        ) s JOIN public.dossiers_dossier d ON d.id = s.dossier_id
        WHERE d.departement_id = moi.departement AND d.rang BETWEEN v.de AND v.a
          AND d.id <> ALL (limites) ORDER BY 1);
    ELSIF v.relation IN ('departement', 'secteur') THEN
      trouves := ARRAY(SELECT d.id FROM public.dossiers_dossier d
        WHERE d.departement_id = moi.departement AND d.rang BETWEEN v.de AND v.a
          AND (v.large OR d.commune_code = ANY (desservies)) AND d.id <> ALL (limites) ORDER BY 1);
    ELSIF v.relation IN ('menage', 'bailleur_du_code') THEN
      trouves := ARRAY(SELECT d.id FROM public.dossiers_dossier d WHERE d.id = moi.dossier
        AND d.departement_id = moi.departement AND d.id <> ALL (limites));
    ELSE
      trouves := ARRAY(SELECT l.dossier_id FROM (
          SELECT * FROM public.dossiers_acces x WHERE x.agent_id = moi.agent
            AND x.relation = v.relation
          UNION ALL SELECT * FROM public.dossiers_acces x
            WHERE x.organisation_id = moi.organisation AND x.relation = v.relation
          UNION ALL SELECT * FROM public.dossiers_acces x WHERE x.role <> ''
            AND x.role = moi.role AND x.departement = moi.departement AND x.relation = v.relation
        ) l WHERE l.departement = moi.departement AND l.debut_le <= moi.jour
          AND (l.fin_le IS NULL OR l.fin_le > moi.jour)
          AND (l.expire_at IS NULL OR l.expire_at > now())
          AND l.dossier_id <> ALL (limites) ORDER BY 1);
    END IF;
    IF trouves <> '{}' THEN
      tenus := tenus || ROW(ARRAY[v.cle], trouves)::droits.liste;
    END IF;
  END LOOP;
  INSERT INTO droits.ouverture
    SELECT pg_backend_pid(), m.operation, pg_current_xact_id(), moi.departement, false, false, m.entiers,
      m.departements, m.secteurs, desservies,
      ARRAY(SELECT ROW(p.categories, ROW(false, moi.departement, moi.limites, moi.jour,
          moi.agent, moi.organisation, moi.role, (p.portee).des, (p.portee).jusqu_a, desservies,
          (p.portee).secteur_des, (p.portee).secteur_jusqu_a, (p.portee).liens,
          (p.portee).saisine_des, (p.portee).saisine_jusqu_a,
          CASE WHEN (p.portee).complet THEN moi.dossier END, (p.portee).demander,
          false)::droits.portee)::droits.pouvoir FROM unnest(m.portees) p),
      -- Categories that the same lists open are told once; a list that is empty opens nothing.
      CASE WHEN tenus = '{}' THEN '{}'::droits.liste[] ELSE ARRAY(
        SELECT ROW(array_agg(x.categorie), CASE WHEN cardinality(x.cles) = 1
          THEN (SELECT t.dossiers FROM unnest(tenus) t WHERE t.categories = x.cles)
          ELSE ARRAY(SELECT d FROM unnest(tenus) t, unnest(t.dossiers) d
            WHERE t.categories <@ x.cles ORDER BY d) END)::droits.liste
        FROM (SELECT c AS categorie, ARRAY(SELECT t.categories[1] FROM unnest(tenus) t
            WHERE t.categories <@ g.cles ORDER BY 1) AS cles
          FROM unnest(m.groupes) g, unnest(g.categories) c) x
        WHERE x.cles <> '{}' GROUP BY x.cles) END
    FROM droits.modele m WHERE m.profil = moi.profil AND m.entier = est_entier
    ON CONFLICT (pid, operation) DO UPDATE SET transaction = excluded.transaction,
      departement = excluded.departement, tout = false, partout = false,
      entiers = excluded.entiers, departements = excluded.departements,
      secteurs = excluded.secteurs, communes = excluded.communes,
      portees = excluded.portees, listes = excluded.listes;
  RETURN true;
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

-- One reading of one row each: every table that a query names asks several of these, once by query.
-- Told as dear as they are, the planner would count them at each row of a loop (COST 1).
CREATE OR REPLACE FUNCTION droits.present() RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED COST 1
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN EXISTS (SELECT 1 FROM droits.seance s WHERE s.pid = pg_backend_pid()
    AND s.transaction = pg_current_xact_id_if_assigned() AND (s.lecteur).genre IS NOT NULL);
END $$;

CREATE OR REPLACE FUNCTION droits.agent() RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED COST 1
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (SELECT (s.lecteur).agent FROM droits.seance s
    WHERE s.pid = pg_backend_pid() AND s.transaction = pg_current_xact_id_if_assigned());
END $$;

CREATE OR REPLACE FUNCTION droits.organisation() RETURNS uuid
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED COST 1
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (SELECT (s.lecteur).organisation FROM droits.seance s
    WHERE s.pid = pg_backend_pid() AND s.transaction = pg_current_xact_id_if_assigned());
END $$;

CREATE OR REPLACE FUNCTION droits.role() RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED COST 1
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (SELECT (s.lecteur).role FROM droits.seance s
    WHERE s.pid = pg_backend_pid() AND s.transaction = pg_current_xact_id_if_assigned());
END $$;

CREATE OR REPLACE FUNCTION droits.departement() RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED COST 1
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (SELECT (s.lecteur).departement FROM droits.seance s
    WHERE s.pid = pg_backend_pid() AND s.transaction = pg_current_xact_id_if_assigned());
END $$;

-- Whether a file whose processing is limited (RGPD, art. 18) is still shown.
CREATE OR REPLACE FUNCTION droits.limites() RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED COST 1
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (SELECT (s.lecteur).limites FROM droits.seance s
    WHERE s.pid = pg_backend_pid() AND s.transaction = pg_current_xact_id_if_assigned());
END $$;

-- The machine recomputes and imports; « chiffres » counts and shows nobody's file.
CREATE OR REPLACE FUNCTION droits.machine() RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED COST 1
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN EXISTS (SELECT 1 FROM droits.seance s WHERE s.pid = pg_backend_pid()
    AND s.transaction = pg_current_xact_id_if_assigned() AND (s.lecteur).genre = 'machine');
END $$;

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

-- What is compared with one file at a time, for a category; null when there is nothing to ask.
CREATE OR REPLACE FUNCTION droits.portee(cat text, op text) RETURNS droits.portee
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED COST 1
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (SELECT p.portee FROM droits.ouverture o, unnest(o.portees) p
    WHERE o.pid = pg_backend_pid() AND o.operation = op
      AND o.transaction = pg_current_xact_id_if_assigned()
      AND (o.tout OR cat = ANY (p.categories)) AND (p.portee).demander);
END $$;

-- The same for the categories of a table, told apart by a column: in their order. What the list of
-- all of them (droits.liste) does not say, because it is not the same for each, is asked here.
CREATE OR REPLACE FUNCTION droits.portees(cats text[], op text) RETURNS droits.portee[]
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED COST 1
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  o record;
  p droits.portee;
  differents boolean;
  trouvees droits.portee[] := '{}';
  cat text;
BEGIN
  SELECT x.tout, x.portees, x.listes INTO o FROM droits.ouverture x
    WHERE x.pid = pg_backend_pid() AND x.operation = op
      AND x.transaction = pg_current_xact_id_if_assigned();
  IF NOT FOUND OR o.portees = '{}' THEN RETURN NULL; END IF;
  differents := (SELECT count(*) > 1 FROM unnest(o.listes) l WHERE l.categories && cats);
  FOREACH cat IN ARRAY cats LOOP
    SELECT (x.portee).* INTO p FROM unnest(o.portees) x WHERE o.tout OR cat = ANY (x.categories);
    IF p.partout IS NULL OR NOT (p.demander OR differents) THEN
      trouvees := trouvees || ARRAY[NULL::droits.portee];
    ELSE
      p.complet := differents;
      trouvees := trouvees || p;
    END IF;
  END LOOP;
  RETURN trouvees;
END $$;

-- The files that relations open one by one, in order, in each of some categories: compared with each
-- row by halves (droits.parmi). Null when there are none, or not the same from one to another.
CREATE OR REPLACE FUNCTION droits.liste(cats text[], op text) RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED COST 1
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  -- Made anew by « || »: left where the table keeps it, each comparison would fetch it again.
  RETURN (SELECT min(l.dossiers || '{}'::uuid[]) FROM droits.ouverture o, unnest(o.listes) l
    WHERE o.pid = pg_backend_pid() AND o.operation = op
      AND o.transaction = pg_current_xact_id_if_assigned() AND l.categories && cats
    HAVING count(*) = 1);
END $$;

-- Which of the categories of a table it serves: the others are closed.
CREATE OR REPLACE FUNCTION droits.servies(cats text[], op text) RETURNS boolean[]
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED COST 1
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (SELECT ARRAY(SELECT EXISTS (SELECT 1 FROM unnest(o.listes) l
        WHERE c.nom = ANY (l.categories)) FROM unnest(cats) WITH ORDINALITY c(nom, n) ORDER BY n)
    FROM droits.ouverture o WHERE o.pid = pg_backend_pid() AND o.operation = op
      AND o.transaction = pg_current_xact_id_if_assigned());
END $$;

-- Whether an ordered list holds a file.
CREATE OR REPLACE FUNCTION droits.parmi(dossier uuid, liste uuid[]) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE COST 20
AS $$
  SELECT liste[pg_catalog.width_bucket(dossier, liste)] OPERATOR(pg_catalog.=) dossier
$$;

-- Whether what is compared is what was told to whoever asks (droits.portee): a policy runs with the
-- caller's own rights, who could ask with any other, and learn the stage or the commune of a file.
CREATE OR REPLACE FUNCTION droits.tenue(p droits.portee) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  -- Asking the lists too (droits.portees) is no secret: they are the caller's.
  p.complet := false;
  RETURN EXISTS (SELECT 1 FROM droits.ouverture o, unnest(o.portees) x
    WHERE o.pid = pg_backend_pid() AND o.transaction = pg_current_xact_id_if_assigned()
      AND x.portee IS NOT DISTINCT FROM p);
END $$;

-- Whether a file is open to whoever asks: the whole of the matrix, for one row.
CREATE OR REPLACE FUNCTION droits.ouvre(dossier uuid, p droits.portee) RETURNS boolean
LANGUAGE plpgsql STABLE STRICT SECURITY DEFINER PARALLEL RESTRICTED COST 200
SET search_path = pg_catalog, pg_temp AS $$
DECLARE d record;
BEGIN
  IF p.partout IS NULL THEN RETURN false; END IF;
  IF p.partout THEN RETURN true; END IF;
  IF NOT droits.tenue(p) THEN RETURN false; END IF;
  SELECT x.departement_id, x.rang, x.commune_code, x.limite_le INTO d
    FROM public.dossiers_dossier x WHERE x.id = dossier;
  IF NOT FOUND OR d.departement_id <> p.departement
    OR (d.limite_le IS NOT NULL AND NOT p.limites) THEN RETURN false; END IF;
  IF d.rang BETWEEN p.des AND p.jusqu_a THEN RETURN true; END IF;
  IF d.rang BETWEEN p.secteur_des AND p.secteur_jusqu_a AND d.commune_code = ANY (p.communes) THEN
    RETURN true;
  END IF;
  IF NOT p.complet THEN RETURN false; END IF;
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
      AND g.organisation_id = p.organisation AND g.faite_le > p.jour - {jours_apres})
    OR EXISTS (SELECT 1 FROM public.dossiers_suivisocial g WHERE g.dossier_id = dossier
      AND g.organisation_id = p.organisation AND g.constate_le > p.jour - {jours_apres}
      AND g.par_id IS NOT NULL))
  THEN RETURN true; END IF;
  RETURN coalesce(dossier = p.dossier, false);
END $$;

-- Whether a landlord has a lease in a file that is open to whoever asks. Told the category alone: what
-- it opens is read here, not believed.
CREATE OR REPLACE FUNCTION droits.bailleur_ouvert(bailleur uuid, cat text, op text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED COST 500
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  p constant droits.portee := droits.portee(cat, op);
  ouverts constant uuid[] := droits.liste(ARRAY[cat], op);
BEGIN
  IF p IS NULL AND ouverts IS NULL THEN RETURN false; END IF;
  RETURN EXISTS (SELECT 1 FROM public.dossiers_bail b
    WHERE b.bailleur_id = bailleur
      AND (ouverts[width_bucket(b.dossier_id, ouverts)] = b.dossier_id
        OR droits.ouvre(b.dossier_id, p)));
END $$;

-- Whether nothing is hidden from whoever asks: the machine, everywhere.
CREATE OR REPLACE FUNCTION droits.partout(op text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED COST 1
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (SELECT o.partout FROM droits.ouverture o
    WHERE o.pid = pg_backend_pid() AND o.operation = op
      AND o.transaction = pg_current_xact_id_if_assigned());
END $$;

-- The reader's département, if every file of it may be reached, for some categories and an operation,
-- whatever its stage. By sector too, when the sector is the whole département.
CREATE OR REPLACE FUNCTION droits.entier(cats text[], op text, par_secteur boolean) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED COST 1
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (SELECT o.departement FROM droits.ouverture o
    WHERE o.pid = pg_backend_pid() AND o.operation = op
      AND o.transaction = pg_current_xact_id_if_assigned()
      AND (o.tout OR cats <@ CASE WHEN par_secteur THEN o.entiers ELSE o.departements END));
END $$;

-- The same, told for each of the categories of a table.
CREATE OR REPLACE FUNCTION droits.entieres(cats text[], op text) RETURNS boolean[]
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED COST 1
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (SELECT ARRAY(SELECT o.tout OR c.nom = ANY (o.entiers)
        FROM unnest(cats) WITH ORDINALITY c(nom, n) ORDER BY n)
    FROM droits.ouverture o WHERE o.pid = pg_backend_pid() AND o.operation = op
      AND o.transaction = pg_current_xact_id_if_assigned());
END $$;

-- Communes every file of which may be reached, whatever its stage: an index serves the comparison.
CREATE OR REPLACE FUNCTION droits.communes(cats text[], op text) RETURNS text[]
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED COST 1
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (SELECT o.communes FROM droits.ouverture o
    WHERE o.pid = pg_backend_pid() AND o.operation = op
      AND o.transaction = pg_current_xact_id_if_assigned() AND cats <@ o.secteurs);
END $$;

-- Whether some rule of the profile names a category, by whatever relation.
CREATE OR REPLACE FUNCTION droits.connait(cat text, op text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED COST 1
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN EXISTS (SELECT 1 FROM droits.seance s JOIN droits.regle r ON r.profil = (s.lecteur).profil
    WHERE s.pid = pg_backend_pid() AND s.transaction = pg_current_xact_id_if_assigned()
      AND r.categorie = cat AND r.operation = op);
END $$;

-- Files whose processing is limited and which the reader may not see, for the tables of which the
-- policies do not ask for the file. Few; the index below keeps them at hand.
CREATE INDEX IF NOT EXISTS dossier_limite ON public.dossiers_dossier (departement_id, id)
  WHERE limite_le IS NOT NULL;
CREATE OR REPLACE FUNCTION droits.dossiers_limites() RETURNS uuid[]
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED COST 1
SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN (SELECT CASE WHEN (s.lecteur).genre IS NULL OR (s.lecteur).limites THEN '{}'::uuid[]
      ELSE ARRAY(SELECT d.id FROM public.dossiers_dossier d WHERE d.limite_le IS NOT NULL
        AND ((s.lecteur).departement = '*' OR d.departement_id = (s.lecteur).departement)) END
    FROM droits.seance s
    WHERE s.pid = pg_backend_pid() AND s.transaction = pg_current_xact_id_if_assigned());
END $$;

-- The password of an account, whose column the application may not read: whole for its holder and the
-- machine (who signs in has its try counted first), and outside of the application's roles; otherwise
-- a mark that it opens nothing, or a digest. By the role that was set: a definer function sees its own.
CREATE OR REPLACE FUNCTION droits.mot_de_passe(compte uuid) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER PARALLEL RESTRICTED COST 1
SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  found text;
  joue text := coalesce(nullif(current_setting('role', true), 'none'), session_user);
BEGIN
  SELECT a.password INTO found FROM public.acteurs_agent a WHERE a.id = compte;
  IF found LIKE '!%' THEN RETURN '!'; END IF;
  IF joue NOT IN ('seuil_appli', 'seuil_travaux') OR compte = droits.agent() OR droits.machine()
  THEN RETURN found; END IF;
  RETURN 'empreinte$' || encode(sha256(convert_to(found, 'UTF8')), 'hex');
END $$;
