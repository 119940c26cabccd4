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
    "funnel",
    "lede",
    "playbooks_seen",
    "portfolio",
    "portfolio_csv",
    "portfolio_of_account",
    "stages",
    "tiles",
    "time_to",
    "ttfv",
]
