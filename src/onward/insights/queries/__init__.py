"""What is read of the read models: the portfolio, its tiles, and the history of journeys."""

from onward.insights.queries.elapsed import funnel, time_to
from onward.insights.queries.history import Ttfv, playbooks_seen, stages, ttfv
from onward.insights.queries.portfolio import (
    FIRST_VALUE,
    SORTS,
    Filters,
    PortfolioLine,
    PortfolioPage,
    portfolio,
    portfolio_csv,
    portfolio_of_account,
)
from onward.insights.queries.tiles import Lede, Slice, Tiles, lede, tiles
from onward.insights.queries.work import (
    Waiting,
    journeys_of_owners,
    lines_by_ids,
    lines_of_accounts,
    waiting_on_customers,
)

__all__ = [
    "FIRST_VALUE",
    "SORTS",
    "Filters",
    "Lede",
    "PortfolioLine",
    "PortfolioPage",
    "Slice",
    "Tiles",
    "Ttfv",
    "Waiting",
    "funnel",
    "journeys_of_owners",
    "lede",
    "lines_by_ids",
    "lines_of_accounts",
    "playbooks_seen",
    "portfolio",
    "portfolio_csv",
    "portfolio_of_account",
    "stages",
    "tiles",
    "time_to",
    "ttfv",
    "waiting_on_customers",
]
