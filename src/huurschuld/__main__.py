"""`python -m huurschuld` is the command line."""

import sys

from huurschuld.cli import main

sys.exit(main())
