"""Files and pixel arithmetic: scan, read, decode, load, VOI, reslice, de-identify, write, phantoms."""
