"""Problems that a person wrote: words and derivations of theirs, read, checked and made into a problem like any other."""
