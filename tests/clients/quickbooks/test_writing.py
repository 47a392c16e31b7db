"""Creating and updating with python-quickbooks, unmodified."""

from decimal import Decimal

import pytest
from conftest import connect, control
from quickbooks.batch import batch_create, batch_update
from quickbooks.exceptions import QuickbooksException, ValidationException
from quickbooks.objects import Account, Customer, EmailAddress, Item, Preferences, Vendor
from quickbooks.objects.base import Address, PhoneNumber


def new_item(qb, name):
    item = Item()
    item.Name = name
    item.Type = "Inventory"
    item.TrackQtyOnHand = True
    item.QtyOnHand = 10
    item.Sku = "SKU-1"
    item.InvStartDate = "2025-01-01"
    item.UnitPrice = 19.95
    item.IncomeAccountRef = Account.get(79, qb=qb).to_ref()
    item.ExpenseAccountRef = Account.get(80, qb=qb).to_ref()
    item.AssetAccountRef = Account.get(81, qb=qb).to_ref()
    return item


def test_an_item_is_created_and_updated_in_full(qb):
    saved = new_item(qb, "Trestle").save(qb=qb)
    assert (saved.SyncToken, saved.QtyOnHand, saved.Sku) == ("0", 10, "SKU-1")
    saved.Description = "Folds flat"
    saved.UnitPrice = 21
    again = saved.save(qb=qb)
    assert (again.SyncToken, again.Description, again.UnitPrice) == ("1", "Folds flat", 21)
    read = Item.get(saved.Id, qb=qb)
    assert (read.Description, read.UnitPrice, read.SyncToken) == ("Folds flat", 21, "1")


def test_an_item_is_updated_in_part(qb):
    item = Item()
    item.__dict__ = {"Id": "11", "SyncToken": "0", "sparse": True, "UnitPrice": 333}
    saved = item.save(qb=qb)
    assert (saved.UnitPrice, saved.Name, saved.Sku, saved.SyncToken) == (333, "Oak Table", "OT-1", "1")


def test_decimals_arrive_exactly(url):
    qb = connect(url, use_decimal=True)
    item = new_item(qb, "Exact")
    item.PurchaseCost = Decimal("0.0825001")
    saved = item.save(qb=qb)
    assert Item.get(saved.Id, qb=qb).PurchaseCost == Decimal("0.0825001")


def test_a_category_and_an_item_in_it(qb):
    category = Item()
    category.Name, category.Type = "Jigs", "Category"
    category = category.save(qb=qb)
    item = new_item(qb, "Dovetail Jig")
    item.SubItem, item.ParentRef = True, category.to_ref()
    assert item.save(qb=qb).FullyQualifiedName == "Jigs:Dovetail Jig"


def test_making_an_item_inactive_hides_and_renames_it(qb):
    item = Item.get(12, qb=qb)
    item.Active = False
    assert item.save(qb=qb).Name == "Walnut Coffee Table (deleted)"
    assert Item.filter(Name="Walnut Coffee Table", qb=qb) == []


def test_a_repeated_request_id_creates_once(qb):
    first = new_item(qb, "Once").save(qb=qb, request_id="r-1")
    second = new_item(qb, "Once").save(qb=qb, request_id="r-1")
    assert first.Id == second.Id
    assert Item.count("Name = 'Once'", qb=qb) == 1


def test_rules_broken_are_exceptions_with_the_services_number(qb):
    duplicate = new_item(qb, "oak TABLE")
    duplicate.SubItem, duplicate.ParentRef = True, Item.get(2, qb=qb).to_ref()
    with pytest.raises(QuickbooksException) as error:
        duplicate.save(qb=qb)
    assert (error.value.error_code, error.value.detail) == (6240, "The name supplied already exists. : Id=11")
    with pytest.raises(ValidationException) as error:
        new_item(qb, "").save(qb=qb)
    assert error.value.error_code == 2020
    stale = Item.get(13, qb=qb)
    Item.get(13, qb=qb).save(qb=qb)
    with pytest.raises(QuickbooksException) as error:
        stale.save(qb=qb)
    assert error.value.error_code == 5010


def test_a_customer_with_address_phone_and_mail(qb):
    customer = Customer()
    customer.Title, customer.GivenName, customer.FamilyName = "Ms", "Wren", "Okafor"
    customer.CompanyName = "Okafor & Co"
    customer.BillAddr = Address()
    customer.BillAddr.Line1, customer.BillAddr.City = "5 Dock St", "Astoria"
    customer.PrimaryPhone = PhoneNumber()
    customer.PrimaryPhone.FreeFormNumber = "555-1234"
    customer.PrimaryEmailAddr = EmailAddress()
    customer.PrimaryEmailAddr.Address = "wren@okafor.example"
    saved = customer.save(qb=qb)
    read = Customer.get(saved.Id, qb=qb)
    assert read.DisplayName == "Ms Wren Okafor"
    assert (read.BillAddr.City, read.PrimaryPhone.FreeFormNumber) == ("Astoria", "555-1234")
    read.Notes = "prefers e-mail"
    read.PreferredDeliveryMethod = "Email"
    assert read.save(qb=qb).SyncToken == "1"
    assert Customer.get(saved.Id, qb=qb).Notes == "prefers e-mail"


def test_a_vendor_and_an_account(qb):
    vendor = Vendor()
    vendor.DisplayName, vendor.TaxIdentifier, vendor.Vendor1099 = "Ironmonger", "12-3456789", True
    saved = vendor.save(qb=qb)
    assert saved.TaxIdentifier == "XX-XXX6789"
    saved.AcctNum = "IM-7"
    assert saved.save(qb=qb).AcctNum == "IM-7"
    account = Account()
    account.Name, account.AccountType, account.AccountSubType = "Tool Hire", "Expense", "EquipmentRental"
    account = account.save(qb=qb)
    assert (account.Classification, account.CurrentBalance) == ("Expense", 0)
    account.Description = "Hired by the day"
    assert account.save(qb=qb).SyncToken == "1"
    clash = Customer()
    clash.DisplayName = "Ironmonger"
    with pytest.raises(QuickbooksException) as error:
        clash.save(qb=qb)
    assert error.value.error_code == 6240


def test_preferences_are_saved(qb):
    preferences = Preferences.get(qb=qb)
    preferences.AccountingInfoPrefs.BookCloseDate = "2025-12-31"
    assert preferences.save(qb=qb).AccountingInfoPrefs.BookCloseDate == "2025-12-31"


def test_batches_create_and_update(qb):
    customers = []
    for number in range(35):
        customer = Customer()
        customer.DisplayName = f"Batch {number}"
        customers.append(customer)
    taken = Customer()
    taken.DisplayName = "Amelia Stone"
    result = batch_create(customers + [taken], qb=qb)
    assert (len(result.successes), len(result.faults)) == (35, 1)
    assert result.faults[0].Error[0].code == "6240"
    for customer in result.successes:
        customer.Notes = "from a batch"
    result = batch_update(result.successes, qb=qb)
    assert (len(result.successes), len(result.faults)) == (35, 0)
    assert {customer.SyncToken for customer in result.successes} == {"1"}


def test_an_answer_lost_after_commit_is_found_under_its_request_id(url, qb):
    fault = {"kind": "status", "status": 502}
    plan = {"command": "fail", "operation": "create Item", "times": 1, "after_commit": True, "fault": fault}
    control(url, plan)
    with pytest.raises(QuickbooksException):
        new_item(qb, "Lost").save(qb=qb, request_id="r-lost")
    found = new_item(qb, "Lost").save(qb=qb, request_id="r-lost")
    assert [item.Id for item in Item.filter(Name="Lost", qb=qb)] == [found.Id]
