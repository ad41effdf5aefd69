"""`python -m vawg_geo` is `vawg-geo`."""

import sys

from vawg_geo.commands.main import main

sys.exit(main())
