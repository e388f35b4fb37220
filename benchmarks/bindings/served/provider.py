"""Where the pages' provider is: ``MEASURED_PROVIDER`` says, as an address."""

import os

from realtime_rx.providers import OpenAI


def provider() -> OpenAI:
    return OpenAI(api_key="sk-none", base_url=os.environ["MEASURED_PROVIDER"])
