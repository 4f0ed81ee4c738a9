"""The report where one page would be too much: an index that opens at once, and a folder of pages.

`report` writes it, in the order that lets every link be known when it is written: evidence, people,
identities, gaps and apps first, then accounts, rules and lists, the index last.
"""
