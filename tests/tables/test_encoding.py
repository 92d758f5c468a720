"""Bytes of many encodings and writing systems are read right, or not at all."""

import pytest

from lamina.tables._encoding import decode
from lamina.tables._errors import TableError

KOREAN = "이름,도시\n" + "김철수,서울\n이영희,부산\n박민수,대구\n최지우,제주\n" * 5
JAPANESE = "名前,都市\n" + "さくら,東京\nネコ,大阪\n田中,京都\n" * 5
CHINESE = "姓名,城市\n" + "张伟,北京\n王芳,上海\n李娜,广州\n刘洋,深圳\n" * 5
RUSSIAN = "имя,город\n" + "Иван,Москва\nПётр,Казань\nОльга,Самара\n" * 5
LATIN = "nom,ville\n" + "Zoé,Besançon\nRené,Sète\nMüller,Köln\nÅsa,Malmö\n" * 3
EURO = "name,price\n" + "a,5 €\nb,“7” €\n"
POLISH = "imię,miasto\n" + "Łucja,Łódź\nŻaneta,Kraków\n" * 3
TAIWANESE = "姓名,城市\n" + "陳大明,臺北\n林小美,高雄\n" * 3
DISKS = "ort,x\n" + "Köln,1\nMünchen,2\nGröße,3\nÄpfel,4\n" * 2
GREEK = "όνομα,πόλη\n" + "Νίκος,Αθήνα\n" * 3


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        *((t, e) for t in (KOREAN, JAPANESE, CHINESE, RUSSIAN, LATIN, GREEK) for e in ("utf-8", "utf-8-sig", "utf-16", "utf-32")),
        (KOREAN, "cp949"), (KOREAN, "euc-kr"), (JAPANESE, "shift_jis"), (JAPANESE, "cp932"), (JAPANESE, "euc-jp"),
        (CHINESE, "gb18030"), (CHINESE, "gbk"), (CHINESE, "gb2312"), (RUSSIAN, "cp1251"), (RUSSIAN, "koi8-r"),
        (POLISH, "cp1250"), (GREEK, "cp1253"), (TAIWANESE, "big5"), ("v,w\n1,10 °C\n2,3 µm\n", "latin-1"),
        ("a,b\n1,東京\n", "cp932"), ("a,b\n1,北京\n", "gb18030"), ("a,b\n1,서울\n", "cp949"), ("a,b\n1,Москва\n", "cp1251"),
        (LATIN, "cp1252"), (LATIN, "latin-1"), (EURO, "cp1252"), (JAPANESE, "iso2022_jp"),
        ("a,b\n1,Iğdır\n2,Şişe\n", "cp1254"), ("x,y\n1,阿德利\n2,巴布亚\n3,帽带\n", "gb18030"),
        ("x,y\n1,ソニー\n2,表示\n3,能力\n", "cp932"), ("x,y\n1,사과\n2,배\n3,귤\n", "cp949"),
        ("x,y\n1,Αδελι\n2,Γεντου\n", "cp1253"),
        ("x,y\n1,남\n2,여\n", "cp949"), ("x,y\n1,고\n2,중\n3,저\n", "cp949"), ("x,y\n1,Łódź\n2,Gdańsk\n", "cp1250"),
        ("x,y\n1,très\n2,coût élevé\n3,naïve\n", "cp1252"), ("x,y\n1,NIÑO\n2,NIÑA\n", "cp1252"),
        ("a,b\n1,Zürich\n", "latin-1"), ("a,종\n1,젠투\n2,턱끈\n", "cp949"),
        (DISKS, "mac_roman"), (DISKS, "cp850"), (DISKS, "cp437"), (RUSSIAN, "cp866"), ("x,y\n1,Köln\n2,Rom\n", "mac_roman"),
        ("x,y\n1,Málaga\n2,niño\n", "mac_roman"), ("x,y\n1,Málaga\n2,niño\n", "cp850"),
        ("x,y\n1,Tromsø\n", "latin-1"), ("x,y\n1,Bodø\n2,sjø\n", "iso8859-15"), ("x,y\n1,työ\n2,Hämeenlinna\n", "cp1252"),
        ("x,y\n1,Örebro\n2,kvinna-ä\n", "cp1252"), ("x,y\n1,don’t\n2,St. John’s\n", "cp1252"), ("x,y\n1,l’eau\n", "cp1252"),
        ("a,b\n1,2\n", "utf-16-le"), ("a,b\n1,2\n", "utf-16-be"),
    ],
)  # fmt: skip
def test_encodings(text, encoding):
    got, notes = decode(text.encode(encoding), "t.csv")
    assert got == text
    is_unicode = encoding.startswith("utf")
    assert bool(notes) == (not is_unicode or encoding in ("utf-16-le", "utf-16-be"))


def test_an_encoding_that_is_told_is_taken():
    assert decode(GREEK.encode("cp1253"), "t.csv", "cp1253") == (GREEK, [])
    with pytest.raises(TableError, match="no encoding of this name"):
        decode(b"a", "t.csv", "cp9999")
    with pytest.raises(TableError, match=r"t\.csv: not in the encoding utf-8 \(line 2: "):
        decode("a\né\n".encode("latin-1"), "t.csv", "utf-8")


def test_what_is_no_text(tmp_path):
    for content in (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", bytes(range(256)) * 4):
        with pytest.raises(TableError, match="no text file"):
            decode(content, "t.csv")
    with pytest.raises(TableError, match=r"begins like utf-16 but is not \(line 1"):
        decode(b"\xff\xfea", "t.csv")


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("a,b\n1,Adélie\n2,Évêque\n3,Ñandú\n".encode() + b"4,\xc9v\n", r"UTF-8 but for some bytes, .*line 5: b'\\xc9v"),
        ("x,y\n1,é\n2,b\n".encode("cp1252"), "too little tells which encoding .* Name it with --encoding"),
        ("x,y\n1,да\n2,нет\n".encode("cp1251"), r"too little tells .*CP1251 \('нет'\)"),
        ("x,y\n1,ДА\n2,НЕТ\n".encode("cp1251"), r"too little tells .*CP1251 \('НЕТ'\)"),
        ("x,y\n1,ΑΔΕΛΙΟΣ\n2,ΓΕΝΤΟΥ\n".encode("cp1253"), r"CP1253 \('ΑΔΕΛΙΟΣ'\)"),
        ("x,y\n1,Köln\n2,Rom\n".encode("cp850"), r"too little tells .*MAC_ROMAN \('Kîln'\), CP850 \('Köln'\)"),
        (b"x,y\n1,\x81\x8d\n", "neither UTF-8 nor another encoding that can be told"),
        ("x,y\n1,猫\n2,狗\n".encode("gb18030"), "too little tells"),
    ],
)  # fmt: skip
def test_what_cannot_be_told_is_refused(content, message):
    with pytest.raises(TableError, match=message):
        decode(content, "t.csv")


def test_the_note_shows_a_word():
    assert "CP949, as in '젠투'" in decode("a,b\n1,젠투\n2,턱끈\n".encode("cp949"), "t.csv")[1][0]
