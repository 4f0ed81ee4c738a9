CREATE VIEW {view} AS
WITH joined AS (
    SELECT g._rid, g.grant_id, g.role, g.tasks AS tasks_json, g.level, level_rank(g.level) AS level_rank,
        g.can_message, g.can_grant, g.via, g.via_id, g.status AS grant_status, g.granted_at, g.last_used_at, g.expires_at,
        g.source, g.observed_at, g.evidence_id, g.attested_by, g.valid_until, g.conflicts AS _own_conflicts,
        g.stale AS _stale, g.stale_last_used, g.account_id, g.principal_id,
        a.* EXCLUDE (joined_id, account_platform), coalesce(a.account_platform, split_part(g.account_id, ':', 1)) AS platform,
        p.* EXCLUDE (principal_id, platform, source, observed_at, evidence_id, attested_by, valid_until, conflicts,
            stale, stale_last_used, vendor_id, vendor_name, vendor_contract_ends_on, vendor_baa_signed_on,
            vendor_baa_expires_on, in_inventory),
        p.stale AS _principal_stale, p.conflicts AS principal_conflicts,
        coalesce(p.vendor_id, w.vendor_id) AS vendor_id, coalesce(p.vendor_name, w.vendor_name) AS vendor_name,
        CASE WHEN p.vendor_id IS NULL THEN w.vendor_contract_ends_on ELSE p.vendor_contract_ends_on END AS vendor_contract_ends_on,
        CASE WHEN p.vendor_id IS NULL THEN w.vendor_baa_signed_on ELSE p.vendor_baa_signed_on END AS vendor_baa_signed_on,
        CASE WHEN p.vendor_id IS NULL THEN w.vendor_baa_expires_on ELSE p.vendor_baa_expires_on END AS vendor_baa_expires_on,
        CASE WHEN w.in_inventory THEN TRUE ELSE p.in_inventory END AS in_inventory
    FROM (SELECT *, rowid AS _rid FROM t_grants WHERE {chosen}) g
    LEFT JOIN j_accounts a ON a.joined_id = g.account_id
    LEFT JOIN d_principals p ON p.principal_id = g.principal_id
    LEFT JOIN d_agencies w ON w.via_id = g.via_id
),
placed AS (SELECT *, {access_line} AS access_line FROM joined)
SELECT * EXCLUDE (access_line, tasks_json, training_json, mfa_methods_json, _own_conflicts, principal_conflicts, _account_conflicts,
        stale_last_used, stale_mfa, stale_person, stale_vendor, attested_principal, attested_mfa),
    list_of(tasks_json) AS tasks, days_of(training_json) AS training, list_of(mfa_methods_json) AS mfa_methods,
    coalesce(level_rank, 7) AS sort_rank,
    {allowed_level}[access_line + 1] AS allowed_level, {allowed_rank}[access_line + 1] AS allowed_rank,
    {allowed_messages}[access_line + 1] AS allowed_messages,
    coalesce(_own_conflicts, []) AS conflicts,
    CASE WHEN attested_by IS NOT NULL OR attested_principal OR attested_mfa THEN 'attested' ELSE 'verified' END AS basis,
    CASE WHEN _stale IS NULL THEN TRUE END AS is_current,
    getvariable('as_of') AS as_of, getvariable('today') AS today,
    list_concat(_own_conflicts, principal_conflicts, _account_conflicts) AS _conflicts,
    account_id AS _cov_account, attested_by IS NOT NULL AS _attested,
    attested_principal AS _attested_principal, attested_mfa AS _attested_mfa,
    stale_last_used AS _last_used_stale, stale_mfa AS _mfa_stale,
    stale_person AS _person_stale, stale_vendor AS _vendor_stale
FROM placed;
