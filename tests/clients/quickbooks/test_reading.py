"""Reading with python-quickbooks, unmodified."""

from decimal import Decimal

import pytest
from conftest import connect, control
from quickbooks.exceptions import ObjectNotFoundException, QuickbooksException, ValidationException
from quickbooks.objects import Account, CompanyInfo, Customer, Item, Preferences, Vendor


def test_all_gives_active_items_a_page_at_a_time(qb):
    assert len(Item.all(qb=qb)) == 58
    first = Item.all(order_by="Id", max_results=20, qb=qb)
    second = Item.all(order_by="Id", start_position=21, max_results=20, qb=qb)
    third = Item.all(order_by="Id", start_position=41, max_results=20, qb=qb)
    ids = [item.Id for page in (first, second, third) for item in page]
    assert [len(first), len(second), len(third)] == [20, 20, 18]
    assert len(set(ids)) == 58
    assert ids == sorted(ids, key=int)


def test_paging_through_a_long_list_finds_every_item_once(url, qb):
    for number in range(150):
        odd = {"Id": str(7000 + number), "Name": f"Odd {number}", "Type": "Service", "Active": True}
        control(url, {"command": "add-odd", "realm": qb.company_id, "entity": "Item", "record": odd})
    ids, start = [], 1
    while page := Item.all(order_by="Id", start_position=start, max_results=50, qb=qb):
        ids += [item.Id for item in page]
        start += len(page)
    assert len(ids) == len(set(ids)) == 208


def test_filter_where_choose_count_and_query(qb):
    assert [item.Id for item in Item.filter(Name="Oak Table", qb=qb)] == ["11"]
    assert [item.Id for item in Item.filter(Name="Wall Hook O'Malley", qb=qb)] == ["20"]
    assert len(Item.filter(Active=False, qb=qb)) == 4
    assert len(Item.filter(Type="Group", order_by="Name", start_position=2, max_results=5, qb=qb)) == 2
    assert {item.Id for item in Item.choose(["11", "12", "43"], qb=qb)} == {"11", "12"}
    assert Item.count(qb=qb) == 58
    assert Item.count("Active IN (true, false)", qb=qb) == 62
    assert [item.Sku for item in Item.where("Name LIKE 'Drawer%'", order_by="Name DESC", qb=qb)] == ["DS-R", "DS-L"]
    rows = Item.query("SELECT Id, Name, Sku FROM Item WHERE Sku = 'CB-🪵'", qb=qb)
    assert [(row.Name, row.sparse) for row in rows] == [("Cutting Board 🪵", True)]


def test_an_item_comes_with_everything(qb):
    item = Item.get(14, qb=qb)
    assert item.FullyQualifiedName == "Furniture:Tables:Steel-leg Desk"
    assert (item.Type, item.TrackQtyOnHand, item.QtyOnHand) == ("Inventory", True, 5)
    assert (item.AssetAccountRef.value, item.AssetAccountRef.name) == ("81", "Inventory Asset")
    assert (item.ParentRef.value, item.SubItem, item.Level) == ("2", True, 2)


def test_numbers_are_exact_with_decimals(url):
    qb = connect(url, use_decimal=True)
    assert Item.get(14, qb=qb).PurchaseCost == Decimal("233.333333")


def test_a_bundle_lists_its_parts(qb):
    lines = Item.get(61, qb=qb).ItemGroupDetail["ItemGroupLine"]
    assert [(line["ItemRef"]["value"], line["Qty"]) for line in lines] == [("21", 2), ("26", 8), ("35", 0.25)]


def test_company_and_preferences(qb):
    company = CompanyInfo.get(1, qb=qb)
    assert company.CompanyName == "Cedar & Steel Workshop"
    assert company.Country == "US"
    preferences = Preferences.get(qb=qb)
    assert preferences.CurrencyPrefs.HomeCurrency.value == "USD"
    assert preferences.ProductAndServicesPrefs.QuantityOnHand is True


def test_accounts_vendors_customers(qb):
    assert Account.get(81, qb=qb).AccountSubType == "Inventory"
    assert Account.count("AccountType = 'Cost of Goods Sold'", qb=qb) == 6
    assert [vendor.DisplayName for vendor in Vendor.filter(GivenName="Niamh", qb=qb)] == ["O'Malley Castings"]
    assert Customer.filter(DisplayName="Children's Room", qb=qb)[0].FullyQualifiedName == "Downtown Library:Children's Room"
    assert len(Customer.all(qb=qb)) == 14


def test_what_is_not_there_is_an_exception_of_its_kind(qb):
    with pytest.raises(ObjectNotFoundException) as error:
        Item.get(4711, qb=qb)
    assert error.value.error_code == 610
    with pytest.raises(ValidationException) as error:
        Item.where("Name = 'a' OR Name = 'b'", qb=qb)
    assert error.value.error_code == 4000
    with pytest.raises(ValidationException) as error:
        Item.filter(Colour="red", qb=qb)
    assert "Property Colour not found for Entity Item" in error.value.detail


def test_a_throttled_call_and_a_broken_answer_are_exceptions(url, qb):
    for fault in ({"kind": "status", "status": 429}, {"kind": "cut-off"}, {"kind": "status", "status": 503}):
        control(url, {"command": "fail", "operation": "query Item", "times": 1, "fault": fault})
        with pytest.raises(QuickbooksException) as error:
            Item.all(qb=qb)
        assert error.value.error_code == 10000
    assert len(Item.all(qb=qb)) == 58
