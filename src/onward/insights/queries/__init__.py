"""What is read of the read models: the portfolio, its tiles, and the history of journeys."""

from onward.insights.queries.board import Card, Column, Stay, board, labels_in_use, stands, stays_of
from onward.insights.queries.bulk import BulkLine, BulkView, Recipient, bulk, letter, recipient
from onward.insights.queries.conditions import FIRST_VALUE, Filters
from onward.insights.queries.elapsed import funnel, time_to
from onward.insights.queries.history import Ttfv, playbooks_seen, stages, ttfv
from onward.insights.queries.keeping import keeping
from onward.insights.queries.portfolio import (
    SORTS,
    PortfolioLine,
    PortfolioPage,
    accounts_by_need,
    lines_in_order,
    most_urgent_of_accounts,
    portfolio,
)
from onward.insights.queries.taking_away import portfolio_csv
from onward.insights.queries.tiles import Lede, Slice, Tiles, lede, tiles
from onward.insights.queries.versions import VersionFigures, by_version
from onward.insights.queries.views import COUNTED_UP_TO, ViewRow, counts, view, views
from onward.insights.queries.work import (
    Waiting,
    journeys_of_owners,
    lines_by_ids,
    lines_of_accounts,
    waiting_on_customers,
)

__all__ = [
    "COUNTED_UP_TO",
    "FIRST_VALUE",
    "SORTS",
    "BulkLine",
    "BulkView",
    "Card",
    "Column",
    "Filters",
    "Lede",
    "PortfolioLine",
    "PortfolioPage",
    "Recipient",
    "Slice",
    "Stay",
    "Tiles",
    "Ttfv",
    "VersionFigures",
    "ViewRow",
    "Waiting",
    "accounts_by_need",
    "board",
    "bulk",
    "by_version",
    "counts",
    "funnel",
    "journeys_of_owners",
    "keeping",
    "labels_in_use",
    "lede",
    "letter",
    "lines_by_ids",
    "lines_in_order",
    "lines_of_accounts",
    "most_urgent_of_accounts",
    "playbooks_seen",
    "portfolio",
    "portfolio_csv",
    "recipient",
    "stages",
    "stands",
    "stays_of",
    "tiles",
    "time_to",
    "ttfv",
    "view",
    "views",
    "waiting_on_customers",
]
