-- Every identity that holds a grant or was seen, with its person and its firm.
CREATE TABLE d_principals AS
WITH known AS (
    SELECT principal_id, platform, kind, name, email, handle, status, mfa, mfa_methods, last_active_at, invited_at,
        source, observed_at, evidence_id, attested_by, valid_until, stale, stale_mfa, stale_last_used,
        attested_mfa, conflicts, plain_email(email) AS plain
    FROM t_principals
    UNION ALL BY NAME
    SELECT principal_id, split_part(principal_id, ':', 1) AS platform
    FROM (SELECT DISTINCT principal_id FROM t_grants WHERE principal_id IS NOT NULL) ANTI JOIN t_principals USING (principal_id)
),
domains AS (SELECT *, nullif(split_part(plain, '@', -1), '') AS domain FROM known),
placed AS (SELECT *, in_organization(domain) AS at_home FROM domains),
matched AS (
    SELECT k.*, i.person_id, i.identity_method, coalesce(vd.vendor_id, vn.vendor_id) AS vendor_id
    FROM placed k
    LEFT JOIN d_identities i USING (principal_id)
    LEFT JOIN d_vendor_keys vd ON vd.kind = 'domain' AND vd.key = k.domain AND k.at_home IS NOT TRUE
    LEFT JOIN d_vendor_keys vn ON vn.kind = 'name' AND k.kind = 'agency' AND vn.key = lower(trim(k.name))
)
SELECT k.principal_id, k.platform, coalesce(k.name, k.handle, k.email, k.principal_id) AS principal_name,
    k.email AS principal_email, k.domain AS principal_email_domain, k.handle AS principal_handle,
    k.kind AS principal_kind, k.status AS principal_status,
    CASE WHEN getvariable('has_roster') THEN p.person_id IS NOT NULL END AS person_matched, k.at_home AS email_in_organization,
    is_public_mail(k.domain) AS email_is_public, k.mfa, k.mfa_methods AS mfa_methods_json,
    k.last_active_at AS principal_last_active_at, k.invited_at AS principal_invited_at,
    k.person_id, p.person_name, p.person_email, p.person_status, p.person_kind, p.person_left_on, p.person_hired_on,
    p.department, p.title, p._department_key, p._title_key, p.location, p.manager_id, p.manager_status, p.training_json, k.identity_method,
    k.vendor_id, v.vendor_name, v.vendor_contract_ends_on, v.vendor_baa_signed_on, v.vendor_baa_expires_on,
    CASE WHEN NOT getvariable('has_vendors') THEN NULL
         WHEN k.vendor_id IS NOT NULL THEN TRUE
         WHEN k.domain IS NOT NULL OR (k.kind = 'agency' AND k.name IS NOT NULL) THEN FALSE END AS in_inventory,
    k.source, k.observed_at, k.evidence_id, k.attested_by, k.valid_until, k.conflicts,
    k.stale, k.stale_mfa, k.stale_last_used, p.stale AS stale_person, v.stale AS stale_vendor,
    k.attested_by IS NOT NULL AS attested_principal, coalesce(k.attested_mfa, FALSE) AS attested_mfa
FROM matched k LEFT JOIN d_people p ON p.person_id = k.person_id LEFT JOIN d_vendors v ON v.vendor_id = k.vendor_id;

CREATE TABLE d_agencies AS
SELECT principal_id AS via_id, vendor_id, vendor_name, vendor_contract_ends_on, vendor_baa_signed_on,
    vendor_baa_expires_on, in_inventory
FROM d_principals WHERE principal_kind = 'agency';
