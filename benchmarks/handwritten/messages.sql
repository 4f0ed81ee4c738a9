-- Every fail with its message, then how often every other verdict was reached.
SELECT 'former-staff-access' AS rule, 'fail' AS verdict, grant_id AS subject, 1 AS number,
    shown(principal_name) || ' left on ' || shown(day(person_left_on)) || ' and still has access to ' || shown(account_name) || ' on ' || shown(platform_name) || ' (level: ' || shown(level) || ')' AS message
FROM judged_grants WHERE "former-staff-access" = 'fail'
UNION ALL
SELECT 'future-hire-access' AS rule, 'fail' AS verdict, grant_id AS subject, 1 AS number,
    shown(principal_name) || ' starts on ' || shown(day(person_hired_on)) || ' and already has access to ' || shown(account_name) || ' on ' || shown(platform_name) || ' (level: ' || shown(level) || ')' AS message
FROM judged_grants WHERE "future-hire-access" = 'fail'
UNION ALL
SELECT 'leave-access' AS rule, 'fail' AS verdict, grant_id AS subject, 1 AS number,
    shown(principal_name) || ' is on leave and has access to ' || shown(account_name) || ' on ' || shown(platform_name) || ' (level: ' || shown(level) || ')' AS message
FROM judged_grants WHERE "leave-access" = 'fail'
UNION ALL
SELECT 'unique-identification' AS rule, 'fail' AS verdict, grant_id AS subject, 1 AS number,
    shown(account_name) || ' on ' || shown(platform_name) || ', where patients'' data can arrive, is opened with the shared login ' || shown(principal_name) AS message
FROM judged_grants WHERE "unique-identification" = 'fail'
UNION ALL
SELECT 'access-within-matrix' AS rule, 'fail' AS verdict, grant_id AS subject, 1 AS number,
    shown(principal_name) || '''s level on ' || shown(account_name) || ' on ' || shown(platform_name) || ' is ' || shown(level) || ' (' || shown(role) || '); the access matrix allows ' || shown(allowed_level) AS message
FROM judged_grants WHERE "access-within-matrix" = 'fail'
UNION ALL
SELECT 'messages-within-matrix' AS rule, 'fail' AS verdict, grant_id AS subject, 1 AS number,
    shown(principal_name) || ' can read and send direct messages of ' || shown(account_name) || ' on ' || shown(platform_name) || '; the access matrix does not allow it' AS message
FROM judged_grants WHERE "messages-within-matrix" = 'fail'
UNION ALL
SELECT 'granting-within-matrix' AS rule, 'fail' AS verdict, grant_id AS subject, 1 AS number,
    shown(principal_name) || ' can give others access to ' || shown(account_name) || ' on ' || shown(platform_name) || ', although the access matrix allows ' || shown(allowed_level) AS message
FROM judged_grants WHERE "granting-within-matrix" = 'fail'
UNION ALL
SELECT 'dormant-access' AS rule, 'fail' AS verdict, grant_id AS subject, 1 AS number,
    shown(principal_name) || ' has not used the access to ' || shown(account_name) || ' on ' || shown(platform_name) || ' (level: ' || shown(level) || ') for more than ' || '90' || ' days (last use: ' || shown(day_at(last_used_at)) || '; last seen: ' || shown(day_at(principal_last_active_at)) || ')' AS message
FROM judged_grants WHERE "dormant-access" = 'fail'
UNION ALL
SELECT 'agency-level' AS rule, 'fail' AS verdict, grant_id AS subject, 1 AS number,
    'The agency ' || shown(principal_name) || ' holds ' || shown(level) || ' access to ' || shown(account_name) || ' on ' || shown(platform_name) AS message
FROM judged_grants WHERE "agency-level" = 'fail'
UNION ALL
SELECT 'agency-access-ends' AS rule, 'fail' AS verdict, grant_id AS subject, 1 AS number,
    'No end in sight is agreed for the access of ' || shown(principal_name) || ' to ' || shown(account_name) || ' on ' || shown(platform_name) || ': the firm is in no vendors table, or its end lies more than ' || '400' || ' days ahead' AS message
FROM judged_grants WHERE "agency-access-ends" = 'fail'
UNION ALL
SELECT 'suspended-holders' AS rule, 'fail' AS verdict, grant_id AS subject, 1 AS number,
    shown(principal_name) || ' is ' || shown(principal_status) || ' on ' || shown(platform_name) || ' and still has access to ' || shown(account_name) || ' on ' || shown(platform_name) || ' (level: ' || shown(level) || ')' AS message
FROM judged_grants WHERE "suspended-holders" = 'fail'
UNION ALL
SELECT 'expired-access-removed' AS rule, 'fail' AS verdict, grant_id AS subject, 1 AS number,
    'The access of ' || shown(principal_name) || ' to ' || shown(account_name) || ' on ' || shown(platform_name) || ' was to end on ' || shown(day_at(expires_at)) || ' and is still ' || shown(grant_status) AS message
FROM judged_grants WHERE "expired-access-removed" = 'fail'
UNION ALL
SELECT 'contractor-access-ends' AS rule, 'fail' AS verdict, grant_id AS subject, 1 AS number,
    'The contract of ' || shown(person_name) || ' ended on ' || shown(day(person_left_on)) || '; the access to ' || shown(account_name) || ' on ' || shown(platform_name) || ' (level: ' || shown(level) || ') has not' AS message
FROM judged_grants WHERE "contractor-access-ends" = 'fail'
UNION ALL
SELECT 'roles-mapped' AS rule, 'fail' AS verdict, grant_id AS subject, 1 AS number,
    shown(principal_name) || '''s role on ' || shown(account_name) || ' on ' || shown(platform_name) || ' (' || shown(role) || ') maps to no known level and is treated as if it were the highest' AS message
FROM judged_grants WHERE "roles-mapped" = 'fail'
UNION ALL
SELECT 'meta-system-user-admin' AS rule, 'fail' AS verdict, grant_id AS subject, 1 AS number,
    'The system user ' || shown(principal_name) || ' has ' || shown(level) || ' control of ' || shown(account_name) AS message
FROM judged_grants WHERE "meta-system-user-admin" = 'fail'
UNION ALL
SELECT 'meta-partner-full-control' AS rule, 'fail' AS verdict, grant_id AS subject, 1 AS number,
    'The partner ' || shown(principal_name) || ' has full control (' || shown(level) || ') of ' || shown(account_name) AS message
FROM judged_grants WHERE "meta-partner-full-control" = 'fail'
UNION ALL
SELECT 'meta-inside-portfolio' AS rule, 'fail' AS verdict, grant_id AS subject, 1 AS number,
    shown(principal_name) || ' reaches ' || shown(account_name) || ' directly, outside the portfolio' AS message
FROM judged_grants WHERE "meta-inside-portfolio" = 'fail'
UNION ALL
SELECT 'roster-status-understood' AS rule, 'fail' AS verdict, person_id AS subject, 1 AS number,
    'The roster''s word for ' || shown(person_name) || ', «' || shown(raw_status) || '», does not tell whether they still work here' AS message
FROM judged_people WHERE "roster-status-understood" = 'fail'
UNION ALL
SELECT 'manager-present' AS rule, 'fail' AS verdict, person_id AS subject, 1 AS number,
    'The manager on record for ' || shown(person_name) || ', who holds access, has left' AS message
FROM judged_people WHERE "manager-present" = 'fail'
UNION ALL
SELECT 'training-current' AS rule, 'fail' AS verdict, person_id AS subject, 1 AS number,
    shown(person_name) || ' holds access and last did the training «' || 'hipaa' || '» more than ' || '365' || ' days ago' AS message
FROM judged_people WHERE "training-current" = 'fail'
UNION ALL
SELECT 'mfa-every-holder' AS rule, 'fail' AS verdict, principal_id AS subject, 1 AS number,
    shown(principal_name) || ' holds access without MFA (highest level: ' || shown(highest_level) || ')' AS message
FROM judged_principals WHERE "mfa-every-holder" = 'fail'
UNION ALL
SELECT 'mfa-not-sms-only' AS rule, 'fail' AS verdict, principal_id AS subject, 1 AS number,
    shown(principal_name) || '''s second factor is only ' || shown(array_to_string(mfa_methods, ', ')) || ', which a stolen phone number or mailbox defeats' AS message
FROM judged_principals WHERE "mfa-not-sms-only" = 'fail'
UNION ALL
SELECT 'vendor-listed' AS rule, 'fail' AS verdict, principal_id AS subject, 1 AS number,
    'The agency ' || shown(principal_name) || ' holds access (highest level: ' || shown(highest_level) || ') and is in no vendors table: no contract, no BAA' AS message
FROM judged_principals WHERE "vendor-listed" = 'fail'
UNION ALL
SELECT 'no-shared-logins' AS rule, 'fail' AS verdict, principal_id AS subject, 1 AS number,
    shown(principal_name) || ' is a login that several people share' AS message
FROM judged_principals WHERE "no-shared-logins" = 'fail'
UNION ALL
SELECT 'no-personal-email' AS rule, 'fail' AS verdict, principal_id AS subject, 1 AS number,
    shown(principal_name) || ' holds access, or is invited, under the private address ' || shown(principal_email) AS message
FROM judged_principals WHERE "no-personal-email" = 'fail'
UNION ALL
SELECT 'organization-email' AS rule, 'fail' AS verdict, principal_id AS subject, 1 AS number,
    shown(principal_name) || ' holds access under ' || shown(principal_email) || ', which is neither the organisation''s nor a listed vendor''s' AS message
FROM judged_principals WHERE "organization-email" = 'fail'
UNION ALL
SELECT 'invites-answered' AS rule, 'fail' AS verdict, principal_id AS subject, 1 AS number,
    shown(principal_name) || ' was invited on ' || shown(day_at(principal_invited_at)) || ' and has not answered' AS message
FROM judged_principals WHERE "invites-answered" = 'fail'
UNION ALL
SELECT 'known-holders' AS rule, 'fail' AS verdict, principal_id AS subject, 1 AS number,
    shown(principal_name) || ' matches nobody in the roster or at a listed vendor' AS message
FROM judged_principals WHERE "known-holders" = 'fail'
UNION ALL
SELECT 'holder-sources-agree' AS rule, 'fail' AS verdict, principal_id AS subject, 1 AS number,
    'Two sources contradict each other about ' || shown(principal_name) || ': ' || shown(conflicts) AS message
FROM judged_principals WHERE "holder-sources-agree" = 'fail'
UNION ALL
SELECT 'meta-person-mfa' AS rule, 'fail' AS verdict, principal_id AS subject, 1 AS number,
    'Meta shows ' || shown(principal_name) || ' without MFA' AS message
FROM judged_principals WHERE "meta-person-mfa" = 'fail'
UNION ALL
SELECT 'meta-inactive' AS rule, 'fail' AS verdict, principal_id AS subject, 1 AS number,
    shown(principal_name) || ' was last active in the portfolio on ' || shown(day_at(principal_last_active_at)) AS message
FROM judged_principals WHERE "meta-inactive" = 'fail'
UNION ALL
SELECT 'meta-public-email' AS rule, 'fail' AS verdict, principal_id AS subject, 1 AS number,
    shown(principal_name) || ' is in the portfolio under ' || shown(principal_email) AS message
FROM judged_principals WHERE "meta-public-email" = 'fail'
UNION ALL
SELECT 'meta-pending-requests' AS rule, 'fail' AS verdict, principal_id AS subject, 1 AS number,
    'The invitation of ' || shown(principal_name) || ' to the portfolio has been open since ' || shown(day_at(principal_invited_at)) AS message
FROM judged_principals WHERE "meta-pending-requests" = 'fail'
UNION ALL
SELECT 'mfa-enforced' AS rule, 'fail' AS verdict, account_id AS subject, 1 AS number,
    shown(account_name) || ' on ' || shown(platform_name) || ' does not force everybody who holds access to use MFA (it forces: ' || shown(mfa_required) || ')' AS message
FROM judged_accounts WHERE "mfa-enforced" = 'fail'
UNION ALL
SELECT 'recovery-not-a-leavers' AS rule, 'fail' AS verdict, account_id AS subject, 1 AS number,
    'The recovery address of ' || shown(account_name) || ' on ' || shown(platform_name) || ' belongs to somebody who has left' AS message
FROM judged_accounts WHERE "recovery-not-a-leavers" = 'fail'
UNION ALL
SELECT 'recovery-in-organization' AS rule, 'fail' AS verdict, account_id AS subject, 1 AS number,
    'Password resets of ' || shown(account_name) || ' on ' || shown(platform_name) || ' go to an address at ' || shown(recovery_email_domain) || ', outside the organisation' AS message
FROM judged_accounts WHERE "recovery-in-organization" = 'fail'
UNION ALL
SELECT 'responsible-person-named' AS rule, 'fail' AS verdict, account_id AS subject, 1 AS number,
    'Nobody is named as responsible for ' || shown(account_name) || ' on ' || shown(platform_name) AS message
FROM judged_accounts WHERE "responsible-person-named" = 'fail'
UNION ALL
SELECT 'responsible-person-present' AS rule, 'fail' AS verdict, account_id AS subject, 1 AS number,
    shown(owner_email) || ', who is responsible for ' || shown(account_name) || ' on ' || shown(platform_name) || ', has left' AS message
FROM judged_accounts WHERE "responsible-person-present" = 'fail'
UNION ALL
SELECT 'review-on-time' AS rule, 'fail' AS verdict, account_id AS subject, 1 AS number,
    'The last access review of ' || shown(account_name) || ' on ' || shown(platform_name) || ' was signed off on ' || shown(day(last_reviewed_on)) || ', more than ' || '92' || ' days ago' AS message
FROM judged_accounts WHERE "review-on-time" = 'fail'
UNION ALL
SELECT 'enough-admins' AS rule, 'fail' AS verdict, account_id AS subject, 1 AS number,
    shown(account_name) || ' on ' || shown(platform_name) || ' has fewer than ' || '2' || ' people at level admin: one absence locks the house out' AS message
FROM judged_accounts WHERE "enough-admins" = 'fail'
UNION ALL
SELECT 'few-admins' AS rule, 'fail' AS verdict, account_id AS subject, 1 AS number,
    shown(account_name) || ' on ' || shown(platform_name) || ' has more than ' || '5' || ' people at level admin' AS message
FROM judged_accounts WHERE "few-admins" = 'fail'
UNION ALL
SELECT 'account-sources-agree' AS rule, 'fail' AS verdict, account_id AS subject, 1 AS number,
    'Two sources contradict each other about ' || shown(account_name) || ' on ' || shown(platform_name) || ': ' || shown(conflicts) AS message
FROM judged_accounts WHERE "account-sources-agree" = 'fail'
UNION ALL
SELECT 'meta-portfolio-mfa' AS rule, 'fail' AS verdict, account_id AS subject, 1 AS number,
    'The portfolio ' || shown(account_name) || ' does not require MFA of everybody (it requires it of: ' || shown(mfa_required) || ')' AS message
FROM judged_accounts WHERE "meta-portfolio-mfa" = 'fail'
UNION ALL
SELECT 'meta-portfolio-verified' AS rule, 'fail' AS verdict, account_id AS subject, 1 AS number,
    'The portfolio ' || shown(account_name) || ' is not verified by Meta' AS message
FROM judged_accounts WHERE "meta-portfolio-verified" = 'fail'
UNION ALL
SELECT 'meta-two-admins' AS rule, 'fail' AS verdict, account_id AS subject, 1 AS number,
    'The portfolio ' || shown(account_name) || ' has fewer than ' || '2' || ' people with full control' AS message
FROM judged_accounts WHERE "meta-two-admins" = 'fail'
UNION ALL
SELECT 'meta-few-full-control' AS rule, 'fail' AS verdict, account_id AS subject, 1 AS number,
    'More than ' || '10' || ' people have full control of the portfolio ' || shown(account_name) AS message
FROM judged_accounts WHERE "meta-few-full-control" = 'fail'
UNION ALL
SELECT 'vendor-contract-in-force' AS rule, 'fail' AS verdict, vendor_id AS subject, 1 AS number,
    'The contract with ' || shown(vendor_name) || ' ended on ' || shown(day(vendor_contract_ends_on)) || '; its access has not' AS message
FROM judged_vendors WHERE "vendor-contract-in-force" = 'fail'
UNION ALL
SELECT 'vendor-baa-on-record' AS rule, 'fail' AS verdict, vendor_id AS subject, 1 AS number,
    'Patients'' data can reach ' || shown(vendor_name) || ', and no signed BAA is on record' AS message
FROM judged_vendors WHERE "vendor-baa-on-record" = 'fail'
UNION ALL
SELECT 'vendor-baa-in-force' AS rule, 'fail' AS verdict, vendor_id AS subject, 1 AS number,
    'Patients'' data can reach ' || shown(vendor_name) || ', whose BAA has run out' AS message
FROM judged_vendors WHERE "vendor-baa-in-force" = 'fail'
UNION ALL
SELECT 'vendor-owner-present' AS rule, 'fail' AS verdict, vendor_id AS subject, 1 AS number,
    shown(owner_email) || ', who answers for ' || shown(vendor_name) || ', has left' AS message
FROM judged_vendors WHERE "vendor-owner-present" = 'fail'
UNION ALL
SELECT 'app-in-inventory' AS rule, 'fail' AS verdict, app_key AS subject, 1 AS number,
    'The app ' || shown(app_name) || ' on ' || shown(account_name) || ' on ' || shown(platform_name) || ' belongs to no vendor in the vendors table' AS message
FROM judged_apps WHERE "app-in-inventory" = 'fail'
UNION ALL
SELECT 'app-messages-covered' AS rule, 'fail' AS verdict, app_key AS subject, 1 AS number,
    'The app ' || shown(app_name) || ' can read direct messages of ' || shown(account_name) || ' on ' || shown(platform_name) || ', and no BAA in force covers it' AS message
FROM judged_apps WHERE "app-messages-covered" = 'fail'
UNION ALL
SELECT 'app-level' AS rule, 'fail' AS verdict, app_key AS subject, 1 AS number,
    'The app ' || shown(app_name) || ' holds ' || shown(level) || ' rights on ' || shown(account_name) || ' on ' || shown(platform_name) AS message
FROM judged_apps WHERE "app-level" = 'fail'
UNION ALL
SELECT 'app-authorisation-fresh' AS rule, 'fail' AS verdict, app_key AS subject, 1 AS number,
    'The app ' || shown(app_name) || ' was let into ' || shown(account_name) || ' on ' || shown(platform_name) || ' on ' || shown(day_at(approved_at)) || ' and never looked at again' AS message
FROM judged_apps WHERE "app-authorisation-fresh" = 'fail'
UNION ALL
SELECT 'app-authorised-once' AS rule, 'fail' AS verdict, app_key AS subject, 1 AS number,
    'The app ' || shown(app_name) || ' is authorised more than once on ' || shown(account_name) || ' on ' || shown(platform_name) || '; each is a key of its own' AS message
FROM judged_apps WHERE "app-authorised-once" = 'fail'
UNION ALL
SELECT 'scopes-mapped' AS rule, 'fail' AS verdict, app_key AS subject, 1 AS number,
    'The app ' || shown(app_name) || ' holds a scope on ' || shown(account_name) || ' on ' || shown(platform_name) || ' that maps to no known level' AS message
FROM judged_apps WHERE "scopes-mapped" = 'fail'
UNION ALL
SELECT 'recent-recovery-change' AS rule, 'fail' AS verdict, change_key AS subject, 1 AS number,
    'The recovery ' || shown(change_kind) || ' of ' || shown(account_name) || ' on ' || shown(platform_name) || ' was changed on ' || shown(day_at("at")) || ': was it us?' AS message
FROM judged_changes WHERE "recent-recovery-change" = 'fail'
UNION ALL
SELECT 'recent-handle-change' AS rule, 'fail' AS verdict, change_key AS subject, 1 AS number,
    'The handle of ' || shown(account_name) || ' on ' || shown(platform_name) || ' was changed from ' || shown(before) || ' to ' || shown(after) || ' on ' || shown(day_at("at")) || ': was it us?' AS message
FROM judged_changes WHERE "recent-handle-change" = 'fail'
UNION ALL
SELECT 'stale-devices' AS rule, 'fail' AS verdict, login_key AS subject, 1 AS number,
    shown(client) || ' is still registered with ' || shown(account_name) || ' on ' || shown(platform_name) || ' and was last seen on ' || shown(day_at("at")) AS message
FROM judged_logins WHERE "stale-devices" = 'fail'
UNION ALL
SELECT 'no-outside-sign-in' AS rule, 'fail' AS verdict, login_key AS subject, 1 AS number,
    shown(account_name) || ' on ' || shown(platform_name) || ' can be entered through an outside sign-in (' || shown(client) || ')' AS message
FROM judged_logins WHERE "no-outside-sign-in" = 'fail'
UNION ALL
SELECT 'token-expires' AS rule, 'fail' AS verdict, token_id AS subject, 1 AS number,
    'The ' || shown(token_kind) || ' token of the connection ' || shown(source) || ' never expires' AS message
FROM judged_tokens WHERE "token-expires" = 'fail'
UNION ALL
SELECT 'token-scopes' AS rule, 'fail' AS verdict, token_id AS subject, 1 AS number,
    'The ' || shown(token_kind) || ' token of the connection ' || shown(source) || ' may do more than its use needs: ' || shown(array_to_string(excess_scopes, ', ')) AS message
FROM judged_tokens WHERE "token-scopes" = 'fail'
UNION ALL
SELECT 'token-renewed' AS rule, 'fail' AS verdict, token_id AS subject, 1 AS number,
    'The ' || shown(token_kind) || ' token of the connection ' || shown(source) || ' runs out on ' || shown(day_at(expires_at)) AS message
FROM judged_tokens WHERE "token-renewed" = 'fail'
UNION ALL
SELECT 'former-staff-access', "former-staff-access", NULL, count(*), NULL FROM judged_grants WHERE "former-staff-access" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'future-hire-access', "future-hire-access", NULL, count(*), NULL FROM judged_grants WHERE "future-hire-access" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'leave-access', "leave-access", NULL, count(*), NULL FROM judged_grants WHERE "leave-access" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'unique-identification', "unique-identification", NULL, count(*), NULL FROM judged_grants WHERE "unique-identification" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'access-within-matrix', "access-within-matrix", NULL, count(*), NULL FROM judged_grants WHERE "access-within-matrix" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'messages-within-matrix', "messages-within-matrix", NULL, count(*), NULL FROM judged_grants WHERE "messages-within-matrix" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'granting-within-matrix', "granting-within-matrix", NULL, count(*), NULL FROM judged_grants WHERE "granting-within-matrix" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'dormant-access', "dormant-access", NULL, count(*), NULL FROM judged_grants WHERE "dormant-access" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'agency-level', "agency-level", NULL, count(*), NULL FROM judged_grants WHERE "agency-level" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'agency-access-ends', "agency-access-ends", NULL, count(*), NULL FROM judged_grants WHERE "agency-access-ends" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'suspended-holders', "suspended-holders", NULL, count(*), NULL FROM judged_grants WHERE "suspended-holders" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'expired-access-removed', "expired-access-removed", NULL, count(*), NULL FROM judged_grants WHERE "expired-access-removed" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'contractor-access-ends', "contractor-access-ends", NULL, count(*), NULL FROM judged_grants WHERE "contractor-access-ends" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'roles-mapped', "roles-mapped", NULL, count(*), NULL FROM judged_grants WHERE "roles-mapped" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'meta-system-user-admin', "meta-system-user-admin", NULL, count(*), NULL FROM judged_grants WHERE "meta-system-user-admin" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'meta-partner-full-control', "meta-partner-full-control", NULL, count(*), NULL FROM judged_grants WHERE "meta-partner-full-control" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'meta-inside-portfolio', "meta-inside-portfolio", NULL, count(*), NULL FROM judged_grants WHERE "meta-inside-portfolio" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'roster-status-understood', "roster-status-understood", NULL, count(*), NULL FROM judged_people WHERE "roster-status-understood" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'manager-present', "manager-present", NULL, count(*), NULL FROM judged_people WHERE "manager-present" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'training-current', "training-current", NULL, count(*), NULL FROM judged_people WHERE "training-current" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'mfa-every-holder', "mfa-every-holder", NULL, count(*), NULL FROM judged_principals WHERE "mfa-every-holder" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'mfa-not-sms-only', "mfa-not-sms-only", NULL, count(*), NULL FROM judged_principals WHERE "mfa-not-sms-only" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'vendor-listed', "vendor-listed", NULL, count(*), NULL FROM judged_principals WHERE "vendor-listed" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'no-shared-logins', "no-shared-logins", NULL, count(*), NULL FROM judged_principals WHERE "no-shared-logins" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'no-personal-email', "no-personal-email", NULL, count(*), NULL FROM judged_principals WHERE "no-personal-email" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'organization-email', "organization-email", NULL, count(*), NULL FROM judged_principals WHERE "organization-email" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'invites-answered', "invites-answered", NULL, count(*), NULL FROM judged_principals WHERE "invites-answered" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'known-holders', "known-holders", NULL, count(*), NULL FROM judged_principals WHERE "known-holders" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'holder-sources-agree', "holder-sources-agree", NULL, count(*), NULL FROM judged_principals WHERE "holder-sources-agree" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'meta-person-mfa', "meta-person-mfa", NULL, count(*), NULL FROM judged_principals WHERE "meta-person-mfa" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'meta-inactive', "meta-inactive", NULL, count(*), NULL FROM judged_principals WHERE "meta-inactive" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'meta-public-email', "meta-public-email", NULL, count(*), NULL FROM judged_principals WHERE "meta-public-email" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'meta-pending-requests', "meta-pending-requests", NULL, count(*), NULL FROM judged_principals WHERE "meta-pending-requests" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'mfa-enforced', "mfa-enforced", NULL, count(*), NULL FROM judged_accounts WHERE "mfa-enforced" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'recovery-not-a-leavers', "recovery-not-a-leavers", NULL, count(*), NULL FROM judged_accounts WHERE "recovery-not-a-leavers" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'recovery-in-organization', "recovery-in-organization", NULL, count(*), NULL FROM judged_accounts WHERE "recovery-in-organization" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'responsible-person-named', "responsible-person-named", NULL, count(*), NULL FROM judged_accounts WHERE "responsible-person-named" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'responsible-person-present', "responsible-person-present", NULL, count(*), NULL FROM judged_accounts WHERE "responsible-person-present" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'review-on-time', "review-on-time", NULL, count(*), NULL FROM judged_accounts WHERE "review-on-time" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'enough-admins', "enough-admins", NULL, count(*), NULL FROM judged_accounts WHERE "enough-admins" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'few-admins', "few-admins", NULL, count(*), NULL FROM judged_accounts WHERE "few-admins" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'account-sources-agree', "account-sources-agree", NULL, count(*), NULL FROM judged_accounts WHERE "account-sources-agree" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'meta-portfolio-mfa', "meta-portfolio-mfa", NULL, count(*), NULL FROM judged_accounts WHERE "meta-portfolio-mfa" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'meta-portfolio-verified', "meta-portfolio-verified", NULL, count(*), NULL FROM judged_accounts WHERE "meta-portfolio-verified" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'meta-two-admins', "meta-two-admins", NULL, count(*), NULL FROM judged_accounts WHERE "meta-two-admins" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'meta-few-full-control', "meta-few-full-control", NULL, count(*), NULL FROM judged_accounts WHERE "meta-few-full-control" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'vendor-contract-in-force', "vendor-contract-in-force", NULL, count(*), NULL FROM judged_vendors WHERE "vendor-contract-in-force" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'vendor-baa-on-record', "vendor-baa-on-record", NULL, count(*), NULL FROM judged_vendors WHERE "vendor-baa-on-record" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'vendor-baa-in-force', "vendor-baa-in-force", NULL, count(*), NULL FROM judged_vendors WHERE "vendor-baa-in-force" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'vendor-owner-present', "vendor-owner-present", NULL, count(*), NULL FROM judged_vendors WHERE "vendor-owner-present" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'app-in-inventory', "app-in-inventory", NULL, count(*), NULL FROM judged_apps WHERE "app-in-inventory" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'app-messages-covered', "app-messages-covered", NULL, count(*), NULL FROM judged_apps WHERE "app-messages-covered" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'app-level', "app-level", NULL, count(*), NULL FROM judged_apps WHERE "app-level" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'app-authorisation-fresh', "app-authorisation-fresh", NULL, count(*), NULL FROM judged_apps WHERE "app-authorisation-fresh" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'app-authorised-once', "app-authorised-once", NULL, count(*), NULL FROM judged_apps WHERE "app-authorised-once" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'scopes-mapped', "scopes-mapped", NULL, count(*), NULL FROM judged_apps WHERE "scopes-mapped" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'recent-recovery-change', "recent-recovery-change", NULL, count(*), NULL FROM judged_changes WHERE "recent-recovery-change" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'recent-handle-change', "recent-handle-change", NULL, count(*), NULL FROM judged_changes WHERE "recent-handle-change" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'stale-devices', "stale-devices", NULL, count(*), NULL FROM judged_logins WHERE "stale-devices" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'no-outside-sign-in', "no-outside-sign-in", NULL, count(*), NULL FROM judged_logins WHERE "no-outside-sign-in" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'token-expires', "token-expires", NULL, count(*), NULL FROM judged_tokens WHERE "token-expires" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'token-scopes', "token-scopes", NULL, count(*), NULL FROM judged_tokens WHERE "token-scopes" <> 'fail' GROUP BY ALL
UNION ALL
SELECT 'token-renewed', "token-renewed", NULL, count(*), NULL FROM judged_tokens WHERE "token-renewed" <> 'fail' GROUP BY ALL
