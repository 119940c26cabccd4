"""The command line: the same actions and queries as every other door.

A command lives in a module here with `register(subparsers)`. It sets `run=handler` on each leaf parser; a handler takes
the parsed arguments and returns an `Answer` (or a plain JSON-able document). It raises Refusal for what it will not do.
Django is set up and the running installation found before the module is loaded; a leaf that needs no installation says
`parser.set_defaults(run=handler, offline=True)`. The table of commands is `commands.py`. `--json` and `--data` are on
every parser without a line of code.
"""
