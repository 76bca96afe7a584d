"""Theme -> the one Qt stylesheet of the window."""

from gui.style.theme import CONTROL_HEIGHT, FONT_FAMILIES, RADIUS, SPACE, TYPE, Theme, mix

TEMPLATE = """
* {{ font-family: {families}; font-size: {body}px; color: {text}; }}
QMainWindow, QDialog, #root {{ background: {window}; }}
#topBar, #statusBar, #transport {{ background: {surface}; }}
#topBar {{ border-bottom: 1px solid {line}; }}
#transport, #statusBar {{ border-top: 1px solid {line}; }}
#statusBar:focus {{ border: 2px solid {accent}; }}
#caption {{ font-size: {tiny}px; font-weight: 600; letter-spacing: 0.6px; color: {dim}; }}
#caption[changed="true"] {{ color: {accent}; }}
#tuning QAbstractSpinBox {{ min-width: 60px; }}
#tuning QPushButton {{ padding: 0 {space}px; }}
#value {{ font-size: {tiny}px; color: {text}; }}
#status, #status QLabel {{ font-size: {small}px; color: {dim}; }}
#status[worry="true"] {{ color: {warning}; font-weight: 600; }}
QToolTip {{ background: {raised}; color: {text}; border: 1px solid {line}; padding: {space}px; }}

QPushButton, QToolButton, QComboBox, QSpinBox, QDoubleSpinBox {{
    background: {raised}; border: 1px solid {line}; border-radius: {radius}px;
    min-height: {control}px; padding: 0 {pad}px;
}}
QToolButton {{ padding: 0; min-width: {control}px; }}
QPushButton:hover, QToolButton:hover, QComboBox:hover, QAbstractSpinBox:hover {{
    background: {hover};
}}
QPushButton:pressed, QToolButton:pressed {{ background: {line}; }}
/* A focus frame is thicker inwards: nothing grows or moves for it. */
QPushButton:focus, QToolButton:focus, QComboBox:focus, QAbstractSpinBox:focus {{
    border: 2px solid {accent}; min-height: {focused}px;
}}
QPushButton:focus {{ padding: 0 {focused_pad}px; }}
QComboBox:focus {{ padding: 0 1px 0 {focused_pad}px; }}
QToolButton:focus {{ min-width: {focused}px; }}
QPushButton:disabled, QToolButton:disabled, QComboBox:disabled, QAbstractSpinBox:disabled {{
    color: {disabled}; background: {surface};
}}
QPushButton[primary="true"] {{
    background: {accent}; border-color: {accent}; color: {on_accent}; font-weight: 600;
}}
QPushButton[primary="true"]:disabled {{
    color: {disabled}; background: {raised}; border-color: {line};
}}
QPushButton[primary="true"]:hover {{ background: {accent_hover}; }}
QPushButton[primary="true"]:focus {{ border: 2px solid {text}; }}
QPushButton#record {{
    background: {record}; border: 2px solid {record}; color: {on_record}; font-weight: 600;
    min-height: {main_control}px;
}}
QPushButton#record:hover {{ background: {record_hover}; }}
QPushButton#record:focus {{
    border: 2px solid {text}; min-height: {main_control}px; padding: 0 {pad}px;
}}
QPushButton#record[recording="true"] {{ background: {surface}; color: {text}; }}
QToolButton::menu-indicator {{ image: none; }}
QScrollArea, #drawer, #tuning, #sound {{ background: transparent; }}
QToolButton[changed="true"] {{ color: {accent}; font-weight: 600; }}
QToolButton:checked {{ background: {selected}; border-color: {accent}; }}

QComboBox {{ padding-right: 2px; }}
QComboBox::drop-down {{ border: none; width: 20px; }}
QComboBox::down-arrow {{ image: none; }}
QComboBox QAbstractItemView {{
    background: {raised}; border: 1px solid {line}; outline: none; padding: {space}px;
    selection-background-color: {selected}; selection-color: {text};
}}
QComboBox QAbstractItemView::item {{ min-height: 26px; padding: 0 {space}px; }}
QAbstractSpinBox {{
    padding: 0 1px; min-width: 96px; max-height: {control}px;
    background: {window}; border: 1px solid {inset}; border-radius: 3px;
}}
QAbstractSpinBox:hover {{ border: 1px solid {dim}; background: {window}; }}
QAbstractSpinBox:focus {{ border: 2px solid {accent}; padding: 0; max-height: {focused}px; }}
#tuning QPushButton:focus {{ padding: 0 {focused_space}px; }}
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button {{ width: 0; border: none; }}

#segments QPushButton {{ border-radius: 0; border-right-width: 0; padding: 0 9px; }}
#segments QPushButton[place="first"] {{
    border-top-left-radius: {radius}px; border-bottom-left-radius: {radius}px;
}}
#segments QPushButton[place="last"] {{
    border-right-width: 1px;
    border-top-right-radius: {radius}px; border-bottom-right-radius: {radius}px;
}}
#segments QPushButton:checked {{ background: {selected}; color: {text}; font-weight: 600; }}
#segments QPushButton:focus {{ border: 2px solid {accent}; padding: 0 8px 0 7px; }}
#segments QPushButton[place="last"]:focus {{ padding: 0 8px; }}

QSlider {{ min-height: {slider}px; border: 2px solid transparent; border-radius: {radius}px; }}
QSlider:focus {{ border-color: {accent}; }}
QSlider::groove:horizontal {{ height: 4px; border-radius: 2px; background: {line}; }}
QSlider::sub-page:horizontal {{ background: {accent}; border-radius: 2px; }}
QSlider::handle:horizontal {{
    background: {text}; width: 14px; height: 14px; margin: -5px 0; border-radius: 7px;
}}
QSlider::sub-page:horizontal:disabled {{ background: {line}; }}
QSlider::handle:horizontal:disabled {{ background: {disabled}; }}

QMenu {{ background: {raised}; border: 1px solid {line}; padding: {space}px; }}
QMenu::item {{ padding: 6px 26px 6px 26px; border-radius: {space}px; }}
QMenu::item:selected {{ background: {selected}; }}
QMenu::item:disabled {{ color: {disabled}; }}
QMenu::separator {{ height: 1px; background: {line}; margin: {space}px; }}

#takes {{ background: {surface}; border-right: 1px solid {line}; }}
#takesTitle, #takeTitle {{ font-size: {title}px; font-weight: 600; }}
#takeBar, #takeHead {{ background: {surface}; }}
#takeBar {{ border-top: 1px solid {line}; }}
#takeHead {{ border-bottom: 1px solid {line}; }}
#quiet {{ color: {dim}; }}
QPlainTextEdit, QTextBrowser {{
    background: {raised}; border: 1px solid {line}; border-radius: {radius}px;
    selection-background-color: {selected}; selection-color: {text};
}}
QPlainTextEdit:focus {{ border: 2px solid {accent}; }}
QListWidget {{ background: {surface}; border: none; outline: none; }}
QListWidget::item:hover, QComboBox QAbstractItemView::item:hover {{ background: {hover}; }}
#details {{ background: {raised}; border: 1px solid {line}; border-radius: {radius}px; }}
#group {{ font-size: {small}px; font-weight: 600; color: {text}; }}
QLineEdit {{
    background: {raised}; border: 2px solid {accent}; border-radius: {space}px; padding: 0 4px;
    selection-background-color: {selected}; selection-color: {text};
}}
QScrollBar:vertical {{ background: transparent; width: 10px; margin: 0; }}
QScrollBar::handle:vertical {{
    background: {line}; border-radius: 3px; min-height: 30px; margin: 2px;
}}
QScrollBar::add-line, QScrollBar::sub-line {{ height: 0; }}
QScrollBar::add-page, QScrollBar::sub-page {{ background: transparent; }}

#strip {{ background: {raised}; border: 1px solid {line}; border-radius: 8px; }}
#strip QPushButton {{ background: {surface}; }}
#strip QPushButton:hover {{ background: {hover}; }}
#strip QPushButton:pressed {{ background: {line}; }}
#strip QPushButton {{ min-height: 22px; }}
#strip QPushButton:focus {{ min-height: 20px; }}
#card {{ background: {card}; border: 1px solid {line}; border-radius: 12px; }}
#cardTitle {{ font-size: {title}px; font-weight: 600; }}
#cardText, #stripText {{ color: {dim}; }}
#stripTitle {{ font-weight: 600; }}
#kindLine[kind="hint"], #kindLine[kind="info"] {{ background: {accent}; }}
#kindLine[kind="warning"] {{ background: {warning}; }}
#kindLine[kind="error"] {{ background: {error}; }}
QProgressBar {{
    background: {raised}; border: none; border-radius: 3px; min-height: 6px; max-height: 6px;
}}
QProgressBar::chunk {{ background: {accent}; border-radius: 3px; }}
#key {{
    background: {raised}; border: 1px solid {line}; border-radius: {space}px;
    padding: 2px 7px; font-weight: 600;
}}
"""


def stylesheet(theme: Theme) -> str:
    """The stylesheet in this theme's colours."""
    return TEMPLATE.format(
        **{name: value for name, value in vars(theme).items() if isinstance(value, str)},
        families=", ".join(f'"{name}"' for name in FONT_FAMILIES),
        tiny=TYPE.tiny,
        small=TYPE.small,
        body=TYPE.body,
        title=TYPE.title,
        space=SPACE,
        pad=SPACE * 3,
        radius=RADIUS,
        control=CONTROL_HEIGHT - 2,
        slider=CONTROL_HEIGHT - 4,
        focused=CONTROL_HEIGHT - 4,
        focused_pad=SPACE * 3 - 1,
        focused_space=SPACE - 1,
        disabled=mix(theme.dim, theme.surface, 0.55),
        selected=mix(theme.accent, theme.raised, 0.28),
        inset=mix(theme.dim, theme.surface, 0.45),
        main_control=CONTROL_HEIGHT + 4,
        record_hover=mix(theme.record, theme.text, 0.85),
        accent_hover=mix(theme.accent, theme.text, 0.85),
        card=theme.surface,
    )
