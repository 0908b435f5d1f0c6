"""The window: browser, picture, tabs, jobs and status. Intents go to the sitting, what changed goes to the widgets.

It decides nothing: what an intent means is in `workspace`, what it does is behind `Desk`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

from PySide6.QtCore import QSize, Qt, QTimer
from PySide6.QtGui import (
    QCloseEvent,
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QShortcut,
)
from PySide6.QtWidgets import QApplication, QMainWindow, QSplitter, QTabWidget, QVBoxLayout, QWidget

from workstation.domain.words import Language, say
from workstation.ui.analysis_panel import AnalysisPanel
from workstation.ui.analysis_side import AnalysisSide
from workstation.ui.findings_panel import FindingsPanel
from workstation.ui.jobs_strip import JobsStrip
from workstation.ui.keys import KEYS, Command, Scope, command_of
from workstation.ui.layout_memory import remember, restore
from workstation.ui.notice_bar import NoticeBar
from workstation.ui.opening import Opener
from workstation.ui.pictures import Pictures
from workstation.ui.ports import Desk
from workstation.ui.qt_words import QtWords
from workstation.ui.reading_view import ReadingView
from workstation.ui.report_panel import ReportPanel
from workstation.ui.reports import Reports
from workstation.ui.sitting import Notice, Runners, Sitting
from workstation.ui.speech import Speech
from workstation.ui.status_line import StatusLine
from workstation.ui.study_browser import StudyBrowser
from workstation.ui.theme import DARK, LEFT_WIDTH, RIGHT_WIDTH, THEMES, apply_theme
from workstation.ui.toolbar import Toolbar
from workstation.ui.viewport.picture import ToGray
from workstation.ui.viewport.slice_view import SliceView
from workstation.ui.watching import Watcher
from workstation.ui.window_dialogs import OPEN_FILES, OPEN_FOLDER, REPORT_FOLDER, Dialogs
from workstation.ui.work_runner import WorkView
from workstation.workspace import findings, opening
from workstation.workspace.cards import ConnectionView
from workstation.workspace.decisions import set_reader
from workstation.workspace.intents import DeskStatus, ReportRequest, WindowSettings
from workstation.workspace.state import Changed, Reader, Workspace

ANALYSE, FINDINGS, REPORT = range(3)
_STATUS_MS: Final = 5000
_DRAWN: Final = QSize(1600, 1000)
# These move in lists, boxes and sliders too: they reach the window only when the widget in focus leaves them alone.
_LEFT_TO_WIDGETS: Final = frozenset({"Up", "Down", "Shift+Up", "Shift+Down", "Home", "End", "Del", "Tab", "Shift+Tab"})


def _first_size(available: QSize) -> QSize:
    """As drawn, but no larger than the screen, with its own frame."""
    return QSize(min(_DRAWN.width(), available.width() - 4), min(_DRAWN.height(), available.height() - 40))


class MainWindow(QMainWindow):
    """`app` makes it, shows it and calls `start`; `open` takes paths as a drop does.

    to_gray  rescaled values to gray, for the viewport
    """

    def __init__(self, desk: Desk, speech: Speech, to_gray: ToGray) -> None:
        super().__init__()
        self._desk, self._speech = desk, speech
        self._settings = desk.settings()
        self._theme = THEMES.get(self._settings.theme, DARK)
        self._dress()
        speech.set_language(self._settings.language)
        self._runners = Runners(self)
        state = Workspace(reader=self._settings.reader)
        self.sitting = Sitting(desk, self._runners, speech, state, self)
        self._opener = Opener(self.sitting, self)
        self._watcher = Watcher(self.sitting, self)
        self._pictures = Pictures(self.sitting, self)
        self._reports = Reports(self.sitting, self)
        self._dialogs = Dialogs(speech, self)
        self._qt_words = QtWords()
        self.toolbar = Toolbar(speech)
        self.browser = StudyBrowser(speech)
        self.view = SliceView(speech, to_gray)
        self.analysis_panel = AnalysisPanel(speech)
        self.findings_panel = FindingsPanel(speech)
        self.report_panel = ReportPanel(speech)
        self.jobs_strip = JobsStrip(speech)
        self.status_line = StatusLine(speech)
        self._lay_out()
        self.notice_bar = NoticeBar(speech, self.view, self._middle)
        self.reading_view = ReadingView(self.sitting, self._pictures, self.view, self)
        self.analysis_side = AnalysisSide(
            self.sitting, self.analysis_panel, self.jobs_strip, self._settings.connection, self
        )
        self._commands = self._command_table()
        self._status_timer = QTimer(self, interval=_STATUS_MS)
        self._status_timer.timeout.connect(self._ask_status)
        self._connect()
        self._bind_keys()
        self._say()

    @property
    def dialogs(self) -> Dialogs:
        return self._dialogs

    @property
    def loaded(self) -> bool:
        """Whether every slice of the series looked at is in."""
        source = self._pictures.source
        return source is not None and source.loaded

    def start(self) -> None:
        """Ask the desk for what the window needs; call it once the window is shown."""
        self._runners.waiting.start(
            lambda _report, _cancel, _part: self._desk.warm_up(),
            WorkView[None, None](finished=lambda _: None, failed=self.sitting.failed),
        )
        self.analysis_side.start()
        self._ask_status()
        self._status_timer.start()
        self.view.setFocus()

    def open(self, paths: Sequence[Path]) -> None:
        """Scan these and add what they hold."""
        self._opener.open(paths)
        self._watcher.offer(paths)

    def perform(self, command: Command) -> None:
        """Do what a key, a button or a menu entry says."""
        if not self.view.perform(command):
            self._commands.get(command, lambda: None)()

    # Layout

    def _dress(self) -> None:
        app = QApplication.instance()
        if isinstance(app, QApplication):
            apply_theme(app, self._theme)

    def _lay_out(self) -> None:
        self.setMinimumSize(960, 600)
        self.resize(_first_size(self.screen().availableSize()))
        self.setAcceptDrops(True)
        self._tabs = QTabWidget()
        self._tabs.setDocumentMode(True)
        self._tabs.setProperty("surface", "panel")
        self._tabs.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        for panel in (self.analysis_panel, self.findings_panel, self.report_panel):
            panel.setProperty("surface", "panel")
            panel.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
            self._tabs.addTab(panel, "")
        self._tabs.setMinimumWidth(300)
        self.browser.setMinimumWidth(190)
        self._splitter = QSplitter()
        self._splitter.setHandleWidth(3)
        for place, widget in enumerate((self.browser, self.view, self._tabs)):
            self._splitter.addWidget(widget)
            self._splitter.setStretchFactor(place, 1 if widget is self.view else 0)
            self._splitter.setCollapsible(place, widget is not self.view)
        self._splitter.setSizes([LEFT_WIDTH, self.width() - LEFT_WIDTH - RIGHT_WIDTH, RIGHT_WIDTH])
        self._middle = QWidget()
        column = QVBoxLayout(self._middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.toolbar)
        column.addWidget(self._splitter, 1)
        column.addWidget(self.jobs_strip)
        column.addWidget(self.status_line)
        self.setCentralWidget(self._middle)
        if self._settings.geometry:
            restore(self._settings.geometry, self, self._splitter)

    def _connect(self) -> None:
        self._speech.changed.connect(self._say)
        self.sitting.changed.connect(self._changed)
        self.sitting.noticed.connect(self.notice_bar.show_notice)
        self._connect_toolbar()
        self._connect_browser()
        self._connect_findings()
        self._pictures.progressed.connect(self.status_line.show_loading)
        self.view.command_asked.connect(self.perform)
        self.view.tool_changed.connect(lambda tool: self.toolbar.show_tool(tool.value))
        self.view.window_changed.connect(self.toolbar.show_window)
        self.reading_view.finding_clicked.connect(lambda _id: self._tabs.setCurrentIndex(FINDINGS))
        side = self.analysis_side
        side.connections_known.connect(self._connections_known)
        side.connection_chosen.connect(self._connection_chosen)
        side.analyses.result_came.connect(self._result_came)
        side.analyses.slices_known.connect(self.findings_panel.show_slices)
        self.report_panel.write_asked.connect(self._ask_report_folder)
        self.report_panel.reader_changed.connect(self._take_reader)
        self._reports.writing.connect(self.report_panel.show_writing)
        self._reports.written.connect(self.report_panel.show_files)

    def _connect_toolbar(self) -> None:
        self.toolbar.command_asked.connect(self.perform)
        self.toolbar.folder_asked.connect(lambda: self.perform(Command.OPEN))
        self.toolbar.files_asked.connect(lambda: self._dialogs.ask_files(OPEN_FILES, "", self.open))
        self.toolbar.overlays_asked.connect(
            lambda shown: self.sitting.apply(findings.show_overlays(self.sitting.state, shown))
        )
        self.toolbar.language_asked.connect(self._switch_language)
        self.toolbar.settings_asked.connect(
            lambda: self._dialogs.ask_settings(
                self._settings, self.analysis_side.connections, self._take_settings, self._forget_scans
            )
        )
        self.toolbar.left_asked.connect(lambda: self._fold(self.browser, LEFT_WIDTH))
        self.toolbar.right_asked.connect(lambda: self._fold(self._tabs, RIGHT_WIDTH))

    def _connect_browser(self) -> None:
        browser, opener = self.browser, self._opener
        browser.stack_asked.connect(
            lambda stack_id: self.sitting.apply(opening.choose_stack(self.sitting.state, stack_id))
        )
        browser.thumbnail_wanted.connect(opener.ask_thumbnail)
        browser.cancel_asked.connect(opener.cancel)
        browser.left_out_asked.connect(lambda: self._dialogs.show_left_out(self.sitting.state.left_out))
        line, watcher = browser.watch_line, self._watcher
        watcher.offered.connect(line.show_offer)
        line.watch_asked.connect(watcher.start)
        line.stop_asked.connect(watcher.stop)
        line.grown_asked.connect(lambda: self.sitting.apply(opening.take_grown(self.sitting.state)))
        opener.progressed.connect(browser.show_progress)
        opener.thumbnail_made.connect(browser.show_thumbnail)
        opener.fitting_known.connect(browser.show_fitting)

    def _connect_findings(self) -> None:
        panel, sitting = self.findings_panel, self.sitting
        panel.select_asked.connect(lambda id_: sitting.apply(findings.select_finding(sitting.state, id_)))
        panel.result_asked.connect(lambda job: sitting.apply(findings.show_result(sitting.state, job)))
        panel.threshold_asked.connect(lambda low: sitting.apply(findings.set_threshold(sitting.state, low)))
        panel.accept_asked.connect(sitting.accept)
        panel.reject_asked.connect(sitting.reject)
        panel.reopen_asked.connect(sitting.reopen)
        panel.comment_asked.connect(sitting.comment)
        panel.comment_ended.connect(self.view.setFocus)
        panel.undo_asked.connect(sitting.undo)
        panel.redo_asked.connect(sitting.redo)
        panel.analyse_tab_asked.connect(lambda: self._tabs.setCurrentIndex(ANALYSE))

    def _fold(self, panel: QWidget, width: int) -> None:
        """Fold a side panel away or bring it back; the picture takes or gives the room."""
        sizes, place = self._splitter.sizes(), self._splitter.indexOf(panel)
        wanted = 0 if sizes[place] else width
        sizes[self._splitter.indexOf(self.view)] += sizes[place] - wanted
        sizes[place] = wanted
        self._splitter.setSizes(sizes)

    # Commands

    def _command_table(self) -> Mapping[Command, Callable[[], object]]:
        sitting, dialogs = self.sitting, self._dialogs
        return {
            Command.OPEN: lambda: dialogs.ask_folder(OPEN_FOLDER, "", self.open),
            Command.FULL_SCREEN: lambda: self.showNormal() if self.isFullScreen() else self.showFullScreen(),
            Command.KEY_SHEET: dialogs.show_keys,
            Command.UNDO: sitting.undo,
            Command.REDO: sitting.redo,
            Command.NEXT_VIEW: self.focusNextChild,
            Command.PREVIOUS_VIEW: self.focusPreviousChild,
            Command.NEXT_SERIES: lambda: sitting.apply(opening.next_stack(sitting.state, 1)),
            Command.PREVIOUS_SERIES: lambda: sitting.apply(opening.next_stack(sitting.state, -1)),
            Command.NEXT_STUDY: lambda: sitting.apply(opening.next_study(sitting.state, 1)),
            Command.PREVIOUS_STUDY: lambda: sitting.apply(opening.next_study(sitting.state, -1)),
            Command.OVERLAYS: lambda: sitting.apply(findings.show_overlays(sitting.state, not sitting.state.overlays)),
            Command.STRAIGHTEN: self.reading_view.straighten,
            Command.ACCEPT: lambda: self._with_finding(sitting.accept),
            Command.REJECT: lambda: self._with_finding(sitting.reject),
            Command.COMMENT: lambda: self._with_finding(self._comment),
            Command.NEXT_FINDING: lambda: self._step_finding(1),
            Command.PREVIOUS_FINDING: lambda: self._step_finding(-1),
        }

    def _bind_keys(self) -> None:
        """Keys that no widget needs for itself work wherever the focus is; text boxes still get what is typed."""
        for key in KEYS:
            if key.key not in _LEFT_TO_WIDGETS:
                shortcut = QShortcut(QKeySequence(key.key), self)
                shortcut.activated.connect(lambda command=key.command: self.perform(command))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        command = command_of(event, (Scope.VIEW, Scope.WINDOW, Scope.FINDINGS))
        if command is not None:
            self.perform(command)
        else:
            super().keyPressEvent(event)

    def _with_finding(self, act: Callable[[str], None]) -> None:
        """Decisions need a selected finding; without one the words say how to get there."""
        if self.sitting.state.selected:
            act(self.sitting.state.selected)
        elif self.sitting.state.visible_findings:
            self.notice_bar.show_notice(
                Notice(say("No finding is selected."), say("N goes to the next one; or click one."), bad=False)
            )

    def _comment(self, finding_id: str) -> None:
        if not self._splitter.sizes()[self._splitter.indexOf(self._tabs)]:
            self._fold(self._tabs, RIGHT_WIDTH)
        self._tabs.setCurrentIndex(FINDINGS)
        self.findings_panel.begin_comment(finding_id)

    def _step_finding(self, step: int) -> None:
        self.sitting.apply(findings.next_finding(self.sitting.state, step))
        if self.sitting.state.selected:
            self._tabs.setCurrentIndex(FINDINGS)

    # What changed

    def _changed(self, changed: Changed) -> None:
        state = self.sitting.state
        if changed & (Changed.STACKS | Changed.CHOSEN):
            self.browser.show_state(state)
            self.status_line.show_scanned(state)
            stack = state.chosen_stack
            self.toolbar.show_presets_usable(stack is not None and stack.unit == "HU")
        if Changed.STACKS in changed and not state.scanning:
            self._opener.ask_fitting()
        self.analysis_side.show_changed(changed)
        self.reading_view.show_changed(changed)
        if changed & ~(Changed.JOBS | Changed.STACKS):
            self.findings_panel.show_state(state)
            self.report_panel.show_state(state)
        if Changed.FILTER in changed:
            self.toolbar.show_overlays(state.overlays)
        if changed & (Changed.RESULTS | Changed.JOBS):
            self._ask_status()
        self._say_tabs()

    def _result_came(self, stack_id: str) -> None:
        if stack_id == self.sitting.state.chosen:
            self._tabs.setCurrentIndex(FINDINGS)

    def _connections_known(self, connections: tuple[ConnectionView, ...]) -> None:
        self.reading_view.show_local(frozenset(c.name for c in connections if c.local))
        self.findings_panel.show_connections({c.name: c.title for c in connections})

    def _connection_chosen(self, connection: ConnectionView | None) -> None:
        self.status_line.show_connection(connection)
        if connection is None:
            return
        if connection.name != self._settings.connection:
            self._keep(replace(self._settings, connection=connection.name))

    def _ask_status(self) -> None:
        self._runners.waiting.start(
            lambda _report, _cancel, _part: self._desk.status(),
            WorkView[DeskStatus, None](finished=self.status_line.show_status, failed=self.sitting.failed),
        )

    # Report and settings

    def _ask_report_folder(self, language: Language) -> None:
        def write(folders: tuple[Path, ...]) -> None:
            state = self.sitting.state
            stack, result = state.chosen_stack, state.shown_result
            if stack is None or result is None or not folders:
                return
            self._keep(replace(self._settings, report_folder=str(folders[0])))
            self._reports.write(
                ReportRequest(
                    stack=stack,
                    result=result,
                    decisions={f.id: state.decision(f.id) for f in result.findings},
                    reader=state.reader,
                    language=language,
                    window=self.reading_view.key_window(),
                    folder=folders[0],
                )
            )

        self._dialogs.ask_folder(REPORT_FOLDER, self._settings.report_folder, write)

    def _take_reader(self, reader: Reader) -> None:
        self.sitting.apply(set_reader(self.sitting.state, reader))
        self._keep(replace(self._settings, reader=reader))

    def _take_settings(self, settings: WindowSettings) -> None:
        self._keep(settings)
        self.sitting.apply(set_reader(self.sitting.state, settings.reader))
        self._speech.set_language(settings.language)
        if settings.theme != self._theme.name:
            self._theme = THEMES.get(settings.theme, DARK)
            self._dress()

    def _forget_scans(self) -> None:
        self._runners.writing.start(
            lambda _report, _cancel, _part: self._desk.forget_scans(),
            WorkView[None, None](
                finished=lambda _: self.notice_bar.show_notice(
                    Notice(say("What earlier scans had kept is deleted."), bad=False)
                ),
                failed=self.sitting.failed,
            ),
        )

    def _switch_language(self) -> None:
        other = Language.ENGLISH if self._speech.language is Language.CHINESE else Language.CHINESE
        self._keep(replace(self._settings, language=other))
        self._speech.set_language(other)

    def _keep(self, settings: WindowSettings) -> None:
        if settings == self._settings:
            return
        self._settings = settings
        self._runners.writing.start(
            lambda _report, _cancel, _part: self._desk.put_settings(settings),
            WorkView[None, None](finished=lambda _: None, failed=self.sitting.failed),
        )

    def _say(self) -> None:
        self._qt_words.speak(self._speech.language)
        title = self._speech.tr(say("Yingtai 影台"))
        QGuiApplication.setApplicationDisplayName(title)  # stands in the titles of dialogs; the window's own is no more
        self.setWindowTitle(title)
        self.reading_view.show_language()
        self._say_tabs()

    def _say_tabs(self) -> None:
        result = self.sitting.state.shown_result
        found = f" {len(result.findings)}" if result is not None else ""
        for place, words in ((ANALYSE, say("Analyse")), (FINDINGS, say("Findings")), (REPORT, say("Report"))):
            self._tabs.setTabText(place, self._speech.tr(words) + (found if place == FINDINGS else ""))
        self.toolbar.show_window(self.view.window_shown)

    # Events

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()
            self.notice_bar.show_notice(
                Notice(say("Let go to open it."), say("Nothing leaves this PC by it."), bad=False)
            )

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        self.notice_bar.hide()

    def dropEvent(self, event: QDropEvent) -> None:
        self.notice_bar.hide()
        self.open([Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()])
        event.acceptProposedAction()

    def closeEvent(self, event: QCloseEvent) -> None:
        """Keep the layout, let writing end, cancel and wait for the rest; only then is the window destroyed."""
        self._status_timer.stop()
        self._keep(replace(self._settings, geometry=remember(self, self._splitter)))
        self._runners.stop()
        self._desk.close()
        self._qt_words.speak(Language.ENGLISH)  # the application outlives its window in tests and screenshots
        super().closeEvent(event)
