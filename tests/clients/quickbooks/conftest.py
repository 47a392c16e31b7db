"""A connection to the sandbox through the unmodified clients, made the way a person with a browser makes it."""

import html.parser
import os
import warnings
from urllib.parse import parse_qs, urlparse

# The sandbox is plain HTTP on loopback; the library behind python-quickbooks asks to be told that this is meant.
os.environ.setdefault("OAUTHLIB_INSECURE_TRANSPORT", "1")

import pytest
import requests
from intuitlib.client import AuthClient
from intuitlib.enums import Scopes
from quickbooks import QuickBooks

REDIRECT = "http://localhost:9/callback"
WORKSHOP = "9341453920441001"
BAKERY = "9341453920441002"


@pytest.fixture(scope="session")
def url():
    return os.environ["SANDBOX_URL"].rstrip("/")


@pytest.fixture(autouse=True)
def fresh(url):
    """Every test starts with the sample companies as they are at first."""
    control(url, {"command": "reset"})


def control(url, command):
    answer = requests.post(f"{url}/sandbox/control", json=command, timeout=10)
    assert answer.status_code == 200, answer.text
    return answer.json()["results"][0]


class Form(html.parser.HTMLParser):
    """What a browser makes of the consent page: the form, its fields, its choices, its buttons."""

    def __init__(self, page):
        super().__init__()
        self.action, self.method, self.fields, self.choices, self.buttons = None, None, {}, [], []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        attributes = dict(attributes)
        if tag == "form":
            self.action, self.method = attributes["action"], attributes["method"]
        elif tag == "input" and attributes["type"] == "hidden":
            self.fields[attributes["name"]] = attributes["value"]
        elif tag == "input" and attributes["type"] == "radio":
            self.choices.append(attributes["value"])
        elif tag == "button":
            self.buttons.append((attributes["name"], attributes["value"]))


def decide(address, decision="agree", realm=WORKSHOP):
    """Opens the consent page, chooses a company, presses a button; the parameters the browser comes back with."""
    browser = requests.Session()
    page = browser.get(address, timeout=10)
    assert page.status_code == 200, page.text
    form = Form(page.text)
    assert form.method == "post" and realm in form.choices
    assert ("decision", decision) in form.buttons
    origin = "{0.scheme}://{0.netloc}".format(urlparse(address))
    answer = browser.post(
        origin + form.action,
        data={**form.fields, "realm": realm, "decision": decision},
        headers={"Origin": origin},
        allow_redirects=False,
        timeout=10,
    )
    assert answer.status_code == 303, answer.text
    back = answer.headers["Location"]
    assert back.startswith(REDIRECT)
    return {name: values[0] for name, values in parse_qs(urlparse(back).query).items()}


def auth_client(url, **options):
    return AuthClient(
        os.environ["SANDBOX_CLIENT_ID"],
        os.environ["SANDBOX_CLIENT_SECRET"],
        REDIRECT,
        f"{url}/.well-known/openid_sandbox_configuration/",
        **options,
    )


def connect(url, realm=WORKSHOP, scopes=(Scopes.ACCOUNTING,), **options):
    """A QuickBooks client for a company, through the whole of OAuth."""
    auth = auth_client(url)
    back = decide(auth.get_authorization_url(list(scopes), state_token="s-1"), realm=realm)
    assert back["state"] == "s-1"
    auth.get_bearer_token(back["code"], realm_id=back["realmId"])
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        client = QuickBooks(auth_client=auth, refresh_token=auth.refresh_token, company_id=auth.realm_id, **options)
    client.api_url_v3 = client.sandbox_api_url_v3 = f"{url}/v3"
    return client


@pytest.fixture
def qb(url):
    return connect(url)
