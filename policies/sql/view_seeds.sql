CREATE VIEW {view} AS
-- Whoever could read a seed and left since may still know it; whoever left before it came in never saw it.
WITH readers AS (
    SELECT s.account_id, p.person_name,
        CASE WHEN p.person_status = 'terminated'
             THEN p.person_left_on >= CAST(timezone(getvariable('zone'), s.enrolled_at) AS DATE)
             -- Here, says the roster, and gone, says the last day: not known.
             WHEN p.person_status IS NOT NULL AND (p.person_left_on < getvariable('today')) IS NOT TRUE THEN FALSE
             END AS gone,
        p.person_left_on
    FROM (SELECT account_id, enrolled_at, unnest(list_of(readers)) AS email FROM t_seeds WHERE in_custody) s
    LEFT JOIN d_emails e ON e.email = plain_email(s.email)
    LEFT JOIN d_people p ON p.person_id = e.person_id
),
known AS (
    SELECT account_id, any_of(bool_or(gone), bool_or(gone IS NULL)) AS gone,
        list_sort(list_distinct(list(person_name) FILTER (gone))) AS names,
        max(person_left_on) FILTER (gone) AS last_departure
    FROM readers GROUP BY account_id
)
SELECT t._rid, t.in_custody AS seed_in_custody, CAST(t.bits AS INTEGER) AS seed_bits, t.enrolled_at AS seed_enrolled_at,
    CAST(date_diff('day', t.enrolled_at, getvariable('as_of')) AS INTEGER) AS seed_age_days,
    t.confirmed AS seed_confirmed, t.last_used_at AS seed_last_used_at, list_of(t.readers) AS seed_readers,
    CASE WHEN t.in_custody THEN k.gone END AS seed_reader_left,
    k.names AS seed_readers_left, k.last_departure AS seed_last_departure,
    t.account_id, coalesce(a.account_platform, split_part(t.account_id, ':', 1)) AS platform,
    a.* EXCLUDE (joined_id, account_platform),
    CASE WHEN t.attested_by IS NULL THEN 'verified' ELSE 'attested' END AS basis,
    t.attested_by, t.valid_until, CASE WHEN t.stale IS NULL THEN TRUE END AS is_current, t.source, t.observed_at, t.evidence_id,
    getvariable('as_of') AS as_of, getvariable('today') AS today,
    t.stale AS _stale, list_concat(t.conflicts, a._account_conflicts) AS _conflicts, t.account_id AS _cov_account,
    t.attested_by IS NOT NULL AS _attested
FROM (SELECT *, rowid AS _rid FROM t_seeds WHERE {chosen}) t LEFT JOIN j_accounts a ON a.joined_id = t.account_id
LEFT JOIN known k ON k.account_id = t.account_id;
