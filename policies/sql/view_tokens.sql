CREATE VIEW {view} AS
SELECT t._rid, t.token_id, t.kind AS token_kind, t.app_id, list_of(t.scopes) AS scopes,
    CASE WHEN t.scopes IS NOT NULL AND t.scopes_needed IS NOT NULL
         THEN list_filter(list_of(t.scopes), lambda s: NOT list_contains(list_of(t.scopes_needed), s)) END AS excess_scopes,
    t.issued_at, t.expires_at, t.never_expires, t.data_access_expires_at,
    t.account_id, coalesce(a.account_platform, split_part(coalesce(t.account_id, t.token_id), ':', 1)) AS platform,
    a.* EXCLUDE (joined_id, account_platform),
    CASE WHEN t.attested_by IS NULL THEN 'verified' ELSE 'attested' END AS basis,
    t.attested_by, t.valid_until, CASE WHEN t.stale IS NULL THEN TRUE END AS is_current, t.source, t.observed_at, t.evidence_id,
    getvariable('as_of') AS as_of, getvariable('today') AS today,
    t.stale AS _stale, list_concat(t.conflicts, a._account_conflicts) AS _conflicts, t.account_id AS _cov_account,
    t.attested_by IS NOT NULL AS _attested
FROM (SELECT *, rowid AS _rid FROM t_tokens WHERE {chosen}) t LEFT JOIN j_accounts a ON a.joined_id = t.account_id;
