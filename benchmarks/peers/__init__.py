"""Other policy languages, given the same thirty rules in their own words."""
