CREATE VIEW {view} AS
WITH held AS (
    SELECT p.person_id, sure_or_open(coalesce(sum(h.active_grants), 0), count(*) FILTER (h.active_grants IS NULL)) AS active_grants,
        CASE WHEN max(h.highest_rank) = 7 THEN 7 WHEN bool_or(h.unmapped) THEN NULL ELSE max(h.highest_rank) END AS highest_rank,
        bool_or(h.attested) AS attested
    FROM d_holdings h JOIN d_principals p USING (principal_id) WHERE p.person_id IS NOT NULL GROUP BY p.person_id
),
owned AS (SELECT owner_person_id AS person_id, count(*) AS owned_accounts FROM d_accounts GROUP BY owner_person_id),
named AS (
    SELECT person_id, arg_min(identity_method, principal_id) AS identity_method FROM d_identities GROUP BY person_id
)
SELECT p.* EXCLUDE (conflicts, stale, training_json), days_of(p.training_json) AS training, n.identity_method,
    -- None seen is none held only where every list was read that should have been.
    CASE WHEN h.person_id IS NOT NULL THEN h.active_grants
         WHEN EXISTS (SELECT 1 FROM d_coverage WHERE fact = 'grants' AND state = 'failed') THEN NULL
         ELSE 0 END AS active_grants, level_word(h.highest_rank) AS highest_level,
    CAST(h.highest_rank AS INTEGER) AS highest_rank,
    CAST(coalesce(o.owned_accounts, 0) AS INTEGER) AS owned_accounts,
    CASE WHEN p.attested_by IS NULL THEN 'verified' ELSE 'attested' END AS basis,
    CASE WHEN p.stale IS NULL THEN TRUE END AS is_current,
    getvariable('as_of') AS as_of, getvariable('today') AS today,
    p.stale AS _stale, p.conflicts AS _conflicts, p.attested_by IS NOT NULL AS _attested,
    coalesce(h.attested, FALSE) AS _attested_grants
FROM (SELECT * EXCLUDE (rowid), rowid AS _rid FROM d_people WHERE {chosen}) p LEFT JOIN held h USING (person_id) LEFT JOIN owned o USING (person_id) LEFT JOIN named n USING (person_id);
