"""Which old encoding a text is in, by the characters that each would make of its bytes.

Detectors made for pages of prose tell little about the few words of a table. Each candidate is scored by how many of its
characters are such as people write in it: in the core part of its character set, and among the most frequent.
"""

import re
import unicodedata
from collections.abc import Callable

_HANGUL = (
    "이다는에의가을를고하지기사한은로인어리자대도시아정나부보서일해장제수그라여전주구성원상조선스유소동공학국비경마화년교문남"
    "안생위모우데게들과만거무신면말었습니요네내방물미발산오개계관양차식실호천강연영용세진저중지체청충치카타파포품표하현형"
    "김박최정이임윤권황울북구광직별름월금토점행회건간격결남녀총합년월분초명번원점수량율률값등급종류색크트드프컷암수"
)
_SIMPLE = (
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去"
    "法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点"
    "正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教儿"
    "原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市直德"
    "资命山金指克许统区保至队形社便空决治展马科司五基眼书非则白却界达光放强即像难且权思王象完设式色路记南品住告类求据程北边张交规万取"
    "格望术领共确传师观清今切院京广州深圳杭姓城伟芳李刘江苏浙湖省县价值男性别号码"
)
_FULL = (
    "的一是不了在人有我他這個們中來上大為和國地到以說時要就出會可也你對生能而子那得於著下自之年過發後作裡用道行所然家種事成方多經麼去"
    "法學如都同現當沒動面起看定天分還進好小部其些主樣理心她本前開但因只從想實日軍者意無力它與長把機十民第公此已工使情明性知全三又關點"
    "正業外將兩高間由問很最重並物手應戰向頭文體政美相見被利什二等產或新己制身果加西斯月話合回特代內信表化老給世位次度門任常先海通教兒"
    "原東聲提立及比員解水名真論處走義各入幾口認條平系氣題活爾更別打女變四神總何電數安少報才結反受目太量再感建務做接必場件計管期市直德"
    "資命山金指克許統區保至隊形社便空決治展馬科司五基眼書非則聽白界達光放強即像難且權思王象完設式色路記南品住告類求據程北邊張交規萬取"
    "臺灣縣雄竹園價值男號碼"
)
_JAPANESE = (
    "日一国人年大十二本中長出三時行見月後前生五間上東四今金九入学高円子外八六下来気小七山話女北午百書先名川千水半男西電校語土木聞食車何南"
    "万毎白天母火右読友左休父雨京都阪府県市区町村田藤佐鈴木価格数量性別番号"
)
_WESTERN = set("€‚„…‰‹›‘’“”•–—™¡¢£¥§©«»®°±²³µ·¿½¼¾×÷ºª\u00a0")


def _core(encoding: str, low: int, high: int, trail: int = 0xA1) -> Callable[[str], bool]:
    """Whether a character lies in the rows `low` to `high` of a double-byte set, where the usual ones are.

    `trail` is the lowest second byte in these rows.
    """

    def is_core(character: str) -> bool:
        code = character.encode(encoding)
        return len(code) == 2 and low <= code[0] <= high and code[1] >= trail

    return is_core


def _is_kana(character: str) -> bool:
    return "\u3041" <= character <= "\u30ff"


# Encoding -> (which characters are usual, the most frequent of them).
_DOUBLE: dict[str, tuple[Callable[[str], bool], set[str]]] = {
    "cp949": (_core("cp949", 0xB0, 0xC8), set(_HANGUL)),
    "gb18030": (_core("gb18030", 0xB0, 0xD7), set(_SIMPLE)),
    "cp932": (_core("cp932", 0x88, 0x97, 0x40), set(_JAPANESE)),
    "euc_jp": (_core("euc_jp", 0xB0, 0xCF), set(_JAPANESE)),
    "big5": (_core("big5", 0xA4, 0xC6, 0x40), set(_FULL)),
}
# Encoding -> (first and last letter of its script, how far it is trusted: what both could be is read as Western).
_SINGLE = {
    "cp1252": ("\u00c0", "\u017e", 0.95), "cp1250": ("\u00c0", "\u017e", 0.94), "cp1253": ("\u0386", "\u03ce", 0.94),
    "cp1251": ("\u0401", "\u0457", 0.95), "koi8_r": ("\u0401", "\u0457", 0.95),
}  # fmt: skip
_LEAST = 0.2


def guess(content: bytes) -> str | None:
    """The name of the encoding, or None if no candidate fits."""
    odd = b"\n".join(line for line in content.splitlines() if not line.isascii())
    scores = {}
    for encoding in (*_DOUBLE, *_SINGLE):
        try:
            text = odd.decode(encoding)
            content.decode(encoding)
        except UnicodeError:
            continue
        if not any(unicodedata.category(c) == "Cc" and c not in "\t\n\r\f" for c in set(text)):
            scores[encoding] = _score(text, encoding)
    best = max(scores, key=lambda name: scores[name], default=None)
    return best if best is not None and scores[best] >= _LEAST else None


def _score(text: str, encoding: str) -> float:
    """From 0 to 1: how much of the text outside ASCII is as people write it."""
    if encoding in _DOUBLE:
        return _score_of_double(text, *_DOUBLE[encoding])
    return _score_of_single(text, *_SINGLE[encoding])


def _score_of_double(text: str, is_core: Callable[[str], bool], frequent: set[str]) -> float:
    letters = [c for c in text if not c.isascii() and unicodedata.category(c)[0] not in "PSZN"]
    if not letters:
        return 0.0
    good = sum(1.0 if c in frequent or _is_kana(c) else 0.5 * is_core(c) for c in letters)
    return good / len(letters)


def _score_of_single(text: str, first: str, last: str, trust: float) -> float:
    """Signs that people use, and words of one script, in small letters or with a capital or all in capitals."""
    odd = [c for c in text if not c.isascii()]
    good = sum(c in _WESTERN for c in odd)
    is_latin = first == "\u00c0"
    for word in re.findall(r"[^\W\d_µªº]+", text):
        letters = sum(not c.isascii() for c in word)
        if not letters or not (word.islower() or word.istitle() or word.isupper()):
            continue
        if all(first <= c <= last or (is_latin and c.isascii()) for c in word):
            # Accented letters stand among plain ones; a word of another script has no ASCII in it.
            good += letters if not is_latin or 4 * letters <= 3 * len(word) else 0
    return trust * good / len(odd) if odd else 0.0
