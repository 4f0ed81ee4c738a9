"""Made-up cases of accounts that may pose as ours, hostile names among them."""

from __future__ import annotations

from datetime import date, timedelta

from auditor.model.impersonation import CaseState
from reports.impersonators import (
    CaseElementShown,
    CaseStepShown,
    Impersonation,
    ImpersonatorCase,
    Shown,
    SourceShown,
)
from tests.reports.support_estate import NOW

HOSTILE = "Riverside <script>alert(1)</script> He\u0430lth\u202e=cmd()"
LIKELY = ImpersonatorCase(
    case_id="8d991a02e68e", state=CaseState.NEW, tier="likely", likely=True, score=0.95, platform="x",
    native_id="11", status="active", brand="RiversideHealth", brand_account_id="x:1",
    account=Shown(handle="RiversideHea1th", name=HOSTILE, url="javascript:alert(1)", followers=3,
                  code_points=("U+0430", "U+202E")),
    ours=Shown(handle="RiversideHealth", name="Riverside Health", bio="Care close to home.", followers=81_200),
    elements=(CaseElementShown(element="NAME", strength=0.95, sentence="The display name is the brand's name in disguise.",
                               code_points=("U+0430",)),),
    first_seen=NOW, last_seen=NOW,
    timeline=(CaseStepShown(at=NOW, step="found", message="Found by list: it is the name."),),
)  # fmt: skip
FAN = ImpersonatorCase(
    case_id="0aa91a02e68e", state=CaseState.DISMISSED, tier="review", likely=False, score=0.5, platform="facebook",
    native_id="12", status="active", brand="Riverside Health", brand_account_id="facebook:7",
    account=Shown(handle="", name="Riverside Health Fans"), suppressed_by=("By its name it is of the brand's fans.",),
    first_seen=NOW - timedelta(days=3), last_seen=NOW, reason="fans", expires=date(2027, 1, 31),
    also_like=("RiversideKids",),
    timeline=(CaseStepShown(at=NOW, step="dismissed", message="Dismissed.", by="lee"),),
)  # fmt: skip
IMPERSONATION = Impersonation(
    cases=(LIKELY, FAN), scanned_at=NOW, compared=1_234, protected=7,
    sources=(
        SourceShown(source="list", state="complete", asked="every row of list.csv", candidates=1_234,
                    blind_to=("whether an account is gone",)),
        SourceShown(source="x-search", state="failed", requests=17, asked="1,500 handles", cost=0.34,
                    reason="The token was refused.", remedy="Renew it.", blind_to=("other handles",)),
    ),
)  # fmt: skip
