-- What the journal needs inside the database. Installed after the migrations, as often as wanted.

-- Who acts: what the signed context says, and no setting of a session (fonctions.sql).
CREATE OR REPLACE FUNCTION journal.auteur() RETURNS text LANGUAGE sql STABLE
  AS $$ SELECT droits.auteur() $$;
-- « * » : the machine, in all of them.
CREATE OR REPLACE FUNCTION journal.departement() RETURNS text LANGUAGE sql STABLE
  AS $$ SELECT coalesce(nullif(droits.departement(), '*'), '') $$;

-- One line, for the functions of this schema alone. Waits two seconds at most: beyond, nothing is
-- served.
CREATE OR REPLACE FUNCTION journal.poser(
  p_id uuid, p_nature text, p_kind text, p_by_id text, p_by_label text, p_organisation text,
  p_role text, p_departement text, p_target_type text, p_target_id text, p_dossiers uuid[],
  p_objets text[], p_categories text[], p_colonnes text[], p_motif text, p_canal text,
  p_requete text, p_effect_le date, p_details jsonb
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp SET lock_timeout = '2s' AS $$
BEGIN
  INSERT INTO public.audit_event (
    id, nature, kind, by_id, by_label, organisation, role, departement, target_type, target_id,
    dossiers, objets, categories, colonnes, motif, canal, requete, effect_le, details
  ) VALUES (
    p_id, p_nature, p_kind, p_by_id, p_by_label, p_organisation, p_role, p_departement,
    p_target_type, p_target_id, p_dossiers, p_objets, p_categories, p_colonnes, p_motif, p_canal,
    p_requete, p_effect_le, p_details
  );
END $$;

-- One line of the application: in the name of the agent who signed the context, on the day that was
-- signed; in any name for the machine, which the application alone can sign; in none without.
CREATE OR REPLACE FUNCTION journal.inscrire(
  p_id uuid, p_nature text, p_kind text, p_by_id text, p_by_label text, p_organisation text,
  p_role text, p_departement text, p_target_type text, p_target_id text, p_dossiers uuid[],
  p_objets text[], p_categories text[], p_colonnes text[], p_motif text, p_canal text,
  p_requete text, p_effect_le date, p_details jsonb
) RETURNS void LANGUAGE plpgsql SECURITY DEFINER
SET search_path = public, pg_temp AS $$
DECLARE moi record;
BEGIN
  IF session_user IN ('seuil_appli', 'seuil_travaux')
    OR current_setting('role') IN ('seuil_appli', 'seuil_travaux') THEN
    SELECT * INTO moi FROM droits.moi();
    IF moi.genre IS DISTINCT FROM 'machine' AND NOT coalesce(moi.genre = 'agent'
      AND p_by_id = moi.agent::text AND p_departement = moi.departement
      AND p_role IN ('', moi.role) AND coalesce(p_effect_le = moi.jour, true), false) THEN
      RAISE insufficient_privilege USING MESSAGE = 'journal.inscrire : auteur ou jour non signés';
    END IF;
  END IF;
  PERFORM journal.poser(p_id, p_nature, p_kind, p_by_id, p_by_label, p_organisation, p_role,
    p_departement, p_target_type, p_target_id, p_dossiers, p_objets, p_categories, p_colonnes,
    p_motif, p_canal, p_requete, p_effect_le, p_details);
END $$;

-- One line for one statement that wrote: names of columns, never a value.
CREATE OR REPLACE FUNCTION journal.ecrire(
  p_table text, p_operation text, p_objets text[], p_dossiers uuid[], p_colonnes text[],
  p_departement text
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  PERFORM journal.poser(
    gen_random_uuid(), 'ecriture', 'base.' || p_operation,
    regexp_replace(journal.auteur(), '^agent:', ''), '', '', '', coalesce(p_departement, ''),
    p_table, CASE WHEN cardinality(p_objets) = 1 THEN left(p_objets[1], 80) ELSE '' END,
    coalesce(array_remove(p_dossiers, NULL), '{}'), coalesce(p_objets, '{}'), '{}',
    coalesce(p_colonnes, '{}'), coalesce(left(current_setting('seuil.motif', true), 200), ''),
    'base', coalesce(left(current_setting('seuil.requete', true), 40), ''), NULL, '{}'
  );
END $$;

-- The seal of a line is made of these bytes, length before each value; the verifier, in another
-- language, makes them again from the columns.
CREATE OR REPLACE FUNCTION journal.mesurer(v text) RETURNS text LANGUAGE sql IMMUTABLE AS $$
  SELECT CASE WHEN v IS NULL THEN '-,' ELSE length(v) || ':' || v || ',' END
$$;
CREATE OR REPLACE FUNCTION journal.canonique(e public.audit_event) RETURNS bytea
LANGUAGE sql STABLE AS $$
  SELECT convert_to(concat(
    journal.mesurer(e.id::text), journal.mesurer(
      to_char(e.created_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US')),
    journal.mesurer(e.nature), journal.mesurer(e.kind), journal.mesurer(e.by_id),
    journal.mesurer(e.by_label), journal.mesurer(e.organisation), journal.mesurer(e.role),
    journal.mesurer(e.departement), journal.mesurer(e.target_type), journal.mesurer(e.target_id),
    journal.mesurer(array_to_string(e.dossiers, ' ')), journal.mesurer(e.objets::text),
    journal.mesurer(e.categories::text), journal.mesurer(e.colonnes::text),
    journal.mesurer(e.motif), journal.mesurer(e.canal), journal.mesurer(e.requete),
    journal.mesurer(e.txid::text), journal.mesurer(to_char(e.effect_le, 'YYYY-MM-DD')),
    journal.mesurer(e.details::text)
  ), 'UTF8')
$$;

-- Take off the end of a chain what sealing cannot have written, and say so in a line: of a transaction
-- that is not over, after a gap, or of a line of another transaction or département. Such a row, put
-- there without Seuil, would stop every seal after it. What is in the middle stays: it is evidence.
CREATE OR REPLACE FUNCTION journal.ecarter(p_departement text, p_limite bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE s public.audit_sceau; avant bigint; nombre bigint := 0;
BEGIN
  LOOP
    SELECT * INTO s FROM audit_sceau x WHERE x.departement = p_departement
      ORDER BY x.rang DESC LIMIT 1;
    EXIT WHEN s.rang IS NULL;
    avant := coalesce(
      (SELECT max(x.rang) FROM audit_sceau x WHERE x.departement = p_departement
        AND x.rang < s.rang),
      (SELECT max(a.rang) FROM audit_ancre a WHERE a.departement = p_departement
        AND a.genre = 'retrait' AND a.rang < s.rang), 0);
    EXIT WHEN s.txid < p_limite AND s.rang - 1 = avant AND NOT EXISTS (SELECT 1 FROM audit_event e
      WHERE e.id = s.ligne AND (e.txid, e.departement) <> (s.txid, s.departement));
    PERFORM set_config('seuil.retrait', 'terme', true);
    DELETE FROM audit_sceau x WHERE x.id = s.id;
    PERFORM set_config('seuil.retrait', '', true);
    PERFORM journal.poser(gen_random_uuid(), 'acte', 'journal.sceau_ecarte', 'machine:sceller',
      'Seuil (sceller)', '', '', p_departement, 'sceau', left(s.rang::text, 80), '{}', '{}', '{}',
      '{}', '', 'base', '', NULL, jsonb_build_object('rang', s.rang, 'ligne', s.ligne,
        'txid', s.txid, 'empreinte', encode(s.empreinte, 'hex'), 'scelle_at', s.scelle_at));
    nombre := nombre + 1;
  END LOOP;
  RETURN nombre;
END $$;

-- Seal every line whose transaction, and all those begun before it, are over: a line that is not
-- sealed and bears an older transaction than the last seal was put there afterwards.
CREATE OR REPLACE FUNCTION journal.sceller() RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '30s' AS $$
DECLARE
  d text;
  total bigint := 0;
  limite bigint := journal.decalage() + pg_snapshot_xmin(pg_current_snapshot())::text::bigint;
BEGIN
  -- Two seals at once would fork a chain. No advisory lock: anyone may hold one, for ever.
  LOCK TABLE audit_sceau IN SHARE ROW EXCLUSIVE MODE;
  -- From one département to the next by the index: the tables hold millions of lines.
  SELECT min(departement) INTO d FROM audit_sceau;
  WHILE d IS NOT NULL LOOP
    PERFORM journal.ecarter(d, limite);
    SELECT min(departement) INTO d FROM audit_sceau WHERE departement > d;
  END LOOP;
  SELECT min(departement) INTO d FROM audit_event;
  WHILE d IS NOT NULL LOOP
    -- What cannot be sealed in one département stops no other.
    BEGIN
      total := total + journal.sceller_un(d, limite);
    EXCEPTION WHEN data_exception OR integrity_constraint_violation THEN
      RAISE WARNING 'journal.sceller : le journal du département % ne se scelle pas (%)', d, SQLSTATE;
    END;
    SELECT min(departement) INTO d FROM audit_event WHERE departement > d;
  END LOOP;
  RETURN total;
END $$;

CREATE OR REPLACE FUNCTION journal.sceller_un(d text, limite bigint) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE r bigint; t bigint; h bytea; ligne public.audit_event; total bigint := 0;
BEGIN
  SELECT s.rang, s.txid, s.empreinte INTO r, t, h
    FROM audit_sceau s WHERE s.departement = d ORDER BY s.rang DESC LIMIT 1;
  IF r IS NULL THEN
    SELECT a.rang, a.txid, a.tete INTO r, t, h FROM audit_ancre a
      WHERE a.departement = d AND a.genre = 'retrait' AND a.txid < limite
      ORDER BY a.rang DESC LIMIT 1;
  END IF;
  IF r IS NULL THEN
    r := 0; t := -1; h := decode(repeat('00', 32), 'hex');
  END IF;
  FOR ligne IN
    SELECT * FROM audit_event e
    WHERE e.departement = d AND e.txid > t AND e.txid < limite
    ORDER BY e.txid, e.id
  LOOP
    r := r + 1;
    h := sha256(h || journal.canonique(ligne));
    INSERT INTO audit_sceau (departement, rang, ligne, txid, empreinte)
      VALUES (d, r, ligne.id, ligne.txid, h);
    total := total + 1;
  END LOOP;
  RETURN total;
END $$;

-- For how many seconds the oldest line that is not sealed has waited; zero when none waits.
CREATE OR REPLACE FUNCTION journal.retard() RETURNS double precision
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH RECURSIVE d(code) AS (
    SELECT min(departement) FROM audit_event
    UNION ALL
    SELECT (SELECT min(departement) FROM audit_event WHERE departement > d.code) FROM d
      WHERE d.code IS NOT NULL
  )
  SELECT coalesce(extract(epoch FROM clock_timestamp() - min(e.created_at)), 0)
  FROM d CROSS JOIN LATERAL (
    SELECT created_at FROM audit_event
    WHERE departement = d.code AND txid > coalesce(
      (SELECT txid FROM audit_sceau WHERE departement = d.code ORDER BY rang DESC LIMIT 1),
      (SELECT txid FROM audit_ancre WHERE departement = d.code AND genre = 'retrait'
        ORDER BY rang DESC LIMIT 1), -1)
    ORDER BY txid LIMIT 1
  ) e
$$;

-- Write down the head of one chain, once a day and whenever asked.
CREATE OR REPLACE FUNCTION journal.ancrer(p_departement text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE debut bigint; s public.audit_sceau; premiere bytea;
BEGIN
  SELECT * INTO s FROM audit_sceau
    WHERE departement = p_departement ORDER BY rang DESC LIMIT 1;
  IF s.rang IS NULL THEN RETURN 0; END IF;
  -- An anchor beyond the chain was not written here, and would be the last for ever.
  SELECT coalesce(max(rang), 0) + 1 INTO debut FROM audit_ancre
    WHERE departement = p_departement AND rang <= s.rang;
  IF debut > s.rang THEN RETURN s.rang; END IF;
  SELECT empreinte INTO premiere FROM audit_sceau
    WHERE departement = p_departement AND rang = debut;
  INSERT INTO audit_ancre
    (id, genre, departement, rang_debut, rang, nombre, premiere, tete, txid)
    VALUES (gen_random_uuid(), 'ancre', p_departement, debut, s.rang, s.rang - debut + 1,
            premiere, s.empreinte, s.txid);
  RETURN s.rang;
END $$;

-- Remove what is past its term: whole beginning of a chain, never a line in its middle, never
-- younger than six months. What remains says how many there were and where the chain goes on.
CREATE OR REPLACE FUNCTION journal.retirer(p_departement text, p_avant timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE debut bigint; fin bigint; s public.audit_sceau; premiere bytea; nombre bigint;
BEGIN
  SELECT min(rang) INTO debut FROM audit_sceau WHERE departement = p_departement;
  SELECT coalesce(
    (SELECT min(x.rang) - 1 FROM audit_sceau x JOIN audit_event e ON e.id = x.ligne
       WHERE x.departement = p_departement AND e.created_at >= p_avant),
    (SELECT max(rang) FROM audit_sceau WHERE departement = p_departement)) INTO fin;
  IF debut IS NULL OR fin IS NULL OR fin < debut THEN RETURN 0; END IF;
  SELECT * INTO s FROM audit_sceau WHERE departement = p_departement AND rang = fin;
  SELECT empreinte INTO premiere FROM audit_sceau
    WHERE departement = p_departement AND rang = debut;
  nombre := fin - debut + 1;
  INSERT INTO audit_ancre
    (id, genre, departement, rang_debut, rang, nombre, premiere, tete, txid)
    VALUES (gen_random_uuid(), 'retrait', p_departement, debut, fin, nombre, premiere,
            s.empreinte, s.txid);
  PERFORM set_config('seuil.retrait', 'terme', true);
  DELETE FROM audit_event e USING audit_sceau x
    WHERE x.departement = p_departement AND x.rang <= fin AND e.id = x.ligne;
  DELETE FROM audit_sceau WHERE departement = p_departement AND rang <= fin;
  PERFORM set_config('seuil.retrait', '', true);
  RETURN nombre;
END $$;

-- How much each agent read, took away and was refused since an instant, and the alerts given since:
-- what the watch of the worker compares with what one person does. No page asks it.
CREATE OR REPLACE FUNCTION journal.volumes(p_depuis timestamptz)
RETURNS TABLE (
  by_id text, departement text, fiches bigint, listes bigint, exports bigint, refus bigint,
  dites text[]
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '2s' AS $$
  SELECT e.by_id, e.departement,
    count(DISTINCT x.dossier) FILTER (WHERE cardinality(e.dossiers) = 1),
    count(DISTINCT x.dossier),
    count(DISTINCT e.id) FILTER (WHERE e.kind LIKE 'export.%'),
    count(DISTINCT e.id) FILTER (WHERE e.nature = 'refus'),
    ARRAY(SELECT DISTINCT a.kind::text FROM audit_event a WHERE a.target_type = 'agent'
      AND a.target_id = e.by_id AND a.kind LIKE 'alerte.%' AND a.created_at >= p_depuis)
  FROM audit_event e
  LEFT JOIN LATERAL unnest(e.dossiers) AS x(dossier) ON e.nature = 'lecture'
  -- Identifiers begin by their instant: the lines of before are not read.
  WHERE e.id >= (lpad(to_hex((extract(epoch FROM p_depuis) * 1000)::bigint), 12, '0')
      || repeat('0', 20))::uuid
    AND e.created_at >= p_depuis AND e.by_id ~ '^[0-9a-f-]{36}$'
  GROUP BY e.by_id, e.departement
$$;

-- Who saw one dossier: the only way to read the journal from a page. The verb is the page's to
-- check; here, the dossier is at least of the département that signed the context.
CREATE OR REPLACE FUNCTION journal.consultations(p_dossier uuid, p_depuis timestamptz)
RETURNS TABLE (
  vu_at timestamptz, kind text, by_id text, by_label text, organisation text, role text,
  canal text, motif text, categories text[]
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '2s' AS $$
  SELECT e.created_at, e.kind, e.by_id, e.by_label, e.organisation, e.role, e.canal, e.motif,
         e.categories::text[]
  FROM audit_event e
  WHERE e.dossiers @> ARRAY[p_dossier] AND e.nature = 'lecture' AND e.created_at >= p_depuis
    AND EXISTS (SELECT 1 FROM dossiers_dossier d
                WHERE d.id = p_dossier AND d.departement_id = journal.departement())
  ORDER BY e.created_at, e.id
$$;

-- The alerts of the département, the newest first, each with what was first noted of it: to the data
-- protection officer alone. What was noted is a line too, about the alert's own.
CREATE OR REPLACE FUNCTION journal.alertes(p_depuis timestamptz)
RETURNS TABLE (
  id uuid, vue_at timestamptz, kind text, agent text, details jsonb,
  note text, notee_at timestamptz, notee_par text
) LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET lock_timeout = '2s' AS $$
  SELECT a.id, a.created_at, a.kind, a.target_id, a.details,
         n.details->>'note', n.created_at, n.by_label
  FROM audit_event a LEFT JOIN LATERAL (
    SELECT t.details, t.created_at, t.by_label FROM audit_event t
    WHERE t.target_type = 'alerte' AND t.target_id = a.id::text ORDER BY t.id LIMIT 1
  ) n ON true
  WHERE a.target_type = 'agent' AND a.kind LIKE 'alerte.%' AND a.created_at >= p_depuis
    AND a.departement = journal.departement() AND (SELECT m.role FROM droits.moi() m) = 'dpo'
  ORDER BY a.id DESC
$$;
