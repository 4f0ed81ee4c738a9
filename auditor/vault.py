"""Secret references to values, and the scrubbing of values from all text we emit."""
