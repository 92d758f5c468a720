"""Signs and words of currencies, folded, and those that mean the same."""

CURRENCIES = (
    "us$", "a$", "c$", "r$", "hk$", "nt$", "$", "€", "£", "¥", "₩", "₹", "₽", "₺", "₫", "฿", "₱", "₪", "usd", "eur", "euro",
    "euros", "gbp", "jpy", "krw", "cny", "chf", "inr", "rub", "руб", "руб.", "р.", "sek", "nok", "dkk", "pln", "czk", "huf", "zł",
    "kč", "kr", "kr.", "rs", "rs.", "원", "円", "元", "fr.", "sfr", "sfr.", "rp", "rp.", "s/", "idr", "brl", "mxn", "zar", "thb",
    "vnd", "cad", "aud", "nzd", "sgd", "hkd", "uah", "₴", "₦", "aed",
)  # fmt: skip
AFTER_ALONE = {"euro", "euros"}  # Euro 5 is a norm for cars
OF_CODES = set(
    "rub rp idr brl mxn zar thb vnd cad aud nzd sgd hkd uah aed".split()
)  # RP1000, but not Rp1000 and RP 1000
SAME = {
    "us$": "$", "usd": "$", "eur": "€", "euro": "€", "euros": "€", "gbp": "£", "jpy": "¥", "円": "¥", "krw": "₩", "원": "₩",
    "inr": "₹", "rs": "₹", "元": "cny", "kč": "czk", "zł": "pln", "rub": "₽", "руб": "₽", "р": "₽",
    "fr": "chf", "sfr": "chf", "rp": "idr",
}  # fmt: skip
WITHOUT_DECIMALS = set("₩ krw 원 ¥ jpy 円 ₫ vnd rp rp. idr".split())  # three digits more are thousands
