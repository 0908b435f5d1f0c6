"""Files and pixel arithmetic: scan, read, decode, load, VOI, reslice, de-identify, write, phantoms."""

import logging
import warnings

# pydicom's log lines and warnings quote values, such as names. Set here once, because doing it around each call
# (`warnings.catch_warnings`) is not safe in threads. Its level is set again when it is imported, so nothing of it
# is handed on instead.
logging.getLogger("pydicom").propagate = False
logging.getLogger("pydicom").addHandler(logging.NullHandler())
warnings.filterwarnings("ignore", module=r"pydicom\b")
