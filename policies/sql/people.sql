-- The roster joined to nothing but itself, and every e-mail address that belongs to one person alone.
CREATE VIEW d_people AS
SELECT p.rowid AS rowid, p.person_id, coalesce(p.preferred_name, p.name) AS person_name, p.work_email AS person_email,
    p.status AS person_status, p.kind AS person_kind, p.left_on AS person_left_on, p.hired_on AS person_hired_on,
    p.department, p.title, lower(trim(p.department)) AS _department_key, lower(trim(p.title)) AS _title_key, p.location, p.manager_id, m.status AS manager_status, p.training AS training_json,
    p.raw_status, p.source, p.observed_at, p.evidence_id, p.attested_by, p.valid_until, p.stale, p.conflicts
FROM t_people p LEFT JOIN t_people m ON m.person_id = p.manager_id;

CREATE TABLE d_emails AS
SELECT email, any_value(person_id) AS person_id, any_value(status) AS status
FROM (
    SELECT person_id, status, plain_email(work_email) AS email FROM t_people
    UNION ALL
    SELECT person_id, status, plain_email(unnest(list_of(other_emails))) FROM t_people
    WHERE other_emails <> '[]'
)
WHERE email IS NOT NULL GROUP BY email HAVING min(person_id) = max(person_id);

-- A principal matched to two people is matched to nobody.
CREATE TABLE d_identities AS
SELECT principal_id, any_value(person_id) AS person_id, any_value(method) AS identity_method
FROM t_identities GROUP BY principal_id HAVING min(person_id) = max(person_id);
