"""``derive check`` for editors, over the language server protocol."""
