"""Accounts that look like a brand's: matching, elements, score. Pure: no file, network or store is touched."""

from auditor.lookalikes.brand import Brand
from auditor.lookalikes.candidate import Candidate
from auditor.lookalikes.scan import Scan, rank
from auditor.lookalikes.suppress import Allowed
from auditor.lookalikes.thresholds import Thresholds
from auditor.lookalikes.verdict import Tier, Verdict

__all__ = ["Allowed", "Brand", "Candidate", "Scan", "Thresholds", "Tier", "Verdict", "rank"]
