"""Words by which a display name says what an account is to the brand it names: parody, fans, staff, complaint, news."""

from __future__ import annotations

from auditor.lookalikes.tables import listed

PARODY = listed("parody fake fan fans commentary satire satirical spoof mock unofficial imposter notthe")
FANS = listed("fan fans love loves fanpage fanclub fandom lovers stan stans enthusiasts collectors community")
STAFF = listed(
    "ex nurse nurses staff employee employees worker workers union unions local alumni alum student students retired "
    "retirees former intern interns residents volunteers"
)
GRIPE = listed(
    "sucks suck scam scams scammed scammers hate hates boycott victims exposed worst shame against stop lawsuit watch "
    "complaint nightmare ripoff liars lies unfair"
)
NEWS = listed("opens closes announces launches acquires buys wins says joins reports plans")
SELF_SAID = PARODY | FANS | STAFF | GRIPE | NEWS
