"""Files and pixel arithmetic: scan, read, decode, load, VOI, reslice, de-identify, write, phantoms."""

import logging
import warnings


def _drop(record: logging.LogRecord) -> bool:
    return False


# pydicom's log lines and warnings quote values, such as names. Set here once, because doing it around each call
# (`warnings.catch_warnings`) is not safe in threads.
logging.getLogger("pydicom").addFilter(_drop)
warnings.filterwarnings("ignore", module=r"pydicom\b")
