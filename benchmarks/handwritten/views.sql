-- The rows the rules look at, joined plainly. Written by hand for one policy: the organisation's domain, zone
-- and access matrix stand here as literals, and nothing is staged, merged from several sources or aged.
WITH now AS (SELECT TIMESTAMPTZ '2026-11-20 09:00:00+00' AS as_of, DATE '2026-11-20' AS today),
covered AS (SELECT account_id, fact FROM coverage WHERE state IN ('observed', 'attested')),
failed AS (SELECT DISTINCT split_part(account_id, ':', 1) AS platform, fact FROM coverage WHERE state = 'failed'),
mails AS (
    SELECT mail, any_value(person_id) AS person_id, any_value(status) AS status FROM (
        SELECT lower(work_email) AS mail, person_id, status FROM people WHERE work_email IS NOT NULL
        UNION ALL
        SELECT lower(unnest(from_json(other_emails, '["VARCHAR"]'))), person_id, status FROM people WHERE other_emails <> '[]'
    ) GROUP BY mail HAVING min(person_id) = max(person_id)
),
vendor_domains AS (SELECT lower(unnest(from_json(domains, '["VARCHAR"]'))) AS domain, vendor_id FROM vendors),
vendor_apps AS (SELECT lower(unnest(from_json(app_ids, '["VARCHAR"]'))) AS app_id, vendor_id FROM vendors),
vendor_tools AS (SELECT lower(unnest(from_json(app_names, '["VARCHAR"]'))) AS tool, vendor_id FROM vendors),
staff AS MATERIALIZED (
    SELECT p.person_id, p.name AS person_name, p.status AS person_status, p.raw_status, p.kind AS person_kind,
        p.left_on::DATE AS person_left_on, p.hired_on::DATE AS person_hired_on, lower(p.department) AS department,
        m.status AS manager_status, CAST(p.training::JSON ->> 'hipaa' AS DATE) AS training_hipaa
    FROM people p LEFT JOIN people m ON m.person_id = p.manager_id
),
holders AS MATERIALIZED (
    SELECT p.principal_id, p.platform, coalesce(p.name, p.handle, p.email, p.principal_id) AS principal_name, p.kind AS principal_kind,
        p.email AS principal_email, p.status AS principal_status, p.mfa, from_json(p.mfa_methods, '["VARCHAR"]') AS mfa_methods,
        p.last_active_at AS principal_last_active_at, p.invited_at AS principal_invited_at, i.person_id,
        split_part(lower(p.email), '@', 2) AS domain, v.vendor_id, v.contract_ends_on::DATE AS vendor_contract_ends_on,
        s.* EXCLUDE (person_id, raw_status, manager_status, training_hipaa), s.person_id IS NOT NULL AS person_matched,
        CASE WHEN v.vendor_id IS NOT NULL THEN true
             WHEN p.email IS NOT NULL OR (p.kind = 'agency' AND p.name IS NOT NULL) THEN false END AS in_inventory
    FROM principals p
    LEFT JOIN identities i USING (principal_id)
    LEFT JOIN staff s ON s.person_id = i.person_id
    LEFT JOIN vendor_domains d ON d.domain = split_part(lower(p.email), '@', 2)
    LEFT JOIN vendors n ON p.kind = 'agency' AND lower(n.name) = lower(p.name)
    LEFT JOIN vendors v ON v.vendor_id = coalesce(d.vendor_id, n.vendor_id)
),
places AS MATERIALIZED (
    SELECT a.account_id, a.platform, coalesce(a.name, '@' || a.handle, a.account_id) AS account_name, a.kind AS account_kind, a.parent_id,
        a.phi_exposed, a.verified AS account_verified, a.owner_email, a.owner_email IS NOT NULL AS owner_named, o.status AS owner_status,
        coalesce(a.mfa_required, up.mfa_required) AS mfa_required, a.last_reviewed_on::DATE AS last_reviewed_on,
        r.status AS recovery_status, coalesce(a.recovery_email_domain, split_part(lower(a.recovery_email), '@', 2)) AS recovery_email_domain,
        coalesce(a.recovery_email_domain, split_part(lower(a.recovery_email), '@', 2)) SIMILAR TO '(.*\.)?riverside\.example'
            AS recovery_in_organization, named(a.platform) AS platform_name, coalesce(x.disputed, false) AS disputed,
        CASE WHEN x.disputed THEN 'mfa_required' END AS conflicts
    FROM accounts a
    LEFT JOIN accounts up ON up.account_id = a.parent_id
    LEFT JOIN mails o ON o.mail = lower(a.owner_email)
    LEFT JOIN mails r ON r.mail = lower(a.recovery_email)
    LEFT JOIN (SELECT account_id, count(DISTINCT mfa_required) > 1 AS disputed FROM accounts GROUP BY account_id) x
        ON x.account_id = a.account_id
),
admins AS (
    SELECT g.account_id,
        count(DISTINCT coalesce(h.person_id, g.principal_id)) FILTER (g.status = 'active' AND h.principal_kind = 'human' AND g.level = 'admin') AS sure,
        count(DISTINCT coalesce(h.person_id, g.principal_id)) FILTER (coalesce(g.status, 'active') = 'active'
            AND coalesce(h.principal_kind, 'human') = 'human' AND coalesce(g.level, 'admin') = 'admin') AS could
    FROM grants g LEFT JOIN holders h USING (principal_id) WHERE g.level IS NULL OR g.level = 'admin' GROUP BY g.account_id
),
seen_accounts AS (
    SELECT p.*, coalesce(a.sure, 0) AS admins_at_least, CASE WHEN c.account_id IS NOT NULL THEN coalesce(a.could, 0) END AS admins_at_most,
        now.today
    FROM places p CROSS JOIN now LEFT JOIN admins a USING (account_id)
    LEFT JOIN covered c ON c.account_id = p.account_id AND c.fact = 'grants'
),
matrix AS (
    SELECT *, CASE WHEN principal_kind IN ('service', 'agency', 'shared') THEN 1
        WHEN department = 'communications' THEN 2 WHEN department = 'marketing' THEN 3 WHEN department = 'it' THEN 4
        WHEN department = 'administration' THEN 5 WHEN department = 'care' THEN 6 WHEN department IS NOT NULL THEN 0 END AS line
    FROM holders
),
seen_grants AS (
    SELECT g.grant_id, g.level, ranked(g.level) AS level_rank, g.role, from_json(g.tasks, '["VARCHAR"]') AS tasks, g.status AS grant_status,
        g.can_message, g.can_grant, g.via, g.last_used_at, g.granted_at, g.expires_at, g.account_id, p.account_name, p.account_kind,
        p.platform, p.platform_name, p.phi_exposed,
        h.principal_name, h.principal_kind, h.principal_status, h.principal_last_active_at, h.in_inventory, h.vendor_id,
        h.vendor_contract_ends_on, h.person_name, h.person_status, h.person_kind, h.person_left_on, h.person_hired_on,
        ['none', 'publisher', 'admin', 'manager', 'publisher', 'moderator', 'analyst'][line + 1] AS allowed_level,
        [0, 5, 7, 6, 5, 4, 2][line + 1] AS allowed_rank, line IN (2, 3) AS allowed_messages, now.today, now.as_of
    FROM grants g CROSS JOIN now LEFT JOIN places p USING (account_id) LEFT JOIN matrix h ON h.principal_id = g.principal_id
),
held AS (
    SELECT principal_id, count(*) FILTER (status = 'active') AS active, count(*) FILTER (status IS NULL) AS open,
        max(ranked(level)) AS highest_rank, bool_or(level IS NULL) AS unmapped
    FROM grants WHERE status IS DISTINCT FROM 'removed' GROUP BY principal_id
),
seen_principals AS (
    SELECT h.*, named(h.platform) AS platform_name, now.today, coalesce(x.disputed, false) AS disputed, CASE WHEN x.disputed THEN 'mfa, status' END AS conflicts,
        CASE WHEN g.principal_id IS NOT NULL THEN CASE WHEN active > 0 OR open = 0 THEN active END
             WHEN h.platform IN (SELECT platform FROM failed WHERE fact = 'grants') THEN NULL ELSE 0 END AS active_grants,
        CASE WHEN highest_rank = 7 OR NOT unmapped THEN worded(highest_rank) END AS highest_level,
        is_public(h.domain) AS email_is_public,
        h.domain = 'riverside.example' OR ends_with(h.domain, '.riverside.example') AS email_in_organization
    FROM holders h CROSS JOIN now LEFT JOIN held g USING (principal_id)
    LEFT JOIN (SELECT principal_id, count(DISTINCT mfa) > 1 OR count(DISTINCT status) > 1 AS disputed FROM principals GROUP BY principal_id) x
        USING (principal_id)
),
seen_people AS (
    SELECT s.*, now.today,
        CASE WHEN g.person_id IS NOT NULL THEN CASE WHEN active > 0 OR open = 0 THEN active END
             WHEN EXISTS (SELECT 1 FROM failed WHERE fact = 'grants') THEN NULL ELSE 0 END AS active_grants
    FROM staff s CROSS JOIN now LEFT JOIN (
        SELECT person_id, sum(active) AS active, sum(open) AS open FROM holders JOIN held USING (principal_id)
        WHERE person_id IS NOT NULL GROUP BY person_id
    ) g USING (person_id)
),
app_vendors AS (
    SELECT a.app_key, i.vendor_id AS by_id, coalesce(t.vendor_id, f.vendor_id) AS by_name, EXISTS (
        SELECT 1 FROM vendor_apps o WHERE o.vendor_id = coalesce(t.vendor_id, f.vendor_id)
            AND split_part(o.app_id, ':', 1) = split_part(a.app_id, ':', 1)) AS other_id
    FROM apps a LEFT JOIN vendor_apps i ON i.app_id = lower(a.app_id)
    LEFT JOIN vendor_tools t ON t.tool = lower(a.name) LEFT JOIN vendors f ON lower(f.name) = lower(a.publisher)
),
seen_apps AS (
    SELECT a.app_key, coalesce(a.name, a.app_id) AS app_name, a.level, ranked(a.level) AS level_rank,
        from_json(a.scopes, '["VARCHAR"]') AS scopes,
        a.can_message, a.first_party, a.approved_at, count(*) OVER (PARTITION BY a.account_id, a.app_id) AS authorisations,
        p.account_name, p.platform, p.platform_name, p.phi_exposed, now.today, v.vendor_id,
        CASE WHEN w.by_id IS NULL AND w.by_name IS NOT NULL AND w.other_id THEN NULL ELSE v.vendor_id IS NOT NULL END AS in_inventory,
        v.baa_signed_on::DATE AS vendor_baa_signed_on, v.baa_expires_on::DATE AS vendor_baa_expires_on,
        v.contract_ends_on::DATE AS vendor_contract_ends_on
    FROM apps a CROSS JOIN now LEFT JOIN places p USING (account_id) LEFT JOIN app_vendors w USING (app_key)
    LEFT JOIN vendors v ON v.vendor_id = coalesce(w.by_id, CASE WHEN NOT w.other_id THEN w.by_name END)
),
reached AS (
    SELECT vendor_id, count(*) FILTER (kind = 'grant' AND status = 'active') AS active_grants, count(*) FILTER (kind = 'app') AS connected_apps,
        CASE WHEN bool_or(phi_exposed) THEN true WHEN bool_or(phi_exposed IS NULL) THEN NULL ELSE false END AS reaches_phi
    FROM (
        SELECT 'grant' AS kind, vendor_id, grant_status AS status, phi_exposed FROM seen_grants WHERE grant_status IS DISTINCT FROM 'removed'
        UNION ALL SELECT 'app', vendor_id, NULL, phi_exposed FROM seen_apps
    ) WHERE vendor_id IS NOT NULL GROUP BY vendor_id
),
seen_vendors AS (
    SELECT v.vendor_id, v.name AS vendor_name, v.contract_ends_on::DATE AS vendor_contract_ends_on, v.owner_email, o.status AS owner_status,
        v.baa_signed_on::DATE AS vendor_baa_signed_on, v.baa_expires_on::DATE AS vendor_baa_expires_on, now.today,
        CASE WHEN r.active_grants > 0 OR NOT EXISTS (SELECT 1 FROM failed WHERE fact = 'grants') THEN coalesce(r.active_grants, 0) END AS active_grants,
        CASE WHEN r.connected_apps > 0 OR NOT EXISTS (SELECT 1 FROM failed WHERE fact = 'apps') THEN coalesce(r.connected_apps, 0) END AS connected_apps,
        CASE WHEN r.reaches_phi THEN true WHEN EXISTS (SELECT 1 FROM failed WHERE fact IN ('grants', 'apps')) THEN NULL
             WHEN r.vendor_id IS NULL THEN false ELSE r.reaches_phi END AS reaches_phi
    FROM vendors v CROSS JOIN now LEFT JOIN reached r USING (vendor_id) LEFT JOIN mails o ON o.mail = lower(v.owner_email)
),
seen_logins AS (
    SELECT l.login_key, l.kind AS login_kind, l."at", l.client, p.account_name, p.platform_name, now.today
    FROM logins l CROSS JOIN now LEFT JOIN places p USING (account_id)
),
seen_changes AS (
    SELECT c.change_key, c.kind AS change_kind, c."at", c.before, c.after, p.account_name, p.platform_name, now.today
    FROM changes c CROSS JOIN now LEFT JOIN places p USING (account_id)
),
seen_tokens AS (
    SELECT t.token_id, t.kind AS token_kind, t.source, t.never_expires, t.expires_at, now.today,
        list_filter(from_json(t.scopes, '["VARCHAR"]'), lambda s: NOT list_contains(from_json(t.scopes_needed, '["VARCHAR"]'), s)) AS excess_scopes
    FROM tokens t CROSS JOIN now
),
