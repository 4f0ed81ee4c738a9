-- What the people and the apps of each outside firm hold; what is too old to count leaves open whether it is still so.
CREATE TABLE d_vendor_grants AS
WITH theirs AS (
    SELECT coalesce(p.vendor_id, w.vendor_id) AS vendor_id, g.account_id, g.status, CASE WHEN g.stale IS NULL THEN TRUE END AS is_current,
        g.attested_by IS NOT NULL AS attested
    FROM t_grants g
    LEFT JOIN (SELECT principal_id, vendor_id FROM d_principals WHERE vendor_id IS NOT NULL) p ON p.principal_id = g.principal_id
    LEFT JOIN (SELECT via_id, vendor_id FROM d_agencies WHERE vendor_id IS NOT NULL) w ON w.via_id = g.via_id
    WHERE p.vendor_id IS NOT NULL OR w.vendor_id IS NOT NULL
)
SELECT t.vendor_id,
    sure_or_open(count(*) FILTER (t.status = 'active' AND t.is_current),
        count(*) FILTER (t.status IS NULL OR t.is_current IS NULL)) AS active_grants,
    any_of(bool_or(a.phi_exposed AND t.is_current) FILTER (t.status IS DISTINCT FROM 'removed'),
        bool_or((a.phi_exposed AND t.is_current) IS NULL)
            FILTER (t.status IS DISTINCT FROM 'removed' OR t.is_current IS NULL)) AS reaches_phi,
    bool_or(t.attested) AS attested
FROM theirs t LEFT JOIN d_accounts a ON a.account_id = t.account_id GROUP BY t.vendor_id;

CREATE TABLE d_vendor_apps AS
SELECT vendor_id, sure_or_open(count(*) FILTER (is_current), count(*) FILTER (is_current IS NULL)) AS connected_apps,
    any_of(bool_or(phi_exposed AND is_current), bool_or((phi_exposed AND is_current) IS NULL)) AS reaches_phi,
    bool_or(_attested) AS attested
FROM v_apps WHERE vendor_id IS NOT NULL GROUP BY vendor_id;
