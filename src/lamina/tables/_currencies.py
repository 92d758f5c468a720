"""Signs and words of currencies, folded, and those that mean the same."""

CURRENCIES = (
    "us$", "a$", "c$", "r$", "hk$", "nt$", "$", "€", "£", "¥", "₩", "₹", "₽", "₺", "₫", "฿", "₱", "₪", "usd", "eur", "euro",
    "euros", "gbp", "jpy", "krw", "cny", "chf", "inr", "rub", "руб", "руб.", "р.", "sek", "nok", "dkk", "pln", "czk", "huf", "zł",
    "kč", "kr", "kr.", "rs", "rs.", "원", "円", "元",
)  # fmt: skip
SAME = {
    "us$": "$", "usd": "$", "eur": "€", "euro": "€", "euros": "€", "gbp": "£", "jpy": "¥", "円": "¥", "krw": "₩", "원": "₩",
    "inr": "₹", "rs": "₹", "元": "cny", "kč": "czk", "zł": "pln", "rub": "₽", "руб": "₽", "р": "₽",
}  # fmt: skip
