"""Plugin of pytest for seeded faults: always the same examples, and the first that fails says enough."""

from hypothesis import Phase, settings

settings.register_profile("seeded", derandomize=True, database=None, phases=[Phase.explicit, Phase.generate])
