-- What an outside firm is recognised by, exactly: each key points to one firm.
CREATE TABLE d_vendor_keys AS
SELECT kind, key, min(vendor_id) AS vendor_id
FROM (
    SELECT 'domain' AS kind, lower(trim(unnest(list_of(domains)))) AS key, vendor_id FROM t_vendors
    UNION ALL SELECT 'app_name', lower(trim(unnest(list_of(app_names)))), vendor_id FROM t_vendors
    UNION ALL SELECT 'app_id', lower(trim(unnest(list_of(app_ids)))), vendor_id FROM t_vendors
    UNION ALL SELECT 'name', lower(trim(name)), vendor_id FROM t_vendors
)
WHERE key <> '' AND NOT (kind = 'domain' AND is_public_mail(key)) GROUP BY kind, key;

-- On which platforms a firm's apps have ids we were given; '' for ids written without a platform.
CREATE TABLE d_vendor_ids AS
SELECT DISTINCT vendor_id, CASE WHEN contains(key, ':') THEN split_part(key, ':', 1) ELSE '' END AS platform
FROM (SELECT vendor_id, lower(trim(unnest(list_of(app_ids)))) AS key FROM t_vendors) WHERE key <> '';

CREATE TABLE d_vendors AS
SELECT vendor_id, name AS vendor_name, kind AS vendor_kind, contract_ends_on AS vendor_contract_ends_on,
    baa_signed_on AS vendor_baa_signed_on, baa_expires_on AS vendor_baa_expires_on, owner_email,
    source, observed_at, evidence_id, attested_by, valid_until, stale, conflicts
FROM t_vendors;
