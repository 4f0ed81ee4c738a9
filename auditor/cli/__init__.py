"""The command line. Commands are named as text and loaded when called, so that help stays fast."""
