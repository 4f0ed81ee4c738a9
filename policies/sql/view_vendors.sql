CREATE VIEW {view} AS
-- None seen is none held only where every list was read that should have been.
WITH unread AS (
    SELECT coalesce(bool_or(fact = 'grants'), FALSE) AS grants, coalesce(bool_or(fact = 'apps'), FALSE) AS apps
    FROM d_coverage WHERE state = 'failed'
)
SELECT v.* EXCLUDE (conflicts, stale), o.status AS owner_status,
    CASE WHEN h.vendor_id IS NOT NULL THEN h.active_grants WHEN NOT u.grants THEN 0 END AS active_grants,
    CASE WHEN c.vendor_id IS NOT NULL THEN c.connected_apps WHEN NOT u.apps THEN 0 END AS connected_apps,
    -- An account whose owner has not said whether patients' data reaches it leaves this open.
    CASE WHEN h.reaches_phi OR c.reaches_phi THEN TRUE
         WHEN (h.vendor_id IS NULL OR h.reaches_phi IS FALSE) AND (c.vendor_id IS NULL OR c.reaches_phi IS FALSE)
             AND NOT u.grants AND NOT u.apps THEN FALSE
         END AS reaches_phi,
    CASE WHEN v.attested_by IS NULL THEN 'verified' ELSE 'attested' END AS basis,
    CASE WHEN v.stale IS NULL THEN TRUE END AS is_current,
    getvariable('as_of') AS as_of, getvariable('today') AS today,
    v.stale AS _stale, v.conflicts AS _conflicts, v.attested_by IS NOT NULL AS _attested,
    coalesce(h.attested, FALSE) OR coalesce(c.attested, FALSE) AS _attested_grants
FROM (SELECT *, rowid AS _rid FROM d_vendors WHERE {chosen}) v CROSS JOIN unread u
LEFT JOIN d_vendor_grants h ON h.vendor_id = v.vendor_id
LEFT JOIN d_vendor_apps c ON c.vendor_id = v.vendor_id
LEFT JOIN d_emails o ON o.email = plain_email(v.owner_email);
