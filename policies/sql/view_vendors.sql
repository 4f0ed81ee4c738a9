CREATE VIEW v_vendors AS
WITH held AS (
    SELECT vendor_id, count(*) FILTER (grant_status = 'active') AS active_grants,
        any_of(bool_or(phi_exposed) FILTER (grant_status IS DISTINCT FROM 'removed'),
            bool_or(phi_exposed IS NULL) FILTER (grant_status IS DISTINCT FROM 'removed')) AS reaches_phi,
        bool_or(_attested) AS attested
    FROM v_grants WHERE vendor_id IS NOT NULL AND is_current GROUP BY vendor_id
),
connected AS (
    SELECT vendor_id, count(*) AS connected_apps,
        any_of(bool_or(phi_exposed), bool_or(phi_exposed IS NULL)) AS reaches_phi, bool_or(_attested) AS attested
    FROM v_apps WHERE vendor_id IS NOT NULL AND is_current GROUP BY vendor_id
)
SELECT v.rowid AS _rid, v.* EXCLUDE (conflicts, stale), o.status AS owner_status,
    CAST(coalesce(h.active_grants, 0) AS INTEGER) AS active_grants,
    CAST(coalesce(c.connected_apps, 0) AS INTEGER) AS connected_apps,
    -- An account whose owner has not said whether patients' data reaches it leaves this open.
    CASE WHEN h.reaches_phi OR c.reaches_phi THEN TRUE
         WHEN (h.vendor_id IS NULL OR h.reaches_phi IS FALSE) AND (c.vendor_id IS NULL OR c.reaches_phi IS FALSE) THEN FALSE
         END AS reaches_phi,
    CASE WHEN v.attested_by IS NULL THEN 'verified' ELSE 'attested' END AS basis,
    CASE WHEN v.stale IS NULL THEN TRUE END AS is_current,
    getvariable('as_of') AS as_of, getvariable('today') AS today,
    v.stale AS _stale, v.conflicts AS _conflicts, v.attested_by IS NOT NULL AS _attested,
    coalesce(h.attested, FALSE) OR coalesce(c.attested, FALSE) AS _attested_grants
FROM d_vendors v
LEFT JOIN held h ON h.vendor_id = v.vendor_id
LEFT JOIN connected c ON c.vendor_id = v.vendor_id
LEFT JOIN d_emails o ON o.email = plain_email(v.owner_email);
