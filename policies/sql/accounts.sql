-- Every account any fact speaks of; what has no platform in its id is no account.
CREATE TABLE d_known AS
SELECT * FROM t_accounts
UNION ALL BY NAME
SELECT account_id, split_part(account_id, ':', 1) AS platform
FROM (
    SELECT account_id FROM t_grants UNION SELECT account_id FROM t_apps UNION SELECT account_id FROM t_logins
    UNION SELECT account_id FROM t_tokens UNION SELECT account_id FROM t_changes UNION SELECT account_id FROM s_coverage
) ANTI JOIN t_accounts USING (account_id) WHERE contains(account_id, ':');

-- The containers above each account; a loop written by mistake ends after five.
CREATE TABLE d_above AS
WITH RECURSIVE above AS (
    SELECT account_id, parent_id, 1 AS height FROM d_known WHERE parent_id IS NOT NULL
    UNION ALL
    SELECT a.account_id, k.parent_id, a.height + 1 FROM above a JOIN d_known k ON k.account_id = a.parent_id
    WHERE k.parent_id IS NOT NULL AND a.height < 5
)
SELECT * FROM above;

CREATE TABLE d_accounts AS
WITH inherited AS (
    SELECT a.account_id, arg_min(k.mfa_required, a.height) AS mfa_required,
        arg_min(k.attested_mfa_required, a.height) FILTER (k.mfa_required IS NOT NULL) AS attested
    FROM d_above a JOIN d_known k ON k.account_id = a.parent_id GROUP BY a.account_id
)
SELECT k.account_id, k.platform, coalesce(k.name, '@' || k.handle, k.account_id) AS account_name,
    k.handle AS account_handle, k.kind AS account_kind, k.url AS account_url, k.parent_id,
    CAST(k.tier AS INTEGER) AS tier, k.phi_exposed, k.owner_email, o.person_id AS owner_person_id,
    o.status AS owner_status,
    CASE WHEN (SELECT count(owner_email) FROM d_known) > 0 THEN k.owner_email IS NOT NULL END AS owner_named,
    k.verified AS account_verified, k.published AS account_published,
    CASE WHEN len(list_filter(k.conflicts, lambda c: starts_with(c, 'mfa_required'))) > 0 THEN NULL
         ELSE coalesce(k.mfa_required, i.mfa_required) END AS mfa_required,
    k.created_at, k.followers, k.last_reviewed_on, k.recovery_email,
    coalesce(plain_domain(k.recovery_email_domain), split_part(plain_email(k.recovery_email), '@', -1)) AS recovery_email_domain,
    r.person_id AS recovery_person_id, r.status AS recovery_status,
    k.source, k.observed_at, k.evidence_id, k.attested_by, k.valid_until, k.conflicts,
    k.stale, k.stale_mfa_required, k.stale_recovery, k.attested_by IS NOT NULL AS attested_account,
    coalesce(CASE WHEN k.mfa_required IS NOT NULL THEN k.attested_mfa_required ELSE i.attested END, FALSE) AS attested_mfa_required,
    coalesce(k.attested_recovery, FALSE) AS attested_recovery
FROM d_known k
LEFT JOIN inherited i USING (account_id)
LEFT JOIN d_emails o ON o.email = plain_email(k.owner_email)
LEFT JOIN d_emails r ON r.email = plain_email(k.recovery_email);

-- An account's cells as the other views join them.
CREATE VIEW j_accounts AS
SELECT account_id AS joined_id, lower(account_id) AS _account_key, lower(account_handle) AS _handle_key, platform AS account_platform, account_name, account_handle, account_kind, account_url,
    parent_id, tier, phi_exposed, owner_email, owner_person_id, owner_status, owner_named, account_verified, account_published,
    mfa_required, conflicts AS _account_conflicts, stale AS _account_stale, stale_mfa_required AS _mfa_required_stale,
    attested_account AS _attested_account, attested_mfa_required AS _attested_mfa_required
FROM d_accounts;
