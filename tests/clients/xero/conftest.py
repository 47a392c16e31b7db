"""Every test starts with the sample organisations as they are at first, and with a connection where it asks for one."""

import os

import pytest
from client import Connection, control


@pytest.fixture(scope="session")
def url():
    return os.environ["SANDBOX_URL"].rstrip("/")


@pytest.fixture(autouse=True)
def fresh(url):
    control(url, {"command": "reset"})


@pytest.fixture
def xero(url):
    return Connection(url)
