"""How the audit works and what it cannot know, in the report's words."""

from __future__ import annotations

from auditor.model.finding import Severity
from auditor.model.risk import RiskScale

METHOD = (
    (
        "Connectors read the platforms, exports and tables named under Sources. They only read; they hold the least "
        "permissions their platform offers, and keep no message or post bodies."
    ),
    (
        "What each source said is stored as facts with the time it was so, and the raw record behind it is kept "
        "under its SHA-256 with secrets removed. 'auditor evidence show ID' shows a record and checks its hash."
    ),
    (
        "Holders of access are matched to people of the roster exactly: by a reviewed mapping, by a handle the "
        "person declared, or by e-mail address. A similar name is never a match."
    ),
    (
        "Each rule is one expression over the joined facts. It comes out true (fail), false (pass) or undecided "
        "(unknown). A fact that is missing, refused, contradicted or too old makes the verdict unknown, never a pass."
    ),
    (
        "Each rule is also judged once for every account against what could be read there: where nothing could be "
        "read, the account itself is unknown, however empty its list of findings."
    ),
    (
        "Verified means that a platform or its own export showed it. Attested means that a named person stated it, "
        "until the day given. The weakest fact behind a conclusion decides what the conclusion is called."
    ),
)
"""Paragraphs of the section on method."""

LIMITS = (
    (
        "Whoever knows the password of an account, or holds its open sessions, can act as it without appearing in "
        "any list of holders."
    ),
    (
        "No platform shows whether another person uses a second factor on a personal login; Meta shows it for "
        "members of a business portfolio only. For the rest there is attestation."
    ),
    (
        "X shows neither delegates nor connected apps nor sessions through its API; they come from the account's own "
        "data archive and from attestation."
    ),
    "An attestation is as good as the person who gave it. The report names them.",
    "The roster decides who has left. An error there is an error here.",
    (
        "References to standards say which paragraphs the findings support evidence for. Whether a requirement is "
        "met is for a qualified person to judge."
    ),
)
"""Sentences of the section on limits."""


def risk_words(scale: RiskScale) -> str:
    """Return the paragraph on how findings are ordered, with the weights in force."""
    points = ", ".join(f"{one.word} {scale.severity[one]}" for one in sorted(Severity, reverse=True))
    return (
        f"Findings are ordered by a risk score from 0 to 100. Severity gives the points ({points}); a share of "
        f"{scale.floor:g} of them is certain, the rest is filled by four factors with the weights level {scale.level:g}, "
        f"reach {scale.reach:g}, time exposed {scale.exposure:g} and certainty {scale.certainty:g}. What is not known of "
        "level and reach counts as high as it could be. The score orders; it decides no verdict."
    )
