"""The 3-D view: what is painted, what hands do, how pictures are asked for. They are drawn by `imaging.rendering`."""
