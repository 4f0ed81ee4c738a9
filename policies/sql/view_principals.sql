CREATE VIEW {view} AS
SELECT p.* EXCLUDE (conflicts, stale, stale_mfa, stale_last_used, stale_person, stale_vendor, attested_principal, attested_mfa,
        training_json, mfa_methods_json),
    days_of(p.training_json) AS training, list_of(p.mfa_methods_json) AS mfa_methods,
    -- None seen is none held only where every list on the platform was read that should have been.
    CASE WHEN h.principal_id IS NOT NULL THEN h.active_grants
         WHEN p.platform IN (SELECT split_part(account_id, ':', 1) FROM d_coverage WHERE fact = 'grants' AND state = 'failed')
         THEN NULL ELSE 0 END AS active_grants, level_word(h.highest_rank) AS highest_level, h.highest_rank,
    h.any_can_message, coalesce(r.accounts, []) AS accounts, coalesce(p.conflicts, []) AS conflicts,
    CASE WHEN attested_principal OR attested_mfa THEN 'attested' ELSE 'verified' END AS basis,
    CASE WHEN p.stale IS NULL THEN TRUE END AS is_current,
    getvariable('as_of') AS as_of, getvariable('today') AS today,
    p.stale AS _stale, p.conflicts AS _conflicts, h.any_account AS _cov_account,
    attested_principal AS _attested, attested_principal AS _attested_principal, attested_mfa AS _attested_mfa,
    coalesce(h.attested, FALSE) AS _attested_grants,
    stale_mfa AS _mfa_stale, stale_last_used AS _last_used_stale, stale_person AS _person_stale, stale_vendor AS _vendor_stale
FROM (SELECT *, rowid AS _rid FROM d_principals WHERE {chosen}) p
LEFT JOIN d_holdings h ON h.principal_id = p.principal_id
LEFT JOIN d_reach r ON r.principal_id = p.principal_id;
