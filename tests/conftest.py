"""For every test: no screen is needed, and nothing of the person who runs them is touched."""

from __future__ import annotations

import os

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from hypothesis import settings

# A busy machine makes single examples slow; speed is measured by `yingtai bench`, never by a test.
settings.register_profile("suite", deadline=None)
settings.load_profile("suite")
