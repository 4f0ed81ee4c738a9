-- What each identity holds in all; an unmapped level ranks as high as it could be.
CREATE TABLE d_holdings AS
SELECT principal_id,
    -- None that is active for certain, but one that could be: not known, not 0.
    sure_or_open(count(*) FILTER (status = 'active' AND stale IS NULL),
        count(*) FILTER (status IS NULL OR stale IS NOT NULL)) AS active_grants,
    CAST(CASE WHEN max(level_rank(level)) = 7 THEN 7 WHEN bool_or(level IS NULL) THEN NULL
         ELSE max(level_rank(level)) END AS INTEGER) AS highest_rank,
    bool_or(level IS NULL) AS unmapped,
    any_of(bool_or(can_message), bool_or(can_message IS NULL)) AS any_can_message,
    min(account_id) AS any_account, bool_or(attested_by IS NOT NULL) AS attested
FROM t_grants WHERE status IS DISTINCT FROM 'removed' GROUP BY principal_id;

-- Lists of names are dear to make, and few rows are ever told of: `reach.sql` fills this for those.
CREATE TABLE d_reach (principal_id VARCHAR, accounts VARCHAR[]);
