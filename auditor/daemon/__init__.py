"""The daemon: looks every few seconds what is due, and runs each job in a process of its own."""
