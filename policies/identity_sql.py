"""The set algebra of `policies.identity`, in the order it runs."""

from __future__ import annotations

KEYS = r"""
CREATE MACRO filled(cell) AS nullif(trim(cell), '');
CREATE MACRO as_list(cell) AS
    CASE WHEN json_valid(cell) AND json_type(cell) = 'ARRAY' THEN from_json(cell, '["VARCHAR"]') ELSE [] END;
-- Only ASCII letters lose their case: the Kelvin sign must not become a k.
CREATE MACRO handle_key(handle) AS
    CASE WHEN length(handle) = strlen(handle) THEN lower(ltrim(trim(handle), '@')) ELSE ltrim(trim(handle), '@') END;

CREATE TABLE principal AS
    SELECT DISTINCT filled(principal_id) AS principal_id, lower(filled(platform)) AS platform,
           filled(email) AS address, nullif(handle_key(handle), '') AS handle
    FROM principals_in WHERE filled(principal_id) IS NOT NULL;

CREATE TABLE person AS SELECT DISTINCT filled(person_id) AS person_id FROM people_in WHERE filled(person_id) IS NOT NULL;

CREATE TABLE person_address AS
    SELECT filled(person_id) AS person_id, filled(work_email) AS address, TRUE AS is_work FROM people_in
    UNION ALL
    SELECT filled(person_id), filled(other), FALSE
    FROM (SELECT person_id, unnest(as_list(other_emails)) AS other FROM people_in);

CREATE TABLE person_handle AS
    SELECT DISTINCT person_id, lower(trim(split_part(declared, ':', 1))) AS platform,
           handle_key(substr(declared, strpos(declared, ':') + 1)) AS handle
    FROM (SELECT filled(person_id) AS person_id, unnest(as_list(handles)) AS declared FROM people_in)
    WHERE person_id IS NOT NULL AND strpos(declared, ':') > 1;

CREATE TABLE review AS
    SELECT row_number() OVER () AS review_id, filled(principal_id) AS principal_id, lower(filled(platform)) AS platform,
           nullif(handle_key(handle), '') AS handle, filled(email) AS address, filled(person_id) AS person_id,
           filled(work_email) AS work_address, filled(reviewed_by) AS reviewed_by, filled(reviewed_on) AS reviewed_on
    FROM reviewed_in;

CREATE TABLE addresses AS
    SELECT DISTINCT address FROM (
        SELECT address FROM principal UNION ALL SELECT address FROM person_address
        UNION ALL SELECT address FROM review UNION ALL SELECT work_address FROM review
    ) WHERE address IS NOT NULL;
"""
"""Reads the frames; blank is missing from here on."""

LINKS = r"""
-- The mailbox an address reaches: case, plus-tag, alias domain and Gmail's dots do not tell two apart.
CREATE TABLE mailbox AS
    WITH form AS (
        SELECT a.address, CASE WHEN length(a.address) = strlen(a.address) THEN lower(a.address) ELSE f.form END AS form
        FROM addresses a LEFT JOIN foreign_addresses f USING (address)
    ), part AS (
        SELECT address, form, split_part(form, '@', 1) AS local_part, rtrim(split_part(form, '@', 2), '.') AS domain
        FROM form WHERE regexp_full_match(form, '[^@\s<>,;"]+@[^@\s<>,;"]+')
    ), mapped AS (
        SELECT address, form,
               CASE WHEN plus_tags AND strpos(local_part, '+') > 1 THEN split_part(local_part, '+', 1) ELSE local_part END
                   AS local_part,
               CASE coalesce(aliases.domain, part.domain) WHEN 'googlemail.com' THEN 'gmail.com'
                   ELSE coalesce(aliases.domain, part.domain) END AS domain
        FROM part CROSS JOIN options LEFT JOIN aliases ON aliases.alias = part.domain
    )
    SELECT address, form,
           CASE domain WHEN 'gmail.com' THEN replace(local_part, '.', '') ELSE local_part END || '@' || domain AS mailbox
    FROM mapped WHERE replace(local_part, '.', '') <> '';

CREATE TABLE person_mailbox AS
    SELECT mailbox, person_id, list(DISTINCT form) AS forms, bool_or(is_work) AS is_work
    FROM person_address JOIN mailbox USING (address) WHERE person_id IS NOT NULL GROUP BY ALL;

CREATE TABLE mailbox_owner AS
    SELECT mailbox, min(person_id) AS person_id, count(DISTINCT person_id) AS owners, any_value(forms) AS forms
    FROM person_mailbox GROUP BY mailbox;

CREATE TABLE handle_owner AS
    SELECT platform, handle, min(person_id) AS person_id, count(DISTINCT person_id) AS owners
    FROM person_handle WHERE handle <> '' GROUP BY ALL;

-- A reviewed row names its principal by id, else by handle, else by e-mail on a platform.
CREATE TABLE reviewed_principal AS
    SELECT p.principal_id, r.review_id FROM review r JOIN principal p ON p.principal_id = r.principal_id
    UNION
    SELECT p.principal_id, r.review_id FROM review r JOIN principal p ON p.platform = r.platform AND p.handle = r.handle
    WHERE r.principal_id IS NULL
    UNION
    SELECT p.principal_id, r.review_id
    FROM review r JOIN mailbox rm ON rm.address = r.address
    JOIN mailbox pm ON pm.mailbox = rm.mailbox JOIN principal p ON p.address = pm.address AND p.platform = r.platform
    WHERE r.principal_id IS NULL AND r.handle IS NULL;

CREATE TABLE reviewed_person AS
    SELECT r.review_id,
           CASE WHEN r.person_id IS NULL THEN o.person_id
                WHEN r.work_address IS NULL OR o.person_id = r.person_id THEN known.person_id END AS person_id
    FROM review r
    LEFT JOIN person known ON known.person_id = r.person_id
    LEFT JOIN mailbox m ON m.address = r.work_address
    LEFT JOIN mailbox_owner o ON o.mailbox = m.mailbox AND o.owners = 1;

-- One SELECT a method, ranked. A link from an identity provider becomes one more, after e-mail.
CREATE TABLE link AS
    SELECT rp.principal_id, t.person_id, 0 AS rank, 'reviewed' AS method, 1.0 AS confidence,
           concat_ws(' ', 'reviewed by', r.reviewed_by, 'on', r.reviewed_on) AS detail
    FROM reviewed_principal rp JOIN review r USING (review_id) JOIN reviewed_person t USING (review_id)
    UNION ALL
    SELECT p.principal_id, o.person_id, 1, 'declared', 1.0, 'the person declared the handle ' || p.platform || ':' || p.handle
    FROM principal p JOIN handle_owner o ON o.platform = p.platform AND o.handle = p.handle AND o.owners = 1
    UNION ALL
    SELECT p.principal_id, o.person_id, 2, 'email', CASE WHEN list_contains(o.forms, m.form) THEN 1.0 ELSE 0.95 END,
           'e-mail ' || p.address || CASE WHEN list_contains(o.forms, m.form) THEN '' ELSE ', the mailbox ' || m.mailbox END
    FROM principal p JOIN mailbox m ON m.address = p.address
    JOIN mailbox_owner o ON o.mailbox = m.mailbox AND o.owners = 1;

-- Where a review does not lead to exactly one person, a human has erred: nothing weaker may decide.
CREATE TABLE settled AS
    SELECT principal_id, rank, any_value(method) AS method, min(person_id) AS person_id,
           count(DISTINCT person_id) = 1 AND count(*) = count(person_id) AS is_clear,
           max(confidence) AS confidence, min(detail) AS detail
    FROM link GROUP BY principal_id, rank;

CREATE TABLE matched AS
    SELECT * FROM settled s
    WHERE is_clear AND NOT EXISTS (
        FROM settled better WHERE better.principal_id = s.principal_id AND better.rank < s.rank
        AND (better.is_clear OR better.rank = 0)
    );
"""
"""Finds every link each method gives, then the one that counts."""

MATCHES = """
SELECT principal_id, person_id, method, detail, confidence::DOUBLE AS confidence FROM matched ORDER BY principal_id
"""

PROBLEMS = r"""
SELECT principal_id, kind, detail FROM (
    SELECT s.principal_id, 'reviewed' AS kind,
           'the reviewed mapping leads to nobody in the roster, or to several people: ' || s.detail AS detail
    FROM settled s WHERE s.rank = 0 AND NOT s.is_clear
    UNION ALL
    SELECT principal_id, 'ambiguous', 'its ' || method || ' evidence leads to several people'
    FROM settled WHERE rank > 0 AND NOT is_clear
    UNION ALL
    SELECT p.principal_id, 'ambiguous', 'the e-mail address ' || p.address || ' is that of ' || o.owners || ' people'
    FROM principal p JOIN mailbox m ON m.address = p.address JOIN mailbox_owner o ON o.mailbox = m.mailbox
    WHERE o.owners > 1
    UNION ALL
    SELECT p.principal_id, 'ambiguous', 'the handle ' || p.handle || ' is declared by ' || o.owners || ' people'
    FROM principal p JOIN handle_owner o ON o.platform = p.platform AND o.handle = p.handle WHERE o.owners > 1
    UNION ALL
    SELECT s.principal_id, 'contradiction',
           m.method || ' says ' || m.person_id || ', but ' || s.method || ' says ' || s.person_id || ' (' || s.detail || ')'
    FROM matched m JOIN settled s ON s.principal_id = m.principal_id AND s.rank > m.rank AND s.is_clear
    WHERE s.person_id <> m.person_id
    UNION ALL
    SELECT p.principal_id, 'address', 'the address ' || p.address || ' only looks like another or is none: it matches nobody'
    FROM principal p ANTI JOIN mailbox m ON m.address = p.address WHERE p.address IS NOT NULL
) GROUP BY ALL ORDER BY ALL
"""
