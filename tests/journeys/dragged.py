"""Another program, as a file manager is one: a small window that paths can be dragged from.

python -m tests.journeys.dragged X Y PATH…    its corner on the screen
"""

from __future__ import annotations

import sys

from PySide6.QtCore import QMimeData, Qt, QUrl
from PySide6.QtGui import QDrag, QMouseEvent
from PySide6.QtWidgets import QApplication, QLabel

SIZE = 60


class Dragged(QLabel):
    def __init__(self, paths: list[str]) -> None:
        super().__init__("drag me")
        self._paths = paths
        self.setWindowFlags(Qt.WindowType.BypassWindowManagerHint | Qt.WindowType.WindowStaysOnTopHint)
        self.resize(SIZE, SIZE)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        mime = QMimeData()
        mime.setUrls([QUrl.fromLocalFile(path) for path in self._paths])
        drag = QDrag(self)
        drag.setMimeData(mime)
        taken = drag.exec(Qt.DropAction.CopyAction)
        self.hide()
        # It stays: who takes the drop asks for what was dropped only now.
        print("taken" if taken is Qt.DropAction.CopyAction else "refused", flush=True)


def main() -> int:
    app = QApplication(sys.argv[:1])
    window = Dragged(sys.argv[3:])
    window.move(int(sys.argv[1]), int(sys.argv[2]))
    window.show()
    print("ready", flush=True)
    return app.exec()


if __name__ == "__main__":
    sys.exit(main())
