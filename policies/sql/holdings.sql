-- What each identity holds in all; an unmapped level ranks as high as it could be.
CREATE TABLE d_holdings AS
SELECT g.principal_id,
    CAST(count(*) FILTER (g.status = 'active' AND g.stale IS NULL) AS INTEGER) AS active_grants,
    CAST(CASE WHEN max(level_rank(g.level)) = 7 THEN 7 WHEN bool_or(g.level IS NULL) THEN NULL
         ELSE max(level_rank(g.level)) END AS INTEGER) AS highest_rank,
    bool_or(g.level IS NULL) AS unmapped,
    any_of(bool_or(g.can_message), bool_or(g.can_message IS NULL)) AS any_can_message,
    list_sort(list(DISTINCT coalesce(a.account_name, g.account_id))) AS accounts,
    min(g.account_id) AS any_account, bool_or(g.attested_by IS NOT NULL) AS attested
FROM t_grants g LEFT JOIN d_accounts a ON a.account_id = g.account_id
WHERE g.status IS DISTINCT FROM 'removed'
GROUP BY g.principal_id;
