"""Names and words in every writing, declared, undeclared or declared wrongly, read as what they are."""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydicom import dcmread

from tests.imaging.made import write_slice
from workstation.domain.series import FactCode, Stack
from workstation.imaging.dicom import tags
from workstation.imaging.dicom.charset import Charset, charset_of
from workstation.imaging.dicom.series_info import series_info
from workstation.imaging.series.scan import scan

LEVEL_1 = bytes(byte for lead in range(0xB0, 0xD7) for trail in range(0xA1, 0xFF) for byte in (lead, trail))
SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗"
GIVEN = "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂兰玉红建国文志海春梅小晓东鹏宇浩然子轩"
chinese_names = st.builds(
    lambda family, given, form: form.format(family=family, given=given),
    st.sampled_from(SURNAMES),
    st.text(alphabet=GIVEN, min_size=1, max_size=2),
    st.sampled_from(["{family}{given}", "{family}^{given}", "Wang^Xiao=" + "{family}^{given}", "{family} {given}"]),
)
words = st.sampled_from(
    ["胸部CT平扫", "T2横断位", "头颅 MRI", "冠脉CTA增强", "肺窗 1.0 B60f", "双膝关节正侧位", "腹部(动脉期)", ""]
)
WESTERN = [
    "Müller^Jürgen",
    "Buc^Jérôme",
    "Äneas^Rüdiger",
    "Ñúñez^José",
    "Sørensen^Åse",
    "GONÇALVES^JOÃO",
    "Lefèvre^Zoë",
    "Größe",
    "Þórður^Jón",
    "D'Été^André",
    "MÜLLER^JÖRG",
]
EUROPEAN = {
    "ISO_IR 100": ("latin-1", WESTERN),
    "ISO_IR 101": ("iso8859-2", ["Wałęsa^Lech", "Dvořák^Antonín", "Žižka^Šimon", "Kovács^Győző"]),
    "ISO_IR 144": ("iso8859-5", ["Иванов^Сергей", "Люксембург", "Петрова^Анна Ивановна"]),
    "ISO_IR 126": ("iso8859-7", ["Διονυσιος", "Παπαδόπουλος^Γιώργος"]),
    "ISO_IR 127": ("iso8859-6", ["قباني^لنزار"]),
    "ISO_IR 138": ("iso8859-8", ["שרון^דבורה"]),
    "ISO_IR 148": ("iso8859-9", ["Çiçek^Ömer", "Yıldız^Gülşah"]),
    "ISO_IR 166": ("iso8859-11", ["สมชาย^ใจดี"]),
    "ISO_IR 13": ("shift_jis", ["ﾔﾏﾀﾞ^ﾀﾛｳ"]),
    "ISO_IR 192": ("utf-8", ["Müller^Jürgen", "王^小東", "Иванов^Сергей", "김^희중", "山田^太郎"]),
    "GB18030": ("gb18030", ["李^㐂𠮷", "王^小东", "欧阳^娜娜"]),
    "GBK": ("gbk", ["朱^镕基", "陶^喆"]),
}  # fmt: skip
DECLARED = [(declared, codec, name) for declared, (codec, names) in EUROPEAN.items() for name in names]


def _read(declared: str, *texts: bytes) -> tuple[Charset, list[str]]:
    charset = charset_of(declared.encode(), texts)
    return charset, [charset.text(text) for text in texts]


@pytest.mark.parametrize(("declared", "codec", "name"), DECLARED)
def test_what_a_file_declares_rightly_is_taken(declared: str, codec: str, name: str) -> None:
    charset, read = _read(declared, name.encode(codec))

    assert read == [name]
    assert charset.guess == ""


@given(chinese_names, words, st.sampled_from(["", "ISO_IR 100", "ISO_IR 6", "ISO_IR 999"]), st.booleans())
def test_chinese_that_is_declared_wrongly_or_not_is_read_and_said(
    name: str, description: str, declared: str, utf8: bool
) -> None:
    codec = "utf-8" if utf8 else "gb18030"
    charset, read = _read(declared, name.encode(codec), description.encode(codec))

    assert read == [name, description]
    assert charset.guess == ("UTF-8" if utf8 else "GB18030")


@given(st.sampled_from(SURNAMES), st.text(LEVEL_1.decode("gb2312"), min_size=1, max_size=3), st.booleans())
def test_rare_signs_of_a_given_name_are_read_with_the_family_name(family: str, given_name: str, utf8: bool) -> None:
    name = family + given_name

    assert _read("", name.encode("utf-8" if utf8 else "gb18030"))[1] == [name]


@given(chinese_names, st.sampled_from(["GB18030", "GBK", "ISO_IR 192", "ISO 2022 IR 58", "\\ISO 2022 IR 58"]))
def test_chinese_in_the_other_of_two_encodings_is_read(name: str, declared: str) -> None:
    other = "gb18030" if declared == "ISO_IR 192" else "utf-8"
    charset, read = _read(declared, name.encode(other))

    assert read == [name]
    assert charset.guess == ("GB18030" if other == "gb18030" else "UTF-8")


@pytest.mark.parametrize("name", WESTERN)
@pytest.mark.parametrize("declared", ["", "ISO_IR 6"])
def test_western_names_without_a_declaration_are_no_chinese(name: str, declared: str) -> None:
    assert _read(declared, name.encode("latin-1"))[1] == [name]


def test_a_western_name_beside_chinese_words_stays() -> None:
    assert _read("ISO_IR 100", "Müller^Jürgen".encode("latin-1"), "胸部平扫".encode("gb18030"))[1][0] == "Müller^Jürgen"


@pytest.mark.parametrize("text", ["25 °C", "±5 mm", "Ø 5", "5 µm", "T1 ± 2", "«été»", "³He", "Schädel nativ", "¿Qué?"])
@pytest.mark.parametrize("declared", ["", "ISO_IR 100"])
def test_signs_of_latin_1_are_no_chinese(text: str, declared: str) -> None:
    assert _read(declared, text.encode("latin-1"))[1] == [text]


@pytest.mark.parametrize("codec", ["iso8859-5", "cp1251", "koi8-r"])
@pytest.mark.parametrize("name", ["Иванов^Иван", "Соколова^Мария", "Новикова^Анна", "Иванов^Пётр"])
def test_a_russian_name_without_a_declaration_is_no_chinese(name: str, codec: str) -> None:
    assert _read("", name.encode(codec))[1] == [name]


@pytest.mark.parametrize("name", ["Διονυσιος", "Κωνσταντίνου^Δημήτρης"])
def test_a_greek_name_without_a_declaration_is_no_chinese(name: str) -> None:
    assert _read("", name.encode("iso8859-7"))[1] == [name]


@pytest.mark.parametrize("name", ["김^희중", "박지성", "이^영희"])
def test_a_korean_name_without_a_declaration_is_no_chinese(name: str) -> None:
    assert _read("", name.encode("euc_kr"))[1] == [name]


@pytest.mark.parametrize(
    ("declared", "raw", "name"),
    [
        ("\\ISO 2022 IR 58", b"Zhang^XiaoDong=\x1b$)A\xd5\xc5^\x1b$)A\xd0\xa1\xb6\xab= ", "Zhang^XiaoDong=张^小东"),
        ("\\ISO 2022 IR 58", b"\xd5\xc5^\xd0\xa1\xb6\xab", "张^小东"),
        ("\\ISO 2022 IR 87", b"Yamada^Tarou=\x1b$B;3ED\x1b(B^\x1b$BB@O:\x1b(B", "Yamada^Tarou=山田^太郎"),
        ("ISO 2022 IR 13\\ISO 2022 IR 87", b"\xd4\xcf\xc0\xde^\xc0\xdb\xb3=\x1b$B;3ED\x1b(J", "ﾔﾏﾀﾞ^ﾀﾛｳ=山田"),
        ("\\ISO 2022 IR 149", b"Hong^Gildong=\x1b$)C\xfb\xf3^\x1b$)C\xd1\xce\xd4\xd7", "Hong^Gildong=洪^吉洞"),
        ("\\ISO 2022 IR 159", b"\x1b$(D\x30\x21\x1b(B", "丂"),
        ("ISO 2022 IR 100\\ISO 2022 IR 144", b"Buc^J\xe9r\xf4me=\x1b-L\xb8\xd2\xd0\xdd", "Buc^Jérôme=Иван"),
    ],
)  # fmt: skip
def test_code_extensions_switch_where_they_say(declared: str, raw: bytes, name: str) -> None:
    charset, _ = _read(declared, raw)

    assert charset.text(raw.rstrip(b" =")) == name
    assert charset.guess == ""


@pytest.mark.parametrize("codec", ["utf-8", "gb18030"])
def test_a_text_cut_within_a_character_stays_what_it_is(codec: str) -> None:
    declared = "ISO_IR 192" if codec == "utf-8" else "GB18030"
    charset, read = _read(declared, "王小东".encode(codec)[:-1])

    assert read[0].startswith("王小")
    assert charset.guess == ""


@given(st.binary(max_size=40), st.sampled_from(["", "ISO_IR 100", "ISO_IR 192", "GB18030", "\\ISO 2022 IR 87", "x"]))
def test_no_bytes_are_too_odd_to_be_read(raw: bytes, declared: str) -> None:
    charset, read = _read(declared, raw)

    assert (read[0] == raw.decode("ascii")) if raw.isascii() and b"\x1b" not in raw else charset is not None


def test_all_texts_of_a_series_are_read_by_one_guess() -> None:
    info = series_info(
        {
            tags.PATIENT_NAME: "王^小东".encode("gb18030"),
            tags.SERIES_DESCRIPTION: "肺窗".encode("gb18030"),
            tags.INSTITUTION: "市第一人民医院".encode("gb18030"),
        }
    )

    assert (info.patient.name, info.description, info.study.institution) == ("王^小东", "肺窗", "市第一人民医院")
    assert (info.charset_guess, info.charset_stated) == ("GB18030", False)


def _with_raw_name(path: Path, name: bytes, declared: Sequence[str] | str | None) -> Path:
    """A slice whose name stands in the file as given, whatever is declared."""
    placeholder = b"N" * (len(name) + len(name) % 2)
    elements: dict[str, Any] = {"SpecificCharacterSet": declared} if declared else {}
    write_slice(path, PatientName=placeholder.decode(), **elements)
    content = path.read_bytes()
    path.write_bytes(content.replace(placeholder, name.ljust(len(placeholder)), 1))
    return path


def _only(path: Path) -> Stack:
    (stack,) = scan([path]).stacks
    return stack


def test_a_guess_is_said_with_its_name(tmp_path: Path) -> None:
    undeclared = _only(_with_raw_name(tmp_path / "a", "王^小东".encode("gb18030"), None))
    wrong = _only(_with_raw_name(tmp_path / "b", "王^小东".encode("gb18030"), "ISO_IR 100"))
    right = _only(_with_raw_name(tmp_path / "c", "王^小东".encode("gb18030"), "GB18030"))
    said = [stack.fact(FactCode.CHARSET_GUESSED) for stack in (undeclared, wrong, right)]

    assert {stack.patient.name for stack in (undeclared, wrong, right)} == {"王^小东"}
    assert [str(fact.sentence) if fact else "" for fact in said] == [
        "Its texts declare no character set; read as GB18030.",
        "Its texts don't fit the character set that they declare; read as GB18030.",
        "",
    ]


def test_declared_names_read_as_pydicom_reads_them(tmp_path: Path) -> None:
    chance = random.Random(3)
    for number in range(12):
        declared, codec, name = chance.choice([row for row in DECLARED if row[0] not in ("GBK", "ISO_IR 148")])
        path = _with_raw_name(tmp_path / str(number), name.encode(codec), declared)
        assert _only(path).patient.name == str(dcmread(path).PatientName), (declared, name)


@pytest.mark.parametrize("declared", [b"", b"ISO_IR 6", b"ISO_IR 100"])
@pytest.mark.parametrize("name", ["陳^怡君", "林志豪", "Huang^Shu-fen=黃^淑芬", "張^家豪", "歐陽^雅婷"])
def test_traditional_names_without_their_character_set_are_guessed_and_that_is_told(declared: bytes, name: str) -> None:
    charset = charset_of(declared, [name.encode("big5")])

    assert charset.text(name.encode("big5")) == name
    assert charset.guess == "Big5"


def test_few_names_in_gb18030_are_taken_for_traditional_ones() -> None:
    chance = random.Random(1)
    signs = LEVEL_1.decode("gb2312", "ignore")
    names = [chance.choice(SURNAMES) + chance.choice(signs) + chance.choice(signs) for _ in range(3000)]
    guesses = [charset_of(b"", [name.encode("gb18030")]).guess for name in names]

    assert guesses.count("Big5") == 0


@pytest.mark.parametrize(
    ("written", "name"),
    [
        ("DOE^JOHN^^^", "DOE^JOHN"),
        ("DOE^JOHN=", "DOE^JOHN"),
        ("A^B^^=C^D^=", "A^B=C^D"),
        ("^JOHN", "^JOHN"),
        ("^^", ""),
    ],
)
def test_empty_components_at_the_end_make_no_other_name(written: str, name: str, tmp_path: Path) -> None:
    for number, said in enumerate((written, name), start=1):
        write_slice(tmp_path / f"{number}.dcm", PatientName=said, InstanceNumber=number)

    assert {stack.patient.name for stack in scan([tmp_path]).stacks} == {name}


KOREAN_FAMILIES = "김이최정강조윤장임한오서신황안송류전고문도석선설"
KOREAN_GIVEN = (
    "민준서준예준도윤시우주원하준지호지후현우지훈건우우진서연서윤지유민서하은지민수아지아은서다은영희철수"
    "희중영수영호정숙미숙순자명숙미경은주현정혜진상훈성호동현재훈병철광수지성"
)
CHINESE_GIVEN = "秀英秀兰建国志强玉兰海燕晓东浩然子轩梓涵梓萱欣怡诗涵雨桐丹丹婷婷倩倩淑珍振华家辉鹏程俊杰嘉豪一诺"
CHINESE_GIVEN_OF_ONE = "伟芳敏静丽强磊军洋勇艳杰娟涛明超霞平刚诚铭睿"
ANY_FAMILY = "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗向申柴常康柳蓝欧莫文"


def _in_pairs(text: str) -> list[str]:
    return [text[at : at + 2] for at in range(0, len(text), 2)]


@pytest.mark.parametrize("declared", ["", "ISO_IR 6", "ISO_IR 100", "ISO_IR 192"])
@pytest.mark.parametrize("form", ["{}^{}", "{}{}", "Hong^Gildong={}^{}"])
def test_korean_names_without_their_character_set_are_guessed_and_that_is_told(declared: str, form: str) -> None:
    names = [form.format(family, given) for family in KOREAN_FAMILIES for given in _in_pairs(KOREAN_GIVEN)]
    read = {name: _read(declared, name.encode("euc_kr")) for name in names}

    assert [name for name in names if read[name][1] != [name]] == []
    assert {charset.guess for charset, _ in read.values()} == {"EUC-KR"}


@pytest.mark.parametrize("form", ["{}^{}", "{}{}", "Wang^Xiao={}^{}"])
def test_hardly_a_chinese_name_is_taken_for_another_writing(form: str) -> None:
    given_names = [*_in_pairs(CHINESE_GIVEN), *CHINESE_GIVEN_OF_ONE]
    names = [form.format(family, given) for family in ANY_FAMILY for given in given_names]
    guesses = [_read("ISO_IR 100", name.encode("gb18030"))[0].guess for name in names]

    assert set(guesses) <= {"GB18030", "UTF-8"}
    assert guesses.count("UTF-8") <= len(names) // 100  # four bytes that are valid in both


@pytest.mark.parametrize("declared", ["", "ISO_IR 6", "ISO_IR 100", "ISO_IR 101", "ISO_IR 999"])
@pytest.mark.parametrize("name", ["張^誠", "Zhang^Cheng=張^誠", "蔡國強", "歐陽^國偉"])
def test_names_that_leave_control_characters_are_read_as_chinese(declared: str, name: str) -> None:
    charset, read = _read(declared, name.encode("gbk"))

    assert (read, charset.guess) == ([name], "GB18030")


@pytest.mark.parametrize("name", ["諸葛^亮", "諸葛亮", "張^誠", "司馬^相如"])
def test_names_that_can_not_be_what_they_declare_are_read_as_chinese(name: str) -> None:
    charset, read = _read("ISO_IR 192", name.encode("gbk"))

    assert (read, charset.guess) == ([name], "GB18030")


@pytest.mark.parametrize("text", ["O’Neil^Zoë", "Dvoš^Jan", "Žižka^Jan", "“Kopf” nativ", "T1 – axial", "Œuvré", "5…"])
def test_signs_that_windows_adds_to_latin_1_are_no_chinese(text: str) -> None:
    assert _read("ISO_IR 100", text.encode("cp1252"))[0].guess == ""


@pytest.mark.parametrize("codec", ["iso8859-5", "cp1251"])
def test_a_russian_name_that_is_declared_as_latin_1_is_read_and_said(codec: str) -> None:
    name = "Иванов^Сергей"

    assert _read("ISO_IR 100", name.encode(codec))[1] == [name]


def test_a_japanese_name_that_is_declared_as_latin_1_is_read_and_said() -> None:
    charset, read = _read("ISO_IR 100", "山田^太郎".encode("shift_jis"))

    assert (read, charset.guess) == (["山田^太郎"], "Shift-JIS")
