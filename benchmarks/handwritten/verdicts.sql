-- Every rule of every pack, its parameters filled in: one verdict a row of its view.
judged_grants AS MATERIALIZED (
    SELECT *,
        verdict(principal_kind = 'human', person_status = 'terminated' and grant_status <> 'removed') AS "former-staff-access",
        verdict(principal_kind = 'human' and grant_status = 'active', person_status = 'future') AS "future-hire-access",
        verdict(principal_kind = 'human' and grant_status = 'active', person_status = 'leave') AS "leave-access",
        verdict(phi_exposed and grant_status <> 'removed', principal_kind = 'shared') AS "unique-identification",
        verdict(grant_status <> 'removed', allowed_rank = 0 or level_rank > allowed_rank) AS "access-within-matrix",
        verdict(grant_status <> 'removed', can_message and not allowed_messages) AS "messages-within-matrix",
        verdict(grant_status <> 'removed', can_grant and allowed_rank < 6) AS "granting-within-matrix",
        verdict(grant_status = 'active' and principal_kind in ('human', 'shared'),
            coalesce(today - cast(last_used_at as date) > 90, case when today - cast(principal_last_active_at as date) > 90 then true end, case when today - cast(granted_at as date) <= 90 then false end)) AS "dormant-access",
        verdict(principal_kind = 'agency' and grant_status <> 'removed', level_rank > 5) AS "agency-level",
        verdict(principal_kind = 'agency' and grant_status <> 'removed',
            in_inventory = false or coalesce(cast(expires_at as date), vendor_contract_ends_on) - today > 400) AS "agency-access-ends",
        verdict(grant_status = 'active', principal_status in ('suspended', 'removed')) AS "suspended-holders",
        verdict(grant_status <> 'removed' and expires_at is not null, expires_at < as_of) AS "expired-access-removed",
        verdict(principal_kind = 'human' and person_kind in ('contractor', 'agency') and grant_status <> 'removed',
            person_left_on < today) AS "contractor-access-ends",
        verdict(grant_status <> 'removed', (role <> '' or len(tasks) > 0) and level is null) AS "roles-mapped",
        verdict(platform in ('facebook', 'instagram') and principal_kind = 'service' and grant_status <> 'removed',
            level_rank > 6) AS "meta-system-user-admin",
        verdict(platform in ('facebook', 'instagram') and principal_kind = 'agency' and grant_status <> 'removed',
            level_rank >= 7) AS "meta-partner-full-control",
        verdict(platform in ('facebook', 'instagram') and account_kind <> 'portfolio' and grant_status <> 'removed',
            via = 'direct') AS "meta-inside-portfolio"
    FROM seen_grants
),
judged_people AS MATERIALIZED (
    SELECT *,
        verdict(active_grants > 0, raw_status <> '' and person_status is null) AS "roster-status-understood",
        verdict(active_grants > 0 and person_status in ('active', 'leave'), manager_status = 'terminated') AS "manager-present",
        verdict(active_grants > 0 and person_status in ('active', 'leave'), today - training_hipaa > 365) AS "training-current"
    FROM seen_people
),
judged_principals AS MATERIALIZED (
    SELECT *,
        verdict(principal_kind in ('human', 'shared') and active_grants > 0, not mfa) AS "mfa-every-holder",
        verdict(principal_kind in ('human', 'shared') and active_grants > 0 and mfa,
            case when list_has_any(mfa_methods, ['security_key', 'passkey', 'totp', 'push']) then false when list_contains(mfa_methods, 'unknown') then null when len(mfa_methods) > 0 then true end) AS "mfa-not-sms-only",
        verdict(principal_kind = 'agency' and active_grants > 0, not in_inventory) AS "vendor-listed",
        verdict(active_grants > 0, principal_kind = 'shared') AS "no-shared-logins",
        verdict(principal_kind = 'human' and (active_grants > 0 or principal_status = 'invited'),
            email_is_public) AS "no-personal-email",
        verdict(principal_kind = 'human' and active_grants > 0 and not email_is_public,
            not email_in_organization and not in_inventory) AS "organization-email",
        verdict(principal_status = 'invited', today - cast(principal_invited_at as date) > 14) AS "invites-answered",
        verdict(principal_kind = 'human' and (active_grants > 0 or principal_status = 'invited'),
            not person_matched and not coalesce(in_inventory, false)) AS "known-holders",
        verdict(true, disputed) AS "holder-sources-agree",
        verdict(platform in ('facebook', 'instagram') and principal_kind = 'human' and active_grants > 0,
            not mfa) AS "meta-person-mfa",
        verdict(platform in ('facebook', 'instagram') and principal_kind = 'human' and active_grants > 0,
            today - cast(principal_last_active_at as date) > 90) AS "meta-inactive",
        verdict(platform in ('facebook', 'instagram') and principal_kind = 'human' and (active_grants > 0 or principal_status = 'invited'),
            email_is_public) AS "meta-public-email",
        verdict(platform in ('facebook', 'instagram') and principal_status = 'invited',
            today - cast(principal_invited_at as date) > 30) AS "meta-pending-requests"
    FROM seen_principals
),
judged_accounts AS MATERIALIZED (
    SELECT *,
        verdict(true, mfa_required <> 'all') AS "mfa-enforced",
        verdict(true, recovery_status = 'terminated') AS "recovery-not-a-leavers",
        verdict(true, not recovery_in_organization) AS "recovery-in-organization",
        verdict(true, not owner_named) AS "responsible-person-named",
        verdict(owner_named, owner_status = 'terminated') AS "responsible-person-present",
        verdict(true, today - last_reviewed_on > 92) AS "review-on-time",
        verdict(parent_id is null, fewer(admins_at_least, admins_at_most, 2)) AS "enough-admins",
        verdict(true, more(admins_at_least, admins_at_most, 5)) AS "few-admins",
        verdict(true, disputed) AS "account-sources-agree",
        verdict(platform in ('facebook', 'instagram') and account_kind = 'portfolio',
            mfa_required <> 'all') AS "meta-portfolio-mfa",
        verdict(platform in ('facebook', 'instagram') and account_kind = 'portfolio',
            not account_verified) AS "meta-portfolio-verified",
        verdict(platform in ('facebook', 'instagram') and account_kind = 'portfolio',
            fewer(admins_at_least, admins_at_most, 2)) AS "meta-two-admins",
        verdict(platform in ('facebook', 'instagram') and account_kind = 'portfolio',
            more(admins_at_least, admins_at_most, 10)) AS "meta-few-full-control"
    FROM seen_accounts
),
judged_vendors AS MATERIALIZED (
    SELECT *,
        verdict(active_grants > 0 or connected_apps > 0, vendor_contract_ends_on < today) AS "vendor-contract-in-force",
        verdict(reaches_phi, coalesce(vendor_baa_signed_on > today, true)) AS "vendor-baa-on-record",
        verdict(reaches_phi,
            coalesce(vendor_baa_expires_on < today, case when vendor_contract_ends_on < today then true end)) AS "vendor-baa-in-force",
        verdict(active_grants > 0 or connected_apps > 0, owner_status = 'terminated') AS "vendor-owner-present"
    FROM seen_vendors
),
judged_apps AS MATERIALIZED (
    SELECT *,
        verdict(not coalesce(first_party, false), not in_inventory) AS "app-in-inventory",
        verdict(phi_exposed and not coalesce(first_party, false),
            can_message and (not in_inventory or (in_inventory and coalesce(vendor_baa_signed_on > today, true)) or coalesce(vendor_baa_expires_on < today, case when vendor_contract_ends_on < today then true end))) AS "app-messages-covered",
        verdict(not coalesce(first_party, false), level_rank > 5) AS "app-level",
        verdict(not coalesce(first_party, false), today - cast(approved_at as date) > 730) AS "app-authorisation-fresh",
        verdict(not coalesce(first_party, false), authorisations > 1) AS "app-authorised-once",
        verdict(not coalesce(first_party, false) and platform not in ('facebook', 'instagram'),
            len(scopes) > 0 and level is null) AS "scopes-mapped"
    FROM seen_apps
),
judged_changes AS MATERIALIZED (
    SELECT *,
        verdict(change_kind in ('email', 'phone'), today - cast("at" as date) <= 30) AS "recent-recovery-change",
        verdict(change_kind = 'handle', today - cast("at" as date) <= 30) AS "recent-handle-change"
    FROM seen_changes
),
judged_logins AS MATERIALIZED (
    SELECT *,
        verdict(login_kind in ('device', 'session'), today - cast("at" as date) > 180) AS "stale-devices",
        verdict(true, login_kind = 'sso') AS "no-outside-sign-in"
    FROM seen_logins
),
judged_tokens AS MATERIALIZED (
    SELECT *,
        verdict(true, never_expires) AS "token-expires",
        verdict(true, len(excess_scopes) > 0) AS "token-scopes",
        verdict(not coalesce(never_expires, false), cast(expires_at as date) - today <= 14) AS "token-renewed"
    FROM seen_tokens
)
