-- Bounds, not numbers: at_least what was seen for certain, at_most all that could be; no upper bound
-- where the list of grants is known only in part. A human counts once, by the person where matched.
CREATE TABLE d_counts AS
WITH standing AS (
    SELECT a.rowid AS place, p.rowid AS holder, coalesce(p.person_id, g.principal_id) AS who,
        g.attested_by IS NOT NULL AS attested,
        CASE WHEN g.stale IS NULL THEN g.status = 'active' END AS active,
        CASE WHEN g.stale IS NULL THEN g.status = 'invited' END AS waiting,
        p.principal_kind = 'human' AS human, level_rank(g.level) AS level_rank
    FROM t_grants g JOIN d_accounts a ON a.account_id = g.account_id
    LEFT JOIN d_principals p ON p.principal_id = g.principal_id
),
holding AS (
    SELECT place, holder,
        max(rank_of(active)) AS holds,
        max(rank_of(waiting)) AS waits, bool_or(attested) AS attested
    FROM standing GROUP BY place, holder
),
holders AS (
    SELECT place, count(*) FILTER (holds = 2) AS sure, count(*) FILTER (holds > 0) AS could,
        count(*) FILTER (waits = 2) AS sure_waiting, count(*) FILTER (waits > 0) AS could_wait,
        bool_or(attested) AS attested
    FROM holding GROUP BY place
),
at_the_top AS (
    SELECT place, who,
        max(rank_of(active AND human AND level_rank >= 7)) AS admin,
        max(rank_of(active AND human AND level_rank >= 6)) AS manager
    FROM standing WHERE level_rank IS NULL OR level_rank >= 6 GROUP BY place, who
),
leaders AS (
    SELECT place, count(*) FILTER (admin = 2) AS admins, count(*) FILTER (admin > 0) AS admins_could,
        count(*) FILTER (manager = 2) AS managers, count(*) FILTER (manager > 0) AS managers_could
    FROM at_the_top GROUP BY place
),
disputed AS (
    SELECT account_id, list_distinct(flatten(list(conflicts))) AS grant_conflicts
    FROM t_grants WHERE len(conflicts) > 0 GROUP BY account_id
)
SELECT a.account_id, bounds(h.sure, h.could, c.known) AS holders, bounds(l.admins, l.admins_could, c.known) AS admins,
    bounds(l.managers, l.managers_could, c.known) AS managers, bounds(h.sure_waiting, h.could_wait, c.known) AS invited,
    coalesce(h.attested, FALSE) OR coalesce(c.basis = 'attested', FALSE) AS attested, d.grant_conflicts
FROM d_accounts a
LEFT JOIN holders h ON h.place = a.rowid
LEFT JOIN leaders l ON l.place = a.rowid
LEFT JOIN disputed d ON d.account_id = a.account_id
LEFT JOIN (SELECT * FROM d_coverage WHERE fact = 'grants') c ON c.account_id = a.account_id;
