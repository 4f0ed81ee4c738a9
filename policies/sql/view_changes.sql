CREATE VIEW {view} AS
SELECT t._rid, t.change_key, t.kind AS change_kind, t."at", t.before, t.after,
    t.account_id, coalesce(a.account_platform, split_part(t.account_id, ':', 1)) AS platform,
    a.* EXCLUDE (joined_id, account_platform),
    CASE WHEN t.attested_by IS NULL THEN 'verified' ELSE 'attested' END AS basis,
    t.attested_by, t.valid_until, CASE WHEN t.stale IS NULL THEN TRUE END AS is_current, t.source, t.observed_at, t.evidence_id,
    getvariable('as_of') AS as_of, getvariable('today') AS today,
    t.stale AS _stale, list_concat(t.conflicts, a._account_conflicts) AS _conflicts, t.account_id AS _cov_account,
    t.attested_by IS NOT NULL AS _attested
FROM (SELECT *, rowid AS _rid FROM t_changes WHERE {chosen}) t LEFT JOIN j_accounts a ON a.joined_id = t.account_id;
