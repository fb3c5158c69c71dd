"""What holds for every test."""

import os

# CDK validates templates at every synthesis, 2 s each; tests/test_app.py has it on, once, over every config.
os.environ["CDK_VALIDATION"] = "false"
