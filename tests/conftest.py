"""What holds for every test."""

import os

from hypothesis import HealthCheck, settings

# CDK validates templates at every synthesis, 2 s each; tests/integration/test_app.py has it on, once, over every config.
os.environ["CDK_VALIDATION"] = "false"

# How long an example takes says more of what else the machine does than of the code.
settings.register_profile("podspace", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("podspace")
