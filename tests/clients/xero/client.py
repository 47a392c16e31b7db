"""A connection to the Xero sandbox through the unmodified client, made the way a person with a browser makes it."""

import html.parser
import os
import time
from urllib.parse import parse_qs, urlencode, urlparse

import requests
from xero_python.accounting import AccountingApi
from xero_python.api_client import ApiClient
from xero_python.api_client.configuration import Configuration
from xero_python.api_client.oauth2 import OAuth2Token, TokenApi
from xero_python.identity import IdentityApi

REDIRECT = "http://localhost:9/callback"
MAIN = "a1f00000-0000-4000-8000-000000000001"
OTHER = "b2f00000-0000-4000-8000-000000000002"
SCOPES = (
    "openid profile email offline_access accounting.settings accounting.invoices accounting.manualjournals "
    "accounting.contacts accounting.payments accounting.reports.read"
)


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
        elif tag == "input" and attributes["type"] == "checkbox":
            self.choices.append(attributes["value"])
        elif tag == "button":
            self.buttons.append((attributes["name"], attributes["value"]))


def consent(url, tenants, decision="agree", scopes=SCOPES):
    """Opens the consent page, chooses organisations, presses a button; the parameters the browser comes back with."""
    asked = {
        "response_type": "code",
        "client_id": os.environ["SANDBOX_CLIENT_ID"],
        "redirect_uri": REDIRECT,
        "scope": scopes,
        "state": "s-1",
    }
    browser = requests.Session()
    page = browser.get(f"{url}/identity/connect/authorize?{urlencode(asked)}", timeout=10)
    assert page.status_code == 200, page.text
    form = Form(page.text)
    assert form.method == "post" and set(tenants) <= set(form.choices)
    assert ("decision", decision) in form.buttons
    fields = [*form.fields.items(), *(("tenant", tenant) for tenant in tenants), ("decision", decision)]
    answer = browser.post(
        url + form.action, data=fields, headers={"Origin": url}, allow_redirects=False, timeout=10
    )
    assert answer.status_code == 303, answer.text
    back = answer.headers["Location"]
    assert back.startswith(REDIRECT)
    return {name: values[0] for name, values in parse_qs(urlparse(back).query).items()}


def exchange(url, code):
    """The client has no call for the code: its users do this step with another library."""
    return requests.post(
        f"{url}/connect/token",
        auth=(os.environ["SANDBOX_CLIENT_ID"], os.environ["SANDBOX_CLIENT_SECRET"]),
        data={"grant_type": "authorization_code", "code": code, "redirect_uri": REDIRECT},
        timeout=10,
    )


class Connection:
    """The unmodified client; the only thing set on it is where the service is."""

    def __init__(self, url, tenants=(MAIN,)):
        TokenApi.refresh_token_url = f"{url}/connect/token"
        TokenApi.revoke_token_url = f"{url}/connect/revocation"
        answer = exchange(url, consent(url, tenants)["code"])
        assert answer.status_code == 200, answer.text
        self.token = {**answer.json(), "scope": SCOPES.split()}
        self.token["expires_at"] = time.time() + self.token["expires_in"]
        credentials = OAuth2Token(os.environ["SANDBOX_CLIENT_ID"], os.environ["SANDBOX_CLIENT_SECRET"])
        self.client = ApiClient(
            Configuration(oauth2_token=credentials),
            oauth2_token_getter=lambda: self.token,
            oauth2_token_saver=self.keep,
        )
        self.accounting = AccountingApi(self.client, base_url=f"{url}/api.xro/2.0")
        self.identity = IdentityApi(self.client, base_url=url)

    def keep(self, token):
        self.token = token
