"""`python -m vawg_geo` is `vawg-geo`."""

import sys

from vawg_geo.cli import main

sys.exit(main())
