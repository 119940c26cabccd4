"""Who plays: Northwind Analytics, its people and products, and the companies that bought."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

ORGANIZATION, ZONE, PRODUCT = "Northwind Analytics", "Europe/Stockholm", "https://app.northwind.example.com/"
SERVER, BROWSER = "Northwind product", "Northwind app"

#: key: name, role, team, region. Mara becomes the admin when the demo is whole.
STAFF = {
    "mara": ("Mara Lindqvist", "manager", "success", "Nordics"),
    "tomas": ("Tomás Oliveira", "member", "success", "Iberia"),
    "noor": ("Noor Haddad", "member", "success", "UK"),
    "elias": ("Elias Brandt", "manager", "success", "DACH"),
    "ines": ("Ines Duarte", "member", "specialists", "Iberia"),
    "jonas": ("Jonas Weber", "member", "specialists", "DACH"),
    "priya": ("Priya Raman", "member", "trainers", "UK"),
    "sam": ("Sam Okafor", "member", "sales", "UK"),
    "hanna": ("Hanna Nyberg", "member", "sales", "Nordics"),
    "vic": ("Vic Moreau", "viewer", "finance", "France"),
}
SELLERS = ("sam", "hanna")
#: What onboarding has of their time, in percent, where that is not all of it.
SHARES = {"Jonas Weber": 40, "Priya Raman": 80}

#: name: series, list price a year.
PRODUCTS = {
    "Insight Start": ("Insight", 1_200),
    "Insight Team": ("Insight", 18_000),
    "Insight Enterprise": ("Insight", 72_000),
    "Forecast": ("Add-ons", 24_000),
}

FIRST = (
    "Dana", "Amir", "Lucia", "Henrik", "Grace", "Mateus", "Yuki", "Carla", "Owen", "Fatima", "Pavel", "Sofia",
    "Leo", "Ingrid", "Kofi", "Anna", "Marc", "Wei", "Rosa", "Nils", "Tara", "Bruno", "Elif", "Jack", "Nadia",
    "Sven", "Olga", "Hugo", "Maya", "Ivan", "Clara", "Ravi", "Emma", "Tariq", "Julia", "Finn", "Amara", "Luca",
    "Greta", "Simon",
)  # fmt: skip
LAST = (
    "Whitfield", "Sato", "Moretti", "Larsen", "Adeyemi", "Costa", "Novak", "Berg", "Kaya", "Dubois", "Petrov",
    "Hughes", "Silva", "Meyer", "Osei", "Lindholm", "Rossi", "Tanaka", "Vargas", "Jensen", "Clarke", "Haas",
    "Demir", "Fischer", "Ali", "Nilsson", "Popov", "Martin", "Chopra", "Becker", "Romano", "Khan", "Walsh",
    "Andersson", "Mensah", "Ferrari", "Schulz", "Ortiz", "Blom", "Keane",
)  # fmt: skip
TITLES = {
    "champion": "Head of operations",
    "project_owner": "Project lead",
    "sponsor": "Chief operating officer",
    "admin": "Systems administrator",
}


@dataclass(frozen=True)
class Company:
    """One account. `days` ago it signed (None: not yet); `story` is how it goes, `told` what the story is given."""

    name: str
    industry: str
    country: str
    zone: str
    amount: int
    seats: int
    owner: str
    story: str
    days: int | None = None
    complexity: str = "standard"
    told: dict[str, Any] = field(default_factory=dict)

    @property
    def slug(self) -> str:
        """Its name for mail addresses and the product's own id."""
        return "-".join("".join(c if c.isalnum() else " " for c in self.name.lower()).split())


SE, DE, PT, UK, ES, FR = (
    ("Sweden", "Europe/Stockholm"),
    ("Germany", "Europe/Berlin"),
    ("Portugal", "Europe/Lisbon"),
    ("United Kingdom", "Europe/London"),
    ("Spain", "Europe/Madrid"),
    ("France", "Europe/Paris"),
)

COMPANIES = (
    # Strategic and enterprise: seven stages, the strategic ones with what leaders ask for.
    Company("Acme Freight", "Logistics", *SE, 84_000, 14, "mara", "seven", 31, told={"stop": "integration"}),
    Company("Globex Energy", "Energy", *DE, 180_000, 16, "elias", "seven", 126, "complex", {"pace": 1.2}),
    Company("Umbra Telecom", "Telecom", *ES, 91_000, 12, "tomas", "seven", 112, told={"pace": 0.9}),
    Company("Vantage Airlines", "Travel", *UK, 140_000, 14, "mara", "seven", 20, "simple", {"pace": 0.45}),
    Company("Wexford Bank", "Finance", *UK, 125_000, 15, "noor", "seven", 47, "complex", {"stop": "value"}),
    Company("Xylo Pharma", "Pharma", *DE, 76_000, 12, "elias", "seven", 33, told={"stop": "kickoff"}),
    Company("Yarrow Logistics", "Logistics", *SE, 62_000, 10, "mara", "seven", 12),
    Company("Zephyr Automotive", "Manufacturing", *DE, 210_000, 16, "elias", "seven", 58, told={"pace": 0.9}),
    Company("Atlas Cement", "Manufacturing", *PT, 58_000, 9, "tomas", "seven", 12, told={"stop": "handoff"}),
    Company("Borealis Shipping", "Logistics", *SE, 66_000, 10, "mara", "seven", 0),
    Company("Cascade Utilities", "Energy", *ES, 71_000, 11, "tomas", "seven", 4),
    Company("Delphi Robotics", "Manufacturing", *DE, 88_000, 12, "elias", "seven", 61, told={"paused": 30}),
    Company("Evergreen Paper", "Paper", *SE, 54_000, 9, "noor", "seven", 98, told={"left": 48, "stop": "value"}),
    # Mid-market: sixty days.
    Company("Brightline Clinics", "Health", *UK, 22_000, 8, "noor", "sixty", 97),
    Company("Cobalt Outfitters", "Retail", *FR, 18_000, 7, "tomas", "sixty", 84, told={"pace": 1.1}),
    Company("Fernway Foods", "Food", *PT, 31_000, 9, "tomas", "sixty", 108, told={"pace": 0.8}),
    Company("Juniper Hotels", "Travel", *ES, 27_000, 8, "mara", "sixty", 24, told={"pace": 0.5}),
    Company("Kestrel Insurance", "Finance", *UK, 42_000, 10, "noor", "sixty", 41, told={"stop": "value"}),
    Company("Lumen Media", "Media", *FR, 16_000, 6, "noor", "sixty", 30, told={"stop": "kickoff"}),
    Company("Meridian Labs", "Health", *DE, 38_000, 9, "elias", "sixty", 27, told={"stop": "integration"}),
    Company("Northgate Fitness", "Leisure", *SE, 14_000, 6, "mara", "sixty", 10, told={"stop": "handoff"}),
    Company("Oakline Furniture", "Retail", *SE, 19_000, 7, "mara", "sixty", 16),
    Company("Pemberton Legal", "Legal", *UK, 33_000, 8, "noor", "sixty", 39),
    Company("Quarry Stone", "Construction", *PT, 24_000, 7, "tomas", "sixty", 53),
    Company("Redwood Realty", "Real estate", *ES, 21_000, 7, "tomas", "sixty", 33, told={"paused": 17}),
    Company("Sable Cosmetics", "Retail", *FR, 17_000, 6, "noor", "sixty", 72, told={"left": 25, "stop": "integration"}),
    Company("Tidewater Press", "Media", *UK, 12_000, 5, "noor", "sixty", 3),
    # Self-serve: the funnel.
    Company("Birch & Bloom", "Design", *SE, 1_200, 4, "mara", "self_serve", 62),
    Company("Pixel Orchard", "Design", *PT, 2_400, 5, "tomas", "self_serve", 76, told={"pace": 1.4}),
    Company("Kite Cafés", "Food", *DE, 1_800, 5, "elias", "self_serve", 9, told={"pace": 0.5}),
    Company("Solo Ledger", "Finance", *UK, 1_200, 3, "noor", "self_serve", 20, told={"stop": "first_project"}),
    Company("Nimbus Tutors", "Education", *ES, 1_200, 4, "tomas", "self_serve", 25, told={"stop": "nothing"}),
    Company("Harbor Yoga", "Leisure", *SE, 1_200, 3, "mara", "self_serve", 11),
    Company("Tinker Labs", "Design", *DE, 3_600, 5, "elias", "self_serve", 2),
    Company("Maple Row Books", "Retail", *UK, 2_400, 4, "noor", "self_serve", 44, told={"stop": "unpaid"}),
    Company("Quill & Co", "Media", *FR, 1_200, 3, "noor", "self_serve", 38, told={"left": 18, "stop": "first_project"}),
    # Won, and waiting for somebody to choose the playbook; and not won yet.
    Company("Foxglove Academy", "Education", *UK, 9_000, 6, "noor", "waiting", 1),
    Company("Granite Partners", "Consulting", *DE, 28_000, 8, "elias", "waiting", 3),
    Company("Halcyon Biotech", "Pharma", *DE, 95_000, 14, "elias", "prospect"),
    Company("Indigo Travel", "Travel", *ES, 23_000, 8, "tomas", "prospect"),
    Company("Jasper Mining", "Mining", *SE, 160_000, 15, "mara", "prospect"),
    Company("Larkspur Events", "Leisure", *FR, 8_000, 5, "noor", "prospect", told={"lost": True}),
)

GOALS = {
    "Logistics": ("Know by nine which trucks will be late", "Cut waiting time at the ramp by a tenth"),
    "Finance": ("Close the month two days earlier", "See risk by client every morning"),
    "Retail": ("Know tonight what to reorder tomorrow", "Halve the stock that nobody buys"),
    "Health": ("See free appointments of all houses in one place", "Send the quality report without a spreadsheet"),
    "Manufacturing": ("Find the machine that will fail before it does", "One figure for scrap in all plants"),
    "Energy": ("Forecast demand for the next day within three percent", "Report emissions without a spreadsheet"),
}
OTHER_GOALS = ("One weekly report that everybody believes", "Stop building the numbers by hand every Monday")
#: What somebody won, and what it rests on.
WINS = (
    ("Found the late ones an hour earlier", "their dispatch list, two weeks side by side"),
    ("The Monday report writes itself", "four hours a week by their own time sheet"),
    ("Two tools fewer to pay for", "both contracts were ended in writing"),
    ("One meeting a week less", "the calendar of the leadership team"),
    ("A double order was seen before it left", "their order book, and what it would have cost"),
    ("New people find their figures alone", "no question to their analysts in three weeks"),
    ("The board pack took a day instead of a week", "told by their finance lead in the review"),
)
