CREATE VIEW {view} AS
WITH many AS (SELECT account_id, app_id, count(*) AS authorisations FROM t_apps GROUP BY account_id, app_id),
-- A name is the app's own word. It counts only where no id speaks against it, and then never as verified.
named AS (
    SELECT t.app_key, coalesce(k1.vendor_id, k2.vendor_id) AS by_id, coalesce(k3.vendor_id, k4.vendor_id) AS by_name,
        NOT starts_with(substr(t.app_id, position(':' IN t.app_id) + 1), 'name:') AND EXISTS (
            SELECT 1 FROM d_vendor_ids i WHERE i.vendor_id = coalesce(k3.vendor_id, k4.vendor_id)
                AND i.platform IN ('', split_part(t.app_id, ':', 1))) AS other_id
    FROM t_apps t
    LEFT JOIN d_vendor_keys k1 ON k1.kind = 'app_id' AND k1.key = lower(t.app_id)
    LEFT JOIN d_vendor_keys k2 ON k2.kind = 'app_id' AND k2.key = lower(substr(t.app_id, position(':' IN t.app_id) + 1))
    LEFT JOIN d_vendor_keys k3 ON k3.kind = 'app_name' AND k3.key = lower(trim(t.name))
    LEFT JOIN d_vendor_keys k4 ON k4.kind = 'name' AND k4.key = lower(trim(t.publisher))
)
SELECT t._rid, t.app_key, t.app_id, coalesce(t.name, t.app_id) AS app_name, t.publisher, list_of(t.scopes) AS scopes,
    t.level, level_rank(t.level) AS level_rank, coalesce(level_rank(t.level), 7) AS sort_rank, t.can_message, t.approved_at,
    t.approved_by, t.last_used_at, t.first_party, CAST(m.authorisations AS INTEGER) AS authorisations, coalesce(t.conflicts, []) AS conflicts,
    t.account_id, coalesce(a.account_platform, split_part(t.account_id, ':', 1)) AS platform,
    a.* EXCLUDE (joined_id, account_platform),
    v.vendor_id, v.vendor_name, v.vendor_contract_ends_on, v.vendor_baa_signed_on, v.vendor_baa_expires_on,
    CASE WHEN NOT getvariable('has_vendors') OR (n.by_id IS NULL AND n.by_name IS NOT NULL AND n.other_id) THEN NULL
         ELSE v.vendor_id IS NOT NULL END AS in_inventory,
    CASE WHEN t.attested_by IS NULL THEN 'verified' ELSE 'attested' END AS basis,
    t.attested_by, t.valid_until, CASE WHEN t.stale IS NULL THEN TRUE END AS is_current, t.source, t.observed_at, t.evidence_id,
    getvariable('as_of') AS as_of, getvariable('today') AS today,
    t.stale AS _stale, list_concat(t.conflicts, a._account_conflicts) AS _conflicts, t.account_id AS _cov_account,
    t.attested_by IS NOT NULL AS _attested,
    n.by_id IS NULL AND n.by_name IS NOT NULL AS _attested_vendor, t.stale_last_used AS _last_used_stale, v.stale AS _vendor_stale
FROM (SELECT *, rowid AS _rid FROM t_apps WHERE {chosen}) t
LEFT JOIN j_accounts a ON a.joined_id = t.account_id
LEFT JOIN many m ON m.account_id = t.account_id AND m.app_id = t.app_id
LEFT JOIN named n ON n.app_key = t.app_key
LEFT JOIN d_vendors v ON v.vendor_id = coalesce(n.by_id, CASE WHEN NOT n.other_id THEN n.by_name END);
