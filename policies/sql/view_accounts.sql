CREATE VIEW {view} AS
SELECT a.* EXCLUDE (conflicts, stale, stale_mfa_required, stale_recovery, attested_account, attested_mfa_required, attested_recovery),
    c.holders, c.admins, c.managers, c.invited,
    in_organization(a.recovery_email_domain) AS recovery_in_organization,
    coalesce(list_concat(a.conflicts, c.grant_conflicts), []) AS conflicts,
    CASE WHEN attested_account OR attested_mfa_required THEN 'attested' ELSE 'verified' END AS basis,
    CASE WHEN a.stale IS NULL THEN TRUE END AS is_current,
    getvariable('as_of') AS as_of, getvariable('today') AS today,
    a.stale AS _stale, list_concat(a.conflicts, c.grant_conflicts) AS _conflicts,
    a.account_id AS _cov_account, FALSE AS _attested, attested_account AS _attested_account,
    attested_mfa_required AS _attested_mfa_required, attested_recovery AS _attested_recovery,
    coalesce(c.attested, FALSE) AS _attested_grants,
    stale_mfa_required AS _mfa_required_stale, stale_recovery AS _recovery_stale
FROM (SELECT *, rowid AS _rid FROM d_accounts WHERE {chosen}) a LEFT JOIN d_counts c ON c.account_id = a.account_id;
