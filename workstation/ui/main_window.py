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
)
from PySide6.QtWidgets import QMainWindow, QWidget

from workstation.domain.words import Language, say
from workstation.ui.analysis_panel import AnalysisPanel
from workstation.ui.analysis_side import AnalysisSide
from workstation.ui.coverage_side import CoverageSide
from workstation.ui.finding_pictures import FindingPictures
from workstation.ui.finding_side import FindingSide
from workstation.ui.findings_panel import FindingsPanel
from workstation.ui.jobs_strip import JobsStrip
from workstation.ui.keys import Command, Scope, command_of
from workstation.ui.layout_memory import remember, restore, restore_floating, room_on, was_folded
from workstation.ui.notice_bar import NoticeBar
from workstation.ui.opening import Opener
from workstation.ui.other_windows import OtherWindows
from workstation.ui.own_ask import OwnAsk
from workstation.ui.panes import ANALYSE, FINDINGS, REPORT, Panes
from workstation.ui.photo.mask_side import MaskSide
from workstation.ui.ports import Desk
from workstation.ui.preferences import Preferences
from workstation.ui.qt_words import QtWords
from workstation.ui.reader_ask import ReaderAsk
from workstation.ui.reading.grid import ViewGrid
from workstation.ui.reading.hanging_side import HangingSide
from workstation.ui.reading.objects import ObjectSide
from workstation.ui.reading.pictures import Pictures
from workstation.ui.reading.room import ReadingRoom
from workstation.ui.reading.ruler_side import RulerSide
from workstation.ui.reading.shape_side import ShapeSide
from workstation.ui.report_panel import ReportPanel
from workstation.ui.reports import Reports
from workstation.ui.ruler_ask import RulerAsk
from workstation.ui.signing_side import SigningSide
from workstation.ui.sitting import Notice, Runners, Sitting
from workstation.ui.speech import Speech
from workstation.ui.status_line import StatusLine
from workstation.ui.study_browser import StudyBrowser
from workstation.ui.texts.text_side import TextSide
from workstation.ui.toolbar import Toolbar
from workstation.ui.viewport.picture import ToGray
from workstation.ui.viewport.slice_view import SliceView
from workstation.ui.watching import Watcher
from workstation.ui.window_dialogs import OPEN_FILES, OPEN_FOLDER, Dialogs
from workstation.ui.window_keys import WindowKeys
from workstation.ui.work_runner import WorkView
from workstation.workspace import opening
from workstation.workspace.cards import ConnectionView
from workstation.workspace.drawn_masks import can_draw
from workstation.workspace.intents import DeskStatus
from workstation.workspace.layouts import Layout
from workstation.workspace.state import Changed, Workspace

_STATUS_MS: Final = 5000
_DRAWN: Final = QSize(1600, 1000)
_LEAST: Final = QSize(960, 600)


def _takes_tab(widget: QWidget) -> bool:
    return bool(widget.focusPolicy() & Qt.FocusPolicy.TabFocus)


class MainWindow(QMainWindow):
    """`app` makes it, shows it and calls `start`; `open` takes paths as a drop does.

    to_gray  rescaled values to gray, for the viewport
    """

    def __init__(self, desk: Desk, speech: Speech, to_gray: ToGray) -> None:
        super().__init__()
        self._desk, self._speech = desk, speech
        settings = desk.settings()
        self._runners = Runners(self)
        state = Workspace(reader=settings.reader, rules=settings.hanging_rules)
        self.sitting = Sitting(desk, self._runners, speech, state, self)
        self._preferences = Preferences(self.sitting, settings, self)
        self._unsaid = Changed(0)
        self._beside = QTimer(self, singleShot=True, interval=0)
        self._beside.timeout.connect(self._show_beside)
        self._qt_words = QtWords()
        self._speak_qt()
        speech.changed.connect(self._speak_qt)  # before any widget does: names of keys are Qt's own words
        self._opener = Opener(self.sitting, self)
        self._watcher = Watcher(self.sitting, self)
        self._pictures = Pictures(self.sitting, self)
        self._dialogs = Dialogs(speech, self)
        self._reports = Reports(
            self.sitting, self._dialogs, self._preferences, lambda: self.reading_room.key_window(), self
        )
        self.toolbar = Toolbar(speech)
        self.browser = StudyBrowser(speech)
        self.grid = ViewGrid(lambda: SliceView(speech, to_gray))
        self.analysis_panel = AnalysisPanel(speech)
        self.findings_panel = FindingsPanel(speech, FindingPictures(self.sitting, self))
        self.report_panel = ReportPanel(speech)
        self.jobs_strip = JobsStrip(speech)
        self.status_line = StatusLine(speech)
        self.status_line.show_reader(settings.reader)
        self._panes = self._lay_out()
        self.notice_bar = NoticeBar(speech, self.grid, self._panes)
        self.reading_room = ReadingRoom(self.sitting, self._pictures, self.grid, self)
        self.analysis_side = AnalysisSide(self.sitting, self.analysis_panel, self.jobs_strip, settings.connection, self)
        self.text_side = TextSide(self.sitting, self._dialogs, self._reports, self)
        self.text_side.use_connection(settings.connection)
        self._hanging_side = HangingSide(self.sitting, self.reading_room, self._preferences, self)
        self._object_side = ObjectSide(self.sitting, self.findings_panel.files, lambda: self.view, self)
        self._finding_side = FindingSide(self.sitting, self.findings_panel, self._panes, self.reading_room, self)
        self.mask_side = MaskSide(
            self.sitting, self.findings_panel.masks, self._dialogs, self._preferences, lambda: self.view, self
        )
        self.own_ask = OwnAsk(speech, self.grid, self._panes)
        self.shape_side = ShapeSide(self.sitting, self.reading_room, self.own_ask, self)
        self.ruler_ask = RulerAsk(speech, self.grid, self._panes)
        self._ruler_side = RulerSide(self.sitting, self.ruler_ask, lambda: self.perform(Command.TOOL_LENGTH), self)
        self.coverage_side = CoverageSide(self.sitting, self.reading_room, self)
        self.reader_ask = ReaderAsk(speech, self.grid, self._panes)
        self.signing_side = SigningSide(
            self.sitting,
            self._dialogs,
            self._preferences,
            self.report_panel,
            self.reader_ask,
            self.coverage_side,
            self,
        )
        self._other_windows = OtherWindows(self.sitting, self)
        parts = (self.toolbar, self.browser, self.grid, self._panes.tabs, self.jobs_strip)
        self._keys = WindowKeys(self, parts, self._typed)
        self._commands = {
            **self._command_table(),
            **self._keys.commands,
            **self._finding_side.commands,
            **self.shape_side.commands,
            **self._ruler_side.commands,
            **self.mask_side.commands,
            **self.reading_room.commands,
            **self._hanging_side.commands,
        }
        self._status_timer = QTimer(self, interval=_STATUS_MS)
        self._status_timer.timeout.connect(self._ask_status)
        self._connect()
        self._say()

    @property
    def dialogs(self) -> Dialogs:
        return self._dialogs

    @property
    def view(self) -> SliceView:
        """The active one."""
        return self.grid.active

    @property
    def loaded(self) -> bool:
        """Whether every slice of the series looked at is in."""
        source = self.reading_room.active.source
        return source is not None and source.loaded

    def start(self) -> None:
        """Ask the desk for what the window needs; call it once the window is shown."""
        self.windowHandle().screenChanged.connect(self._bound)
        self._runners.waiting.start(
            lambda _report, _cancel, _part: self._desk.warm_up(),
            WorkView[None, None](finished=lambda _: None, failed=self.sitting.failed),
        )
        self._lay_out_as_before()
        restore_floating(self._preferences.settings.geometry, self._panes.float_out)
        self.analysis_side.start()
        self._ask_status()
        self._status_timer.start()
        self.view.setFocus()

    def open(self, paths: Sequence[Path]) -> None:
        """Scan these and add what they hold."""
        self._preferences.remember_opened(paths)
        self._opener.open(paths)
        self._watcher.offer(paths)

    def reopen(self) -> None:
        """What was open last, for a reader who wants that; nothing where it is no more."""
        settings = self._preferences.settings
        last = [Path(path) for path in settings.recent[0]] if settings.recent else []
        if settings.reopen and last and all(path.exists() for path in last):
            self.open(last)

    def _lay_out_as_before(self) -> None:
        """What the reader laid out by hand last time; a rule of theirs goes before it."""
        before = self._preferences.settings.layout
        layout = next((layout for layout in Layout if layout.value == before), None)
        if layout is not None:
            self.reading_room.lay_out(layout)

    def _typed(self, command: Command) -> None:
        if not self.view.takes_key(command):
            self.perform(command)

    def perform(self, command: Command) -> None:
        """Do what a key, a button or a menu entry says."""
        if not self.view.perform(command):
            self._commands.get(command, lambda: None)()

    # Layout

    def _lay_out(self) -> Panes:
        self._bound()
        self.resize(_DRAWN.boundedTo(room_on(self.screen())))
        self.setAcceptDrops(True)
        panes = Panes(
            self._speech,
            self.width(),
            above=self.toolbar,
            browser=self.browser,
            view=self.grid,
            panels=(self.analysis_panel, self.findings_panel, self.report_panel),
            below=(self.jobs_strip, self.status_line),
        )
        self.setCentralWidget(panes)
        if self._preferences.settings.geometry:
            restore(self._preferences.settings.geometry, self, panes.splitter)
            self.findings_panel.result.fold(was_folded(self._preferences.settings.geometry))
        return panes

    def _bound(self) -> None:
        """Never larger than its screen: the line at the bottom says who reads, and what leaves this PC."""
        self.setMinimumSize(_LEAST.boundedTo(room_on(self.screen())))

    def _connect(self) -> None:
        self._speech.changed.connect(self._say)
        self._preferences.hands_changed.connect(self._keys.bind)
        self._preferences.recent_changed.connect(self._show_recent)
        self._show_recent()
        self.sitting.changed.connect(self._changed)
        self.sitting.noticed.connect(self.notice_bar.show_notice)
        self._connect_toolbar()
        self._connect_browser()
        self.findings_panel.comment_ended.connect(self.grid.setFocus)
        self.findings_panel.command_asked.connect(self.perform)
        self.own_ask.left.connect(self.grid.setFocus)
        self.ruler_ask.left.connect(self.grid.setFocus)
        self._pictures.progressed.connect(self.status_line.show_loading)
        room = self.reading_room
        room.command_asked.connect(self.perform)
        room.tool_changed.connect(lambda tool: self.toolbar.show_tool(tool.value))
        room.tool_changed.connect(self.mask_side.show_tool)
        for view in self.grid.views:
            self.mask_side.take_view(view)
        self.grid.view_made.connect(self.mask_side.take_view)
        room.window_shown.connect(self.toolbar.show_window)
        room.finding_clicked.connect(lambda _id: self._panes.show_tab(FINDINGS))
        side = self.analysis_side
        side.connections_known.connect(self._connections_known)
        side.connection_chosen.connect(self._connection_chosen)
        side.analyses.result_came.connect(self._result_came)
        side.analyses.text_came.connect(self.text_side.show_resumed)
        self.report_panel.write_asked.connect(self._reports.ask_folder)
        self.report_panel.reader_changed.connect(self._preferences.take_reader)
        self.status_line.reader_asked.connect(self.signing_side.ask_reader)
        self.reader_ask.left.connect(self.grid.setFocus)
        self._reports.writing.connect(self.report_panel.show_writing)
        self._reports.written.connect(self.report_panel.show_files)

    def _connect_toolbar(self) -> None:
        self._panes.float_asked.connect(self._panes.float_right)
        self.toolbar.command_asked.connect(self.perform)
        self.toolbar.overlays_asked.connect(self._finding_side.show_overlays)
        for offers in (self.toolbar, self.browser.recent):
            offers.clear_asked.connect(self._preferences.forget_opened)
            offers.reopen_asked.connect(self._preferences.reopen_at_start)
        self.toolbar.recent_asked.connect(self.open)
        self.browser.recent.open_asked.connect(self.open)

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
        opener.found_again.connect(self._other_windows.look_again)
        opener.thumbnail_made.connect(browser.show_thumbnail)
        opener.fitting_known.connect(browser.show_fitting)

    # Commands

    def _command_table(self) -> Mapping[Command, Callable[[], object]]:
        sitting, dialogs, preferences, panes = self.sitting, self._dialogs, self._preferences, self._panes
        return {
            Command.OPEN: lambda: dialogs.ask_folder(OPEN_FOLDER, "", self.open),
            Command.OPEN_FILES: lambda: dialogs.ask_files(OPEN_FILES, "", self.open),
            Command.PALETTE: lambda: dialogs.show_palette(self.perform),
            Command.SIGN: self._sign,
            Command.SETTINGS: self._ask_settings,
            Command.LANGUAGE: preferences.switch_language,
            Command.THEME: preferences.switch_theme,
            Command.TEXTS: self.text_side.open,
            Command.FIND: self._find_series,
            Command.FOLD_LEFT: panes.fold_left,
            Command.FOLD_RIGHT: panes.fold_right,
            Command.FLOAT_RIGHT: panes.float_right,
            Command.SHOW_ANALYSES: lambda: panes.go_to_tab(ANALYSE),
            Command.SHOW_FINDINGS: lambda: panes.go_to_tab(FINDINGS),
            Command.SHOW_REPORT: lambda: panes.go_to_tab(REPORT),
            Command.FULL_SCREEN: lambda: self.showNormal() if self.isFullScreen() else self.showFullScreen(),
            Command.KEY_SHEET: lambda: dialogs.show_keys(preferences.take_hands),
            Command.NEXT_VIEW: lambda: self.grid.leave(1) and self.focusNextChild(),
            Command.PREVIOUS_VIEW: lambda: self.grid.leave(-1) and self.focusPreviousChild(),
            Command.NEXT_SERIES: lambda: sitting.apply(opening.next_stack(sitting.state, 1)),
            Command.PREVIOUS_SERIES: lambda: sitting.apply(opening.next_stack(sitting.state, -1)),
            Command.NEXT_STUDY: lambda: sitting.apply(opening.next_study(sitting.state, 1)),
            Command.PREVIOUS_STUDY: lambda: sitting.apply(opening.next_study(sitting.state, -1)),
        }

    def keyPressEvent(self, event: QKeyEvent) -> None:
        command = command_of(event, (Scope.VIEW, Scope.WINDOW, Scope.FINDINGS))
        if command is not None:
            self.perform(command)
        else:
            super().keyPressEvent(event)

    # What changed

    def _changed(self, changed: Changed) -> None:
        """Series that are found go onto the screen at once; what stands beside them comes in a turn of its own."""
        self._show_series(changed)
        self._unsaid |= changed
        if Changed.STACKS in changed and self.sitting.state.scanning:
            self._beside.start()
        else:
            self._show_beside()

    def _show_series(self, changed: Changed) -> None:
        state = self.sitting.state
        if Changed.LAYOUT in changed:
            self.toolbar.show_layout(state.hanging.layout.value)
        if changed & (Changed.STACKS | Changed.CHOSEN):
            self.browser.show_state(state)
            self.status_line.show_scanned(state)
            stack = state.chosen_stack
            coloured = stack is not None and stack.instances[0].pixels.coloured
            self.toolbar.show_presets_usable(stack is not None and stack.unit == "HU", coloured=coloured)
            self.toolbar.show_drawing(can_draw(stack))
        self.reading_room.show_changed(changed)

    def _show_beside(self) -> None:
        state, changed = self.sitting.state, self._unsaid
        self._unsaid = Changed(0)
        self._beside.stop()
        if Changed.STACKS in changed and not state.scanning:
            self._opener.ask_fitting()
        self.analysis_side.show_changed(changed)
        self.shape_side.show_changed(changed)
        self._ruler_side.show_changed(changed)
        self._object_side.show_changed(changed)
        self.mask_side.show_changed(changed)
        self.coverage_side.show_changed(changed)
        if Changed.READER in changed:
            self.status_line.show_reader(state.reader)
        if changed & ~(Changed.JOBS | Changed.STACKS | Changed.COVERAGE):
            self.findings_panel.show_state(state)
            self.report_panel.show_state(state)
        elif Changed.COVERAGE in changed:
            self.findings_panel.show_coverage(state)
        if Changed.FILTER in changed:
            self.toolbar.show_overlays(state.overlays)
        if changed & (Changed.RESULTS | Changed.JOBS):
            self._ask_status()
        self._say_tabs()

    def _sign(self) -> None:
        self.findings_panel.list.keep_comment()
        self.signing_side.ask()

    def _result_came(self, stack_id: str) -> None:
        if stack_id == self.sitting.state.chosen:
            self._panes.show_tab(FINDINGS)

    def _connections_known(self, connections: tuple[ConnectionView, ...]) -> None:
        self.sitting.local_connections = frozenset(c.name for c in connections if c.local)
        self.reading_room.show_changed(Changed.RESULTS)
        self.findings_panel.show_connections({c.name: c.title for c in connections})

    def _connection_chosen(self, connection: ConnectionView | None) -> None:
        self.status_line.show_connection(connection)
        if connection is None:
            return
        self.text_side.use_connection(connection.name)
        if connection.name != self._preferences.settings.connection:
            self._preferences.keep(replace(self._preferences.settings, connection=connection.name))

    def _ask_status(self) -> None:
        self._runners.waiting.start(
            lambda _report, _cancel, _part: self._desk.status(),
            WorkView[DeskStatus, None](finished=self.status_line.show_status, failed=self.sitting.failed),
        )

    # Settings

    def _ask_settings(self) -> None:
        preferences, connections = self._preferences, self.analysis_side.connections
        self._dialogs.ask_settings(
            preferences.settings,
            connections,
            then=preferences.take,
            forget=self._forget_scans,
            keys=lambda: self.perform(Command.KEY_SHEET),
        )

    def _show_recent(self) -> None:
        settings = self._preferences.settings
        self.toolbar.show_recent(settings.recent, settings.reopen)
        self.browser.recent.show_recent(settings.recent, settings.reopen)

    def _find_series(self) -> None:
        self._panes.open_left()
        self.browser.search.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.browser.search.selectAll()

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

    def _speak_qt(self) -> None:
        self._qt_words.speak(self._speech.language)

    def _say(self) -> None:
        title = self._speech.tr(say("Yingtai 影台"))
        QGuiApplication.setApplicationDisplayName(title)  # stands in the titles of dialogs; the window's own is no more
        self.setWindowTitle(title)
        self.reading_room.show_language()
        self._say_tabs()

    def _say_tabs(self) -> None:
        result = self.sitting.state.shown_result
        found = f" {len(result.findings)}" if result is not None else ""
        for place, words in ((ANALYSE, say("Analyse")), (FINDINGS, say("Findings")), (REPORT, say("Report"))):
            self._panes.say_tab(place, words, found if place == FINDINGS else "")
        self.toolbar.show_window(self.view.window_shown)

    # Events

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Tab goes to the jobs and the line at the bottom last: cards come after those otherwise, being made later."""
        parts = (self.jobs_strip, self.status_line)
        bottom = [one for part in parts for one in part.findChildren(QWidget) if _takes_tab(one)]
        last = self.previousInFocusChain()
        while last is not None and (last in bottom or not _takes_tab(last)):
            last = last.previousInFocusChain()
        for widget in bottom:
            if last is not None:
                self.setTabOrder(last, widget)
            last = widget
        return super().focusNextPrevChild(forward)

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
        self._beside.stop()
        self.findings_panel.list.keep_comment()
        self.coverage_side.close()
        self.reading_room.close()
        hanging, panes = self.sitting.state.hanging, self._panes
        floated = panes.floating.saveGeometry() if panes.floating is not None else None
        panes.dock()
        self._preferences.keep(
            replace(
                self._preferences.settings,
                geometry=remember(self, panes.splitter, floated, folded=self.findings_panel.result.folded),
                layout=hanging.layout.value if hanging.by_hand else "",
            )
        )
        self._runners.stop()
        self._desk.close()
        self._qt_words.speak(Language.ENGLISH)  # the application outlives its window in tests and screenshots
        super().closeEvent(event)
