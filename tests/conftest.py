"""What holds for every test of the suite."""

from __future__ import annotations

from hypothesis import Phase, settings

pytest_plugins = ["pytester", "tests.service.groups", "tests.service.survivors"]

# without the phase that explains failures: its tracer fails on Python 3.13 where the code under test nests deeply
settings.register_profile("keck", phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.target, Phase.shrink])
settings.load_profile("keck")
