"""OAuth with Intuit's own client, unmodified."""

import pytest
from conftest import BAKERY, WORKSHOP, auth_client, connect, control, decide
from intuitlib.enums import Scopes
from intuitlib.exceptions import AuthClientError
from quickbooks.exceptions import AuthorizationException
from quickbooks.objects import Item


def test_discovery_fills_every_endpoint(url):
    auth = auth_client(url)
    for endpoint in (auth.auth_endpoint, auth.token_endpoint, auth.revoke_endpoint, auth.jwks_uri, auth.user_info_url):
        assert endpoint.startswith(url)
    assert auth.issuer_uri == "https://oauth.platform.intuit.com/op/v1"


def test_a_person_chooses_the_company(url):
    auth = auth_client(url)
    back = decide(auth.get_authorization_url([Scopes.ACCOUNTING]), realm=BAKERY)
    assert back["realmId"] == BAKERY
    assert back["state"] == auth.state_token


def test_a_person_may_refuse(url):
    auth = auth_client(url)
    back = decide(auth.get_authorization_url([Scopes.ACCOUNTING]), decision="refuse")
    assert back == {"error": "access_denied", "state": auth.state_token}


def test_a_code_gives_tokens_once(url):
    auth = auth_client(url)
    back = decide(auth.get_authorization_url([Scopes.ACCOUNTING]))
    auth.get_bearer_token(back["code"], realm_id=back["realmId"])
    assert auth.realm_id == WORKSHOP
    assert auth.expires_in == 3600
    assert auth.x_refresh_token_expires_in == 8726400
    assert len(auth.access_token) > 500 and len(auth.refresh_token) > 40
    with pytest.raises(AuthClientError) as error:
        auth.get_bearer_token(back["code"])
    assert error.value.status_code == 400
    assert "invalid_grant" in error.value.content.decode()
    assert error.value.intuit_tid.startswith("1-")


def test_refreshing_gives_a_new_access_token_and_after_a_day_a_new_refresh_token(url, qb):
    auth = qb.auth_client
    access, refresh = auth.access_token, auth.refresh_token
    auth.refresh()
    assert auth.access_token != access and auth.refresh_token == refresh
    control(url, {"command": "advance-clock", "seconds": 86400})
    auth.refresh()
    assert auth.refresh_token != refresh
    with pytest.raises(AuthClientError):
        auth.refresh(refresh_token=refresh)


def test_an_expired_token_is_refused_until_it_is_refreshed(url, qb):
    control(url, {"command": "expire-access-tokens", "realm": WORKSHOP})
    with pytest.raises(AuthorizationException) as error:
        Item.get(11, qb=qb)
    assert error.value.error_code == 401
    qb.auth_client.refresh()
    qb._start_session()
    assert Item.get(11, qb=qb).Name == "Oak Table"


@pytest.mark.parametrize("which", ["access_token", "refresh_token"])
def test_revoking_either_token_ends_both(qb, which):
    assert qb.auth_client.revoke(token=getattr(qb.auth_client, which)) is True
    with pytest.raises(AuthorizationException):
        Item.get(11, qb=qb)
    with pytest.raises(AuthClientError):
        qb.auth_client.refresh()


def test_openid_gives_a_token_that_the_client_finds_valid_and_the_persons_data(url):
    scopes = (Scopes.ACCOUNTING, Scopes.OPENID, Scopes.EMAIL, Scopes.PROFILE)
    auth = connect(url, scopes=scopes).auth_client
    assert auth.id_token is not None, "the client found the id token invalid"
    person = auth.get_user_info().json()
    assert person["email"] == "robin@cedar-and-steel.example"
    assert person["givenName"] == "Robin"


def test_a_token_of_one_company_is_no_use_at_another(qb):
    qb.company_id = BAKERY
    with pytest.raises(Exception) as error:
        Item.get(4, qb=qb)
    assert "3100" in str(error.value.detail or error.value)


def test_both_companies_can_be_connected_at_once(url, qb):
    bakery = connect(url, realm=BAKERY)
    assert Item.get(4, qb=bakery).Name == "Sourdough Loaf"
    assert Item.get(4, qb=qb).Name == "Hardware"
