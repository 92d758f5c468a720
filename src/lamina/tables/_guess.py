"""Which old encoding a text is in, by the characters that each would make of its bytes.

Detectors made for pages of prose tell little about the few words of a table. Each candidate is scored by its different words:
how many of their characters are such as people write in it, in the core part of its character set and among the most frequent,
and whether vowels and consonants stand where they do in words. Candidates that come close to the best leave it open.
"""

import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass, replace

_HANGUL = (
    "이다는에의가을를고하지기사한은로인어리자대도시아정나부보서일해장제수그라여전주구성원상조선스유소동공학국비경마화년교문남"
    "안생위모우데게들과만거무신면말었습니요네내방물미발산오개계관양차식실호천강연영용세진저중지체청충치카타파포품표하현형"
    "김박최정이임윤권황울북구광직별름월금토점행회건간격결남녀총합년월분초명번원점수량율률값등급종류색크트드프컷암수있없음됨함임"
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
_SIGNS = set("€‚„…‰‹›‘’“”•–—™¡¢£¥§©«»®°±²³µ·¿½¼¾×÷ºª\u00a0")
_OPENING, _JOINING = set("‚„‹«¿¡"), set("’·–—\u00a0")  # signs that follow no letter, or stand between two


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


def _is_half_kana(character: str) -> bool:
    return "\uff66" <= character <= "\uff9f"


# Encoding -> (which characters are usual, what one of these counts, the most frequent of them). The narrower, the more it tells.
_DOUBLE: dict[str, tuple[Callable[[str], bool], float, set[str]]] = {
    "cp949": (_core("cp949", 0xB0, 0xC8), 0.75, set(_HANGUL)),
    "gb18030": (_core("gb18030", 0xB0, 0xD7), 0.55, set(_SIMPLE)),
    "cp932": (_core("cp932", 0x88, 0x97, 0x40), 0.5, set(_JAPANESE)),
    "euc_jp": (_core("euc_jp", 0xB0, 0xCF), 0.45, set(_JAPANESE)),
    "big5": (_core("big5", 0xA4, 0xC6, 0x40), 0.45, set(_FULL)),
}


@dataclass(frozen=True)
class _Script:
    """What a single-byte encoding is written for.

    Attributes:
        usual: letters outside ASCII that are usual in its languages; of Latin ones, a text for each language.
        vowels: of these and of ASCII; none where vowels are not written.
        first, last: its letters.
    """

    usual: tuple[str, ...]
    vowels: str
    first: str
    last: str

    def has(self, letter: str) -> bool:
        return self.first <= letter <= self.last


_LATIN_VOWELS = "aeiouyáàâäãåæéèêëíìîïóòôöõøœúùûüýÿąęěėőűůăıĺ"
_LATIN = "\u00c0", "\u017e"
_CYRILLIC = _Script(("оеаинтсрвлкмдпуяыьгзбчйхжшюцщэф",), "аеёиоуыэюяєіїў", "\u0401", "\u0457")
_WESTERN = _Script(("éèêëàâùûîïôçœæ", "äöüßé", "áéíóúñü", "ãõáâàéêíóôúç", "åäöæøé", "àèéìòù"), _LATIN_VOWELS, *_LATIN)
# In the order in which they are taken where their texts are the same.
_SINGLE = {
    "cp1252": _WESTERN,
    "cp1250": _Script(("ąćęłńśźżó", "áčéěíňóřšťúůýž", "áéíóöőúü", "čćžšđ", "äöüß"), _LATIN_VOWELS, *_LATIN),
    "cp1254": _Script(("ğıİşöüçâîû",), _LATIN_VOWELS, *_LATIN),
    "cp1253": _Script(("αοιετσνηυρπκμλςωγδχθάέίόύήώβφξζ",), "αειηουωάέίόύήώϊϋ", "\u0386", "\u03ce"),
    "cp1251": _CYRILLIC,
    "koi8_r": _CYRILLIC,
    "cp866": _CYRILLIC,
    "mac_roman": _WESTERN,
    "cp850": _WESTERN,
    "cp437": _WESTERN,
    "cp1255": _Script(("יוהלאמרתבשנכםדחפקעזגסטץןך",), "", "\u05d0", "\u05ea"),
}
_OLD = {  # which few files are in today, and bytes of which some stand in their texts
    "mac_roman": frozenset((*range(0x80, 0xA0), 0xAE, 0xAF, 0xBE, 0xBF)),
    "cp850": frozenset(range(0x80, 0xA6)),
    "cp437": frozenset(range(0x80, 0xA6)),
    "cp866": frozenset(range(0x80, 0xB0)),
}
_OF_OLD = 0.9
_APOSTROPHE = re.compile(r"(?<=[^\W\d_])’(?=(?:s|t|re|ll|ve|d|m)\b)|\b[dlDLO]’(?=[^\W\d_])")  # í of Mac Roman
_LEAST = 0.45
_NEAR, _NEAREST, _NEAR_LATIN = 0.1, 0.24, 0.05  # scores apart that leave it open
_TOP = 10  # letters of a script that most of a text consists of


@dataclass(frozen=True)
class Candidate:
    """An encoding, its score from 0 to 1, and a word of the file as it reads it."""

    encoding: str
    score: float
    word: str


def guess(content: bytes) -> list[Candidate]:
    """The encoding that fits best, first, and those that come near it with other texts; none if no candidate fits."""
    odd = b"\n".join(dict.fromkeys(line for line in content.splitlines() if not line.isascii()))
    found: dict[str, tuple[Candidate, list[str]]] = {}
    is_paired = _is_paired(odd)
    for encoding in (*_DOUBLE, *_SINGLE):
        if encoding in _OLD and _OLD[encoding].isdisjoint(odd):
            continue
        try:
            text = odd.decode(encoding)
        except UnicodeError:
            continue
        if any(unicodedata.category(c) in ("Cc", "Cn", "Co") and c not in "\t\n\r\f" for c in set(text)):
            continue
        words = list(dict.fromkeys(re.findall(r"[^\s,;|\"]*[^\x00-\x7f][^\s,;|\"]*", text)))
        score = _score(words, encoding, is_paired)
        if text not in found or score > found[text][0].score:
            found[text] = Candidate(encoding, score, _longest(words)), words
    best, words = max(found.values(), key=lambda pair: pair[0].score, default=(Candidate("", 0.0, ""), []))
    if best.score < _LEAST:
        return []
    characters = len({c for c in "".join(words) if not c.isascii()})
    candidates = [best]
    for other, others in sorted(found.values(), key=lambda pair: -pair[0].score):
        if best.encoding not in _OLD and other.encoding in _OLD and _have_apostrophes_alone(words):
            continue
        if other != best and _lead(best, words, other, others, is_paired) <= _near(best, other, characters):
            candidates.append(replace(other, word=_longest([w for w in others if w not in words])))
            candidates[0] = replace(best, word=_longest([w for w in words if w not in others]))
    return candidates


def _have_apostrophes_alone(words: list[str]) -> bool:
    """Whether the only characters outside ASCII are apostrophes where English, French and Italian have them."""
    return all(_APOSTROPHE.sub("", word).isascii() for word in words)


def _near(best: Candidate, other: Candidate, characters: int) -> float:
    """How close scores of two candidates leave it open, the more the fewer different characters there are."""
    if best.encoding in _DOUBLE and other.encoding in _DOUBLE:
        return _NEAR / 2 + 0.21 / characters
    is_latin = all(c.encoding in _SINGLE and _SINGLE[c.encoding].first == _LATIN[0] for c in (best, other))
    return _NEAR_LATIN if is_latin else min(_NEAR + 0.3 / characters, _NEAREST)


def _longest(words: list[str]) -> str:
    return max(words, key=len, default="")[:30]


def _lead(best: Candidate, words: list[str], other: Candidate, others: list[str], is_paired: bool) -> float:
    """By how much one candidate is better than another, in all words or in those that they read differently."""
    if len(words) != len(others):
        return best.score - other.score
    differ = [(a, b) for a, b in zip(words, others) if a != b]
    mine, theirs = ([pair[k] for pair in differ] for k in (0, 1))
    here = _score(mine, best.encoding, is_paired) - _score(theirs, other.encoding, is_paired)
    return max(here, best.score - other.score)


def _is_paired(odd: bytes) -> bool:
    """Whether bytes outside ASCII always come in pairs as in the core of double-byte sets."""
    runs = re.findall(rb"[\x80-\xff]+", odd)
    return all(len(run) % 2 == 0 and all(0xB0 <= b <= 0xF7 for b in run[::2]) and min(run) > 0xA0 for run in runs)


def _score(words: list[str], encoding: str, is_paired: bool) -> float:
    """From 0 to 1: how much of the words is as people write it."""
    if not any(not word.isascii() for word in words):
        return 0.0
    if encoding in _DOUBLE:
        return _score_of_double(" ".join(words), *_DOUBLE[encoding])
    script = _SINGLE[encoding]
    prior = _OF_OLD if encoding in _OLD else 1.0
    scored = [(_score_of_word(word, script), sum(not c.isascii() for c in word)) for word in words]
    score = prior * sum(score * size for score, size in scored) / sum(size for _, size in scored)
    return score * (0.6 + 0.4 * 0.5 ** (len(words) - 1)) if is_paired else score


def _score_of_double(text: str, is_core: Callable[[str], bool], of_core: float, frequent: set[str]) -> float:
    letters = [c for c in text if not c.isascii() and unicodedata.category(c)[0] not in "PSZN"]
    if not letters or re.search(r"[a-z][^\x00-\x7f]|[^\x00-\x7f][a-z]", text):  # an accent among plain letters
        return 0.0
    good = [1.0 if c in frequent else max(of_core * is_core(c), _score_of_syllable(c, frequent)) for c in letters]
    usual = sum(score > 0 for score in good) / len(good)
    return usual**2 * sum(good) / len(good)


def _score_of_syllable(c: str, frequent: set[str]) -> float:
    """What kana count where Japanese is written, and elsewhere; and the rarer syllables of Hangul."""
    if _is_kana(c):
        return 1.0 if "日" in frequent and "的" not in frequent else 0.5
    return 0.6 if _is_half_kana(c) else 0.4 if "가" <= c <= "힣" else 0.0


def _score_of_word(text: str, script: _Script) -> float:
    """How much a piece of text with letters or signs of a script is one that people write."""
    scores = []
    for i, c in enumerate(text):
        if not c.isascii() and (not c.isalpha() or c in "ªºµ"):
            before, after = text[max(i - 1, 0) : i], text[i + 1 : i + 2]
            is_strange = c == "\u00a0" and script.first != _LATIN[0] and (before + after).isascii()
            scores.append(0.0 if is_strange else _score_of_sign(before, c, after))
    for word in re.findall(r"[^\W\d_µªº]+", text):
        odd = sum(not c.isascii() for c in word)
        scores += [_score_of_letters(word, script)] * odd if odd else []
    return sum(scores) / len(scores) if scores else 0.0


def _score_of_sign(before: str, sign: str, after: str) -> float:
    is_between = before.isalpha() and after.isalpha()
    if sign not in _SIGNS or (is_between and sign not in _JOINING) or (sign == "·" and not is_between):
        return 0.0
    is_foreign = any(c.isalpha() and not c.isascii() for c in (before, after)) and sign not in "‘’“”»«„…"
    return 0.0 if is_foreign or (before.isalpha() and sign in _OPENING) else 0.9


def _score_of_letters(word: str, script: _Script) -> float:
    is_latin = script.first == _LATIN[0]
    if not all(script.has(c) or (is_latin and c.isascii()) for c in word):
        return 0.0
    if script.vowels and not (word.islower() or word.istitle() or word.isupper()):
        return 0.0
    letters = word.casefold() if word != "ß" else word
    odd = [i for i, c in enumerate(word) if not c.isascii()]
    if is_latin and len(odd) == len(word):
        return 0.3 if len(word) < 3 else 0.7  # accented letters stand among plain ones
    foreign = [word[i] for i in odd]
    score = _share_of_usual(foreign, script.usual) if is_latin else _share_of_top(foreign, script.usual[0])
    score *= 0.92 if word.isupper() and len(word) > 1 else 0.7 if len(word) == 1 else 1.0
    if not script.vowels:
        return 0.9 * score
    is_vowel = [c in script.vowels for c in letters]
    if len(word) > 1 and not any(is_vowel):
        return 0.4 * score
    if is_latin:
        near = [i for i in odd if _fits_neighbours(letters, is_vowel, i)]
        return score * (0.6 + 0.4 * len(near) / len(odd))
    runs = "".join("CV"[v] for v in is_vowel)
    score *= 0.7 if "CCCC" in runs or "VVVV" in runs else 0.92 if runs.startswith("CCC") or "VVV" in runs else 1.0
    return score * (0.8 if letters[0] in "йьъы" else 1.0)


def _share_of_usual(letters: list[str], alphabets: tuple[str, ...]) -> float:
    """1 for letters of one language, less for others."""
    shares = [sum(c in alphabet or c.lower() in alphabet for c in letters) / len(letters) for alphabet in alphabets]
    return 1.0 if max(shares) == 1 else 0.6


def _share_of_top(letters: list[str], alphabet: str) -> float:
    """1 for the most frequent letters of a script, less for others."""
    places = [alphabet.find(c.lower()) for c in letters]
    return sum(0.4 if place < 0 else 1.0 if place < _TOP else 0.75 for place in places) / len(places)


def _fits_neighbours(letters: str, is_vowel: list[bool], i: int) -> bool:
    """Whether a vowel stands beside a consonant, or a consonant beside a vowel; ñ stands before a vowel, ń before none."""
    after = is_vowel[i + 1 : i + 2]
    if letters[i : i + 1] in ("ñ", "ń"):
        return (True in after) == (letters[i] == "ñ")
    beside = is_vowel[max(i - 1, 0) : i] + after
    return not beside or any(v != is_vowel[i] for v in beside)
