"""The roster join as others would write it: declared handle first, then e-mail, keys of two people left out."""
