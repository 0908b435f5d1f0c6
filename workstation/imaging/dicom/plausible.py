"""How likely bytes are to be names and words in one writing or another: what a wrong character set can't hide."""

from __future__ import annotations

import re
from typing import Final

# Chinese family names in the order of their number of bearers, characters of given names, words of examinations.
_SURNAMES: Final = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何林高罗郑梁谢宋唐许韩邓冯曹彭曾肖田董潘袁蔡蒋余于杜叶程魏苏吕丁任卢姚沈钟姜崔谭陆"
    "范汪廖石金韦贾夏付方邹熊白孟秦邱侯江尹薛闫段雷龙黎史陶贺毛郝顾龚邵万钱覃武戴孔汤庞樊兰殷施洪倪严牛温季俞章鲁葛尚欧阳"
)
_COMMON: Final = frozenset(
    "伟芳娜秀英敏静丽强磊军洋勇艳杰娟涛明超霞平刚桂兰玉红华建国文志海春梅小晓东西南北大中山峰辉鹏飞宇浩然子轩涵梓怡欣"
    "佳思雨雪婷慧颖倩琳琴凤莲珍珠云月荣福德仁义礼信忠孝成功胜利兴旺庆祥瑞康健永长安宁和光新民生学才良善美淑贤惠玲莉萍"
    "燕翠香菊花青松柏林森木水清波江河湖洪涌源泉洁冰寒冬秋夏阳晨旭昊天宝贵财富林元亨贞吉一二三四五六七八九十亚振宗世家"
    "立全保卫斌彬武帅凯俊豪雄毅博彦哲雅倩可嘉佩蓉婉君先女士男医院第人市省县区附属大学中心放射科影像检查"
    "胸部腹盆腔头颅脑颈胸腰椎骶脊柱膝髋肩肘腕踝关节骨盆足手肺窗纵隔软组织平扫增强动静脉期延迟薄层重建冠状矢横断位轴定"
    "低剂量成像扩散加权灌注肝胆胰脾肾上腺心脏血管冠脉主乳鼻咽喉眼眶耳正侧左右双体检普通三维序列压脂水"
)
_TRADITIONAL_SURNAMES: Final = _SURNAMES | frozenset(
    "張劉陳楊黃趙吳孫馬羅鄭謝許韓鄧馮蕭葉程蘇呂盧鍾薑譚陸範賈鄒閻龍賀龔萬錢湯龐蘭嚴溫魯歐陽賴莊詹柯游簡涂蔣闕闞連"
)
_FREQUENT_BIG5: Final = range(0xA4, 0xC7)  # first bytes of its 5,401 frequent characters
# Korean family names, and syllables of given names.
_SYLLABLES: Final = frozenset(
    "김이박최정강조윤장임한오서신권황안송류전홍고문양손배백허유남심노하곽성차주우구민진지엄채원천방공현함변염여추도석선설마길연위표명기반왕금옥육인맹제모탁국어은편소"
)
_GIVEN: Final = frozenset(
    "가강건겸경계고관광교구국군권규균근금기길나난남내녕노다단달담대덕도동두라란람래려련령로루류리린림마만매면명모목무문미민박방"
    "배백범별병보복본봉부분비빈사산상새샘서석선설섭성세소솔송수숙순술슬승시식신실심아안애양언업여연열염엽영예오옥온완왕요용우욱"
    "운웅원월위유윤율은을의이익인일임자장재전정제조종주준중지진찬창채천철청초추춘충치칠탁태택판평표풍필하학한함해향헌혁현협형혜"
    "호홍화환황회효후훈휘흔흠흥희"
)
_WORD: Final = re.compile(rb"[A-Za-z\x80-\xff']+")
_SIGNS: Final = re.compile("[\u3005\u3007\u3040-\u30ff\u4e00-\u9fff]+")
_BETWEEN: Final = re.compile(r"[\^= ,.\-]+")
_SCRIPTS: Final = ((0x80, 0x24F), (0x370, 0x3FF), (0x400, 0x52F), (0x590, 0x5FF), (0x600, 0x6FF))
_CYRILLIC: Final = (frozenset({0x401, 0x451, *range(0x410, 0x450)}), frozenset("оеаинтсрвлкмдОЕАИНТСРВЛКМД"))
_GREEK: Final = (frozenset(range(0x386, 0x3CF)), frozenset("αοιετνσςηυρπκμλΑΟΙΕΤΝΣΗΥΡΠΚΜΛ"))
_TITLED: Final = {"iso8859-5": _CYRILLIC, "cp1251": _CYRILLIC, "koi8-r": _CYRILLIC, "iso8859-7": _GREEK}
_LEAST_TITLED: Final = 5  # letters: a Chinese name of two characters is four bytes


def chinese(text: bytes, sure: bool) -> bool:
    """Whether bytes read as Chinese names or words in GB18030.

    sure  half of the signs are common in such, or the first is a family name; otherwise all have to be of GB 2312,
          which few other bytes are, and a single one of its more frequent half
    """
    try:
        odd = [character for character in text.decode("gb18030") if character > "\x7f"]
    except UnicodeDecodeError:
        return False
    signs = [character for character in odd if "\u4e00" <= character <= "\u9fff"]
    if not signs or any(not _fits_chinese(character) for character in odd):
        return False
    common = sum(character in _COMMON or character in _SURNAMES for character in signs)
    if sure:
        return 2 * common >= len(signs) or (odd[0] in _SURNAMES and all(map(_gb2312, signs)))
    ordinary = sum(character.encode("gb18030")[0] in range(0xB0, 0xD8) for character in signs if _gb2312(character))
    return all(map(_gb2312, signs)) and (len(signs) > 1 or ordinary == 1)


def apart(text: bytes, codec: str) -> bool:
    """Whether bytes read as several Chinese signs or kana, however rare, and none of them beside an ASCII letter.

    So do few others: of a letter beyond ASCII and the next one would come a sign within a word.
    """
    try:
        words = [word for word in _BETWEEN.split(text.decode(codec)) if not word.isascii()]
    except UnicodeDecodeError:
        return False
    odd = "".join(words)
    return len(odd) > 1 and _SIGNS.fullmatch(odd) is not None


def _fits_chinese(character: str) -> bool:
    """Signs, punctuation and the full-width forms of what ASCII has."""
    return any(
        low <= character <= high
        for low, high in (
            ("\u3400", "\u9fff"),
            ("\u3000", "\u303f"),
            ("\uff00", "\uffef"),
            ("\u2010", "\u2027"),
            ("\U00020000", "\U0003ffff"),
            ("\xb7", "\xb7"),
        )
    )


def _gb2312(character: str) -> bool:
    raw = character.encode("gb18030")
    return len(raw) == 2 and raw[0] >= 0xA1 and raw[1] >= 0xA1


def traditional(text: bytes) -> bool:
    """Whether bytes read as a Chinese name in Big5: a family name in front, and frequent characters only."""
    try:
        odd = [character for character in text.decode("big5") if character > "\x7f"]
    except UnicodeDecodeError:
        return False
    return bool(odd) and odd[0] in _TRADITIONAL_SURNAMES and all(map(_frequent_big5, odd))


def _frequent_big5(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff" and character.encode("big5")[0] in _FREQUENT_BIG5


def hangul(text: bytes) -> bool:
    """Whether bytes read as a Korean name in EUC-KR: a family name in front, half of the rest common in given names."""
    try:
        odd = [character for character in text.decode("euc_kr") if character > "\x7f"]
    except UnicodeDecodeError:
        return False
    given = odd[1:]
    return (
        bool(odd)
        and odd[0] in _SYLLABLES
        and all("\uac00" <= character <= "\ud7a3" for character in given)
        and 2 * sum(character in _GIVEN for character in given) >= len(given)
    )


def latin_in_place(text: bytes) -> bool:
    """Whether every byte beyond ASCII is a letter of Latin-1 that stands among ASCII letters as it does in Europe."""
    words = [word for word in _WORD.findall(text) if not word.isascii()]
    return bool(words) and all(map(_latin_word, words))


def _latin_word(word: bytes) -> bool:
    letters = word.decode("latin-1")
    odd = [character for character in letters if character > "\x7f"]
    if not all(character.isalpha() and character not in "ªº\xb5" for character in odd):
        return False
    if len(letters) == 1:
        return True
    if 2 * len(odd) > len(letters):
        return False
    return letters.isupper() or letters[1:].islower() or _joined(letters)


def _joined(letters: str) -> bool:
    """McDønald, d'Été: capitals within, none of them beyond ASCII but after an apostrophe."""
    return all(c.islower() or c.isascii() or letters[k - 1 : k] in ("", "'") for k, c in enumerate(letters))


def one_script(text: str) -> bool:
    """Whether the letters beyond ASCII belong to one writing; Latin ones stand beside ASCII letters."""
    odd = [character for character in text if character > "\x7f"]
    block = next(((low, high) for low, high in _SCRIPTS if low <= ord(odd[0]) <= high), None) if odd else None
    if block is None or not all(character.isalpha() and block[0] <= ord(character) <= block[1] for character in odd):
        return False
    return block != _SCRIPTS[0] or any(c.isascii() and c.isalpha() for c in text)


def titled(text: bytes, codec: str) -> float:
    """How much bytes read as names with capitals in front in a Cyrillic or Greek character set: share of the letters
    that are frequent there, 0 where they are no such names."""
    try:
        words = [word for word in _BETWEEN.split(text.decode(codec)) if word and not word.isascii()]
    except UnicodeDecodeError:
        return 0.0
    block, frequent = _TITLED[codec]
    letters = [character for word in words for character in word]
    fit = all(word[0].isupper() and word[1:].islower() for word in words if len(word) > 1)
    if not fit or not any(len(word) >= _LEAST_TITLED for word in words) or any(ord(c) not in block for c in letters):
        return 0.0
    return sum(character in frequent for character in letters) / len(letters)
