"""Sources of candidates: where accounts that may pose as ours are looked for. One file a platform."""
