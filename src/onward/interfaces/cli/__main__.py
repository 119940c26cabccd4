import sys

from onward.interfaces.cli.main import main

sys.exit(main())
