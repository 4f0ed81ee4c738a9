"""The vocabulary: plain frozen values, standard library only."""
