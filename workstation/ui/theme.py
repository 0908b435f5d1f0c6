"""Colours, type and sizes of the window: two themes with the same roles, and the style sheet made from them.

Widgets get their look by kind, or by these properties (set before they are shown):

    QPushButton, QToolButton   kind="primary" | "flat" | "accept" | "reject"
    QPushButton                kind="link" | "key" | "recent"; waiting=true
    QToolButton                kind="sign"
    QLabel                     role="title" | "heading" | "second" | "dim" | "hint" | "warning" | "bad"
                                    | "good" | "link" | "warning-second" | "bad-second" | "banner" | "dot"
    QLabel                     chip="plain" | "good" | "warning" | "bad"
    QFrame, QWidget            surface="window" | "panel" | "raised" | "card" | "card-chosen" | "toolbar" | "status"
                                       | "notice" | "strip" | "tile" | "row" | "row-chosen" | "foot" | "rule"
                                       | "said-here" | "said-there" | "views"
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtGui import QColor, QFont, QFontDatabase, QGuiApplication, QPalette
from PySide6.QtWidgets import QApplication, QWidget

from workstation.resources import resource

FAMILIES: Final = (
    "Yingtai Sans",
    "Noto Sans SC",
    "Noto Sans CJK SC",
    "Microsoft YaHei UI",
    "PingFang SC",
    "Segoe UI",
    "sans-serif",
)

GRID: Final = 4
RADIUS: Final = 6
TARGET: Final = 24
TOOLBAR_HEIGHT: Final = 40
JOBS_HEIGHT: Final = 64
STATUS_HEIGHT: Final = 26
LEFT_WIDTH: Final = 252
RIGHT_WIDTH: Final = 372
TEXT_PX: Final = 13.0
SECOND_PX: Final = 12.0
CORNER_PX: Final = 11.5

# Colour-blind safe, in order of the findings (Okabe and Ito).
FINDING_COLOURS: Final = ("#E69F00", "#56B4E9", "#CC79A7", "#009E73", "#F0E442", "#D55E00", "#0072B2")

# On images, in every theme: the picture stays on black in a bright room too.
IMAGE_BACKGROUND: Final = "#000000"
IMAGE_LINE: Final = "#2b2e33"  # between two views; no bright line beside a picture
IMAGE_TEXT: Final = "#e8e9eb"
IMAGE_LETTERS: Final = "#e5c65b"
IMAGE_WARNING: Final = "#e0a030"
IMAGE_ACCENT: Final = "#4fb3d9"
IMAGE_REJECTED: Final = "#a4a8af"


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """One colour for each role. `third` is never used for text that is needed."""

    name: str
    window: str
    panel: str
    raised: str
    control: str
    line: str
    text: str
    second: str
    third: str
    accent: str
    on_accent: str
    good: str
    warning: str
    bad: str
    good_back: str
    warning_back: str
    on_warning: str
    bad_back: str


DARK: Final = Theme(
    name="dark",
    window="#0b0c0d",
    panel="#141517",
    raised="#1b1d20",
    control="#24272b",
    line="#2b2e33",
    text="#e8e9eb",
    second="#a4a8af",
    third="#6d727a",
    accent="#4fb3d9",
    on_accent="#071419",
    good="#3fae7d",
    warning="#e0a030",
    bad="#e76f5a",
    good_back="#12291f",
    warning_back="#e0a030",
    on_warning="#1a1204",
    bad_back="#33160f",
)

LIGHT: Final = Theme(
    name="light",
    window="#e9ebee",
    panel="#f7f8f9",
    raised="#ffffff",
    control="#e3e6ea",
    line="#cfd3d9",
    text="#191b1e",
    second="#4d535b",
    third="#858b94",
    accent="#0a6a94",
    on_accent="#ffffff",
    good="#1b7350",
    warning="#85560a",
    bad="#b03420",
    good_back="#d9efe5",
    warning_back="#f3d9a2",
    on_warning="#3a2703",
    bad_back="#f6dcd6",
)

THEMES: Final = {theme.name: theme for theme in (DARK, LIGHT)}


def finding_colour(number: int) -> QColor:
    """The colour of the finding with this number, from 1."""
    return QColor(FINDING_COLOURS[(number - 1) % len(FINDING_COLOURS)])


def load_fonts() -> None:
    """Make the shipped fonts known to Qt; without them the system's are used."""
    try:
        folder = resource("fonts")
    except FileNotFoundError:
        return
    for path in sorted(folder.iterdir()):
        if path.suffix.lower() in {".otf", ".ttf", ".ttc"}:
            QFontDatabase.addApplicationFont(str(path))


def font(size_px: float = TEXT_PX, *, bold: bool = False) -> QFont:
    """The program's face with figures of equal width. Half pixels need points, so the screen's density comes in."""
    made = QFont()
    made.setFamilies(list(FAMILIES))
    screen = QGuiApplication.primaryScreen()
    made.setPointSizeF(size_px * 72 / (screen.logicalDotsPerInchY() if screen is not None else 96.0))
    made.setFeature(QFont.Tag("tnum"), 1)
    made.setFeature(QFont.Tag("palt"), 1)  # Noto's middle dot is as wide as a Chinese character otherwise
    if bold:
        made.setWeight(QFont.Weight.DemiBold)
    return made


def apply_theme(app: QApplication, theme: Theme) -> None:
    """Give the whole program this look; call again to change it while it runs. `load_fonts` comes once before."""
    app.setProperty("theme", theme.name)
    app.setStyle("Fusion")
    app.setFont(font())
    app.setPalette(palette(theme))
    app.setStyleSheet(style_sheet(theme))


def current_theme() -> Theme:
    """The look that the program has now, for what is painted by hand."""
    app = QApplication.instance()
    return THEMES.get(str(app.property("theme")), DARK) if app is not None else DARK


def restyle(widget: QWidget) -> None:
    """Read the style sheet again after one of the properties above was changed."""
    widget.style().unpolish(widget)
    widget.style().polish(widget)
    widget.update()


def palette(theme: Theme) -> QPalette:
    made = QPalette()
    roles = {
        QPalette.ColorRole.Window: theme.panel,
        QPalette.ColorRole.WindowText: theme.text,
        QPalette.ColorRole.Base: theme.raised,
        QPalette.ColorRole.AlternateBase: theme.panel,
        QPalette.ColorRole.Text: theme.text,
        QPalette.ColorRole.Button: theme.control,
        QPalette.ColorRole.ButtonText: theme.text,
        QPalette.ColorRole.BrightText: theme.text,
        QPalette.ColorRole.Highlight: theme.accent,
        QPalette.ColorRole.HighlightedText: theme.on_accent,
        QPalette.ColorRole.Link: theme.accent,
        QPalette.ColorRole.LinkVisited: theme.accent,
        QPalette.ColorRole.ToolTipBase: theme.raised,
        QPalette.ColorRole.ToolTipText: theme.text,
        QPalette.ColorRole.PlaceholderText: theme.second,
        QPalette.ColorRole.Light: theme.line,
        QPalette.ColorRole.Midlight: theme.line,
        QPalette.ColorRole.Mid: theme.line,
        QPalette.ColorRole.Dark: theme.window,
        QPalette.ColorRole.Shadow: theme.window,
    }
    for role, colour in roles.items():
        made.setColor(role, QColor(colour))
    disabled = QPalette.ColorGroup.Disabled
    for role in (QPalette.ColorRole.Text, QPalette.ColorRole.ButtonText, QPalette.ColorRole.WindowText):
        made.setColor(disabled, role, QColor(theme.third))
    return made


def style_sheet(theme: Theme) -> str:
    t = theme
    return f"""
QMainWindow, QWidget[surface="window"] {{ background: {t.window}; }}
QWidget[surface="panel"], QWidget[surface="status"] {{ background: {t.panel}; }}
QWidget[surface="toolbar"] {{ background: {t.panel}; border-bottom: 1px solid {t.line}; }}
QWidget[surface="views"] {{ background: {IMAGE_LINE}; }}
QWidget[surface="raised"] {{ background: {t.raised}; }}
QFrame[surface="card"] {{ background: {t.raised}; border: 1px solid {t.line}; border-radius: 8px; }}
QFrame[surface="card-chosen"] {{ background: {t.raised}; border: 1px solid {t.accent}; border-radius: 8px; }}
QWidget[surface="notice"] {{ background: {t.raised}; border-top: 1px solid {t.line}; }}
QWidget[surface="strip"], QWidget[surface="foot"] {{ background: {t.panel}; border-top: 1px solid {t.line}; }}
QWidget[surface="rule"] {{ background: {t.line}; }}
QFrame[surface="tile"] {{ background: {t.raised}; border-radius: 6px; }}
QFrame[surface="said-here"] {{ background: {t.control}; border-radius: 8px; }}
QFrame[surface="said-there"] {{ background: {t.panel}; border: 1px solid {t.line}; border-radius: 8px; }}
QFrame[surface="row"], QFrame[surface="row-chosen"] {{ border: none; border-bottom: 1px solid {t.line};
    border-left: 2px solid transparent; }}
QFrame[surface="row"]:hover {{ background: {t.raised}; }}
QFrame[surface="row-chosen"] {{ background: {t.control}; border-left-color: {t.accent}; }}
QToolTip {{ background: {t.raised}; color: {t.text}; border: 1px solid {t.line}; padding: 4px; }}
QLabel {{ background: transparent; }}
QLabel[role="title"] {{ font-weight: 600; }}
QLabel[role="second"] {{ color: {t.second}; font-size: 12px; }}
QLabel[role="heading"] {{ font-size: 15px; font-weight: 600; }}
QLabel[role="dim"] {{ color: {t.second}; }}
QLabel[role="dot"] {{ background: {t.good}; border-radius: 4px; }}
QLabel[role="hint"] {{ color: {t.second}; font-size: 11px; }}
QLabel[role="warning-second"] {{ color: {t.warning}; font-size: 12px; }}
QLabel[role="bad-second"] {{ color: {t.bad}; font-size: 12px; }}
QLabel[role="banner"] {{ color: {t.bad}; font-weight: 600; border: 1px solid {t.bad}; border-radius: 5px;
    padding: 4px; }}
QLabel[role="warning"] {{ color: {t.warning}; }}
QLabel[role="bad"] {{ color: {t.bad}; }}
QLabel[role="good"] {{ color: {t.good}; }}
QLabel[role="link"] {{ color: {t.accent}; }}
QLabel[chip] {{ font-size: 11px; font-weight: 600; border-radius: 7px; padding: 1px 7px; }}
QLabel[chip="plain"] {{ background: {t.control}; color: {t.second}; }}
QLabel[chip="good"] {{ background: {t.good_back}; color: {t.good}; }}
QLabel[chip="warning"] {{ background: {t.warning_back}; color: {t.on_warning}; }}
QLabel[chip="bad"] {{ background: {t.bad_back}; color: {t.bad}; }}
QPushButton, QToolButton {{ background: {t.control}; color: {t.text}; border: 1px solid transparent;
    border-radius: {RADIUS}px; padding: 4px 10px; min-height: 16px; }}
QPushButton:hover, QToolButton:hover {{ border-color: {t.line}; background: {t.line}; }}
QPushButton:focus, QToolButton:focus {{ border-color: {t.accent}; }}
QPushButton:pressed, QToolButton:pressed {{ background: {t.raised}; }}
QPushButton:disabled, QToolButton:disabled {{ color: {t.third}; }}
QToolButton:checked {{ background: {t.control}; border-color: {t.line}; }}
QPushButton[kind="primary"] {{ background: {t.accent}; color: {t.on_accent}; font-weight: 600; }}
QPushButton[kind="primary"]:focus {{ border-color: {t.text}; outline: 1px solid {t.on_accent}; outline-radius: 4px; }}
QPushButton[kind="primary"]:disabled {{ background: {t.control}; color: {t.third}; }}
QPushButton[kind="flat"], QToolButton[kind="flat"] {{ background: transparent; }}
QPushButton[kind="flat"]:hover, QToolButton[kind="flat"]:hover {{ background: {t.control}; }}
QPushButton[kind="flat"]:focus, QToolButton[kind="flat"]:focus {{ border-color: {t.accent}; }}
QPushButton[kind="key"] {{ padding: 1px 8px; min-width: 40px; }}
QPushButton[waiting="true"] {{ border-color: {t.accent}; background: {t.raised}; }}
QPushButton[kind="recent"] {{ background: transparent; text-align: left; padding: 2px 8px; }}
QPushButton[kind="recent"]:hover {{ background: {t.control}; }}
QPushButton[kind="recent"]:focus {{ border-color: {t.accent}; }}
QPushButton[kind="link"] {{ background: transparent; color: {t.accent}; padding: 2px 4px; }}
QPushButton[kind="link"]:hover {{ background: {t.control}; }}
QPushButton[kind="link"]:focus {{ border-color: {t.accent}; }}
QToolButton[kind="accept"], QToolButton[kind="reject"], QToolButton[kind="sign"] {{ padding: 0;
    min-width: {TARGET - 2}px; min-height: {TARGET - 2}px; }}
QToolButton[kind="sign"] {{ background: transparent; }}
QToolButton[kind="sign"]:hover {{ background: {t.control}; }}
QToolButton[kind="sign"]:focus {{ border-color: {t.accent}; }}
QToolButton[kind="flat"]:checked {{ background: {t.control}; border-color: {t.third}; }}
QToolButton[kind="flat"]:checked:focus {{ border: 2px solid {t.accent}; }}
QToolButton[kind="accept"]:checked {{ background: {t.good_back}; color: {t.good}; border-color: {t.good}; }}
QToolButton[kind="reject"]:checked {{ background: {t.bad_back}; color: {t.bad}; border-color: {t.bad}; }}
QToolButton::menu-indicator {{ image: none; }}
QLineEdit, QPlainTextEdit, QTextEdit {{ background: {t.raised}; color: {t.text}; border: 1px solid {t.line};
    border-radius: {RADIUS}px; padding: 3px 7px; selection-background-color: {t.accent};
    selection-color: {t.on_accent}; }}
QLineEdit {{ min-height: 20px; }}
QAbstractSpinBox QLineEdit, QComboBox QLineEdit {{ border: none; padding: 0; min-height: 0; }}
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus {{ border-color: {t.accent}; }}
QComboBox {{ background: {t.control}; color: {t.text}; border: 1px solid transparent; border-radius: {RADIUS}px;
    padding: 3px 8px; min-height: 18px; }}
QComboBox:hover {{ border-color: {t.line}; }}
QComboBox:focus {{ border-color: {t.accent}; }}
QComboBox::drop-down {{ border: none; width: 20px; }}
QComboBox::down-arrow {{ image: none; }}
QCheckBox {{ spacing: 8px; padding-left: 3px; min-height: {TARGET}px; border: 1px solid transparent;
    border-radius: 4px; }}
QCheckBox::indicator {{ width: 14px; height: 14px; border: 1px solid {t.third};
    border-radius: 3px; background: {t.raised}; }}
QCheckBox::indicator:checked {{ background: {t.accent}; border-color: {t.accent}; }}
QCheckBox:focus {{ border-color: {t.accent}; }}
QTabWidget::pane {{ border: none; border-top: 1px solid {t.line}; }}
QTabBar {{ background: transparent; }}
QTabBar::tab {{ background: transparent; color: {t.second}; padding: 8px 12px; border-bottom: 2px solid transparent; }}
QTabBar::tab:hover {{ color: {t.text}; }}
QTabBar::tab:selected {{ color: {t.text}; border-bottom-color: {t.accent}; }}
QTabBar::tab:focus {{ background: {t.control}; }}
QAbstractItemView {{ background: transparent; border: 1px solid transparent; outline: none;
    selection-background-color: {t.control}; selection-color: {t.text}; }}
QAbstractItemView::item:selected {{ background: {t.control}; color: {t.text}; }}
QAbstractItemView:focus {{ border-color: {t.accent}; }}
QComboBox QAbstractItemView {{ background: {t.raised}; border: 1px solid {t.line}; }}
QTableView {{ font-size: 12px; }}
QHeaderView::section {{ background: {t.panel}; color: {t.second}; border: none; padding: 4px 6px; }}
QTableView QHeaderView::section {{ background: transparent; border-bottom: 1px solid {t.line}; padding: 4px 3px; }}
QMenu {{ background: {t.raised}; color: {t.text}; border: 1px solid {t.line}; padding: 4px; }}
QMenu::item {{ padding: 5px 24px 5px 12px; border-radius: 4px; }}
QMenu::item:selected {{ background: {t.control}; }}
QMenu::item:disabled {{ color: {t.third}; }}
QMenu::separator {{ height: 1px; background: {t.line}; margin: 4px 6px; }}
QProgressBar {{ background: {t.control}; border: none; border-radius: 2px; max-height: 4px; min-height: 4px;
    text-align: center; }}
QProgressBar::chunk {{ background: {t.accent}; border-radius: 2px; }}
QProgressBar[kind="warning"]::chunk {{ background: {t.warning}; }}
QScrollArea {{ background: transparent; border: 1px solid transparent; }}
QScrollArea:focus {{ border-color: {t.accent}; }}
QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
QScrollBar:horizontal {{ background: transparent; height: 10px; margin: 0; }}
QScrollBar::handle {{ background: {t.line}; border-radius: 4px; min-height: 24px; min-width: 24px; margin: 1px; }}
QScrollBar::handle:hover {{ background: {t.third}; }}
QScrollBar::handle:disabled {{ background: transparent; }}
QScrollBar::add-line, QScrollBar::sub-line {{ width: 0; height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}
QSplitter::handle {{ background: {t.line}; }}
QSplitter::handle:hover {{ background: {t.accent}; }}
QSplitter::handle:horizontal {{ width: 1px; }}
QSplitter::handle:vertical {{ height: 1px; }}
QSlider::groove:horizontal {{ background: {t.control}; height: 4px; border-radius: 2px; }}
QSlider::sub-page:horizontal {{ background: {t.accent}; border-radius: 2px; }}
QSlider::handle:horizontal {{ background: {t.text}; width: 12px; margin: -4px 0; border-radius: 6px; }}
QSlider::handle:horizontal:focus {{ background: {t.accent}; border: 2px solid {t.text}; }}
QDialog {{ background: {t.raised}; }}
"""
