"""Formulas for papers: ``derived.toml`` beside a paper says which, generated plain files hold them, and a check tells when they are out of date.

``keys`` reads ``derived.toml``; ``literals`` says what each key prints; ``package`` writes ``derived.sty`` and ``derived/*.tex``; ``paper`` finds
``\\derived{key}`` in a paper and writes the literals in; ``check``, ``formulas`` and ``numbers`` compare what a paper holds with what is derived.
"""
