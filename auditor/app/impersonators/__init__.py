"""Finding accounts that pose as the organisation's brands."""
