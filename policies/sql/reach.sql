DELETE FROM d_reach;
INSERT INTO d_reach
SELECT g.principal_id, list_sort(list(DISTINCT coalesce(a.account_name, g.account_id)))
FROM t_grants g LEFT JOIN d_accounts a ON a.account_id = g.account_id
WHERE g.status IS DISTINCT FROM 'removed' AND {among} GROUP BY g.principal_id;
