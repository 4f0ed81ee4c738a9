-- Short names for what the query writes again and again; DuckDB puts their text in place.
CREATE MACRO verdict(applies, fails) AS
    CASE WHEN NOT applies THEN 'not_applicable' WHEN NOT fails THEN 'pass' WHEN applies AND fails THEN 'fail' ELSE 'unknown' END;
CREATE MACRO more(at_least, at_most, number) AS CASE WHEN at_least > number THEN true WHEN at_most <= number THEN false END;
CREATE MACRO fewer(at_least, at_most, number) AS CASE WHEN at_most < number THEN true WHEN at_least >= number THEN false END;
CREATE MACRO ranked(word) AS
    CASE word WHEN 'viewer' THEN 1 WHEN 'analyst' THEN 2 WHEN 'advertiser' THEN 3 WHEN 'moderator' THEN 4 WHEN 'publisher' THEN 5
        WHEN 'manager' THEN 6 WHEN 'admin' THEN 7 END;
CREATE MACRO worded(rank) AS ['viewer', 'analyst', 'advertiser', 'moderator', 'publisher', 'manager', 'admin'][rank];
CREATE MACRO named(platform) AS
    CASE platform WHEN 'x' THEN 'X' WHEN 'facebook' THEN 'Facebook' WHEN 'instagram' THEN 'Instagram' WHEN 'linkedin' THEN 'LinkedIn'
        WHEN 'youtube' THEN 'YouTube' WHEN 'tiktok' THEN 'TikTok' ELSE platform END;
CREATE MACRO is_public(domain) AS domain IN ('gmail.com', 'yahoo.com', 'outlook.com', 'hotmail.com', 'icloud.com', 'gmx.net', 'proton.me');
CREATE MACRO shown(cell) AS coalesce(cell, 'not known');
CREATE MACRO day(d) AS strftime(d, '%-d %b %Y');
CREATE MACRO day_at(t) AS strftime(timezone('America/Chicago', t), '%-d %b %Y');
