"""Names as an attacker would choose them; every output must show them harmless."""

from __future__ import annotations

SCRIPT = "<script>alert('holder')</script>"
FORMULA = '=HYPERLINK("https://phish.example/login","Open invoice")'
REVERSED = "Riverside \u202egnp.nimda\u202c Support"
"""Right-to-left override: shown raw, its end reads backwards."""
EMOJI = "Giveaway \U0001f389\U0001f469\u200d\U0001f4bb Bot"
HOMOGLYPH = "P\u03bfstPilot"
"""With a Greek omicron: not the PostPilot of the vendors table."""
NEWLINES = "Night\r\nBcc: everyone@riverside.example\r\nShift"
LONG = "Very " + "long " * 400 + "name"
