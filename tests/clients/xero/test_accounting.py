"""xero-python, unmodified, against the Xero sandbox."""

import datetime
from decimal import Decimal

import pytest
from client import MAIN, OTHER, Connection, consent, control, exchange
from xero_python.accounting import (
    Account,
    Allocation,
    Allocations,
    Contact,
    Contacts,
    CreditNote,
    CreditNotes,
    Invoice,
    Invoices,
    Item,
    Items,
    LineItem,
    ManualJournal,
    ManualJournalLine,
    ManualJournals,
    Payment,
    Payments,
    Purchase,
)
from xero_python.accounting.models import LineAmountTypes
from xero_python.exceptions import AccountingBadRequestException, ApiException

DAY = datetime.date(2026, 5, 4)


def customer(xero, name="Kōwhai Café"):
    return xero.accounting.get_contacts(MAIN, where=f'Name=="{name}"').contacts[0]


def invoice(xero, code="OT-1", quantity=2, status="AUTHORISED"):
    lines = [LineItem(item_code=code, quantity=quantity, unit_amount=300)]
    document = Invoice(
        type="ACCREC",
        contact=Contact(contact_id=customer(xero).contact_id),
        date=DAY,
        due_date=DAY,
        status=status,
        line_amount_types=LineAmountTypes("NoTax"),
        line_items=lines,
    )
    return xero.accounting.create_invoices(MAIN, Invoices(invoices=[document]), summarize_errors=False).invoices[0]


def test_consent_may_be_refused(url):
    assert consent(url, [], decision="refuse") == {"error": "access_denied", "state": "s-1"}


def test_a_code_works_once(url):
    code = consent(url, [MAIN])["code"]
    assert exchange(url, code).status_code == 200
    again = exchange(url, code)
    assert (again.status_code, again.json()) == (400, {"error": "invalid_grant"})


def test_connections_of_one_consent_are_listed_and_taken_away(url):
    both = Connection(url, tenants=(MAIN, OTHER))
    connections = both.identity.get_connections()
    assert [connection.tenant_id for connection in connections] == [MAIN, OTHER]
    assert {connection.tenant_type for connection in connections} == {"ORGANISATION"}
    both.identity.delete_connection(connections[1].id)
    assert [connection.tenant_id for connection in both.identity.get_connections()] == [MAIN]
    with pytest.raises(ApiException) as error:
        both.accounting.get_organisations(OTHER)
    assert error.value.status == 403


def test_tokens_are_refreshed_by_the_client_and_revoked(url, xero):
    old = dict(xero.token)
    xero.token["expires_at"] = 0
    assert xero.accounting.get_organisations(MAIN).organisations[0].name == "Tōtara & Pine Furniture"
    assert xero.token["refresh_token"] != old["refresh_token"]
    xero.client.revoke_oauth2_token()
    assert xero.token["refresh_token"] is None
    xero.token = old
    with pytest.raises(ApiException) as error:
        xero.accounting.get_organisations(MAIN)
    assert error.value.status == 401


def test_organisation_accounts_and_lists_are_read(xero):
    organisation = xero.accounting.get_organisations(MAIN).organisations[0]
    assert (organisation.base_currency.value, organisation.country_code.value) == ("NZD", "NZ")
    assert organisation.financial_year_end_month == 3
    accounts = xero.accounting.get_accounts(MAIN, where='Status=="ACTIVE"', order="Code ASC").accounts
    codes = [account.code for account in accounts]
    assert codes == sorted(codes) and len(codes) == 43
    assert [account.system_account for account in accounts if account.code == "610"] == ["DEBTORS"]
    assert len(xero.accounting.get_tax_rates(MAIN).tax_rates) == 4
    assert len(xero.accounting.get_currencies(MAIN).currencies) == 4
    assert xero.accounting.get_tracking_categories(MAIN).tracking_categories[0].name == "Region"


def test_items_live_from_creation_to_deletion(xero):
    item = Item(
        code="PY-1",
        name="Peg",
        sales_details=Purchase(unit_price=4.5, account_code="200"),
        purchase_details=Purchase(unit_price=1.2345, cogs_account_code="310"),
        inventory_asset_account_code="630",
    )
    made = xero.accounting.create_items(MAIN, Items(items=[item]), unitdp=4).items[0]
    assert made.is_tracked_as_inventory is True and made.purchase_details.unit_price == Decimal("1.2345")
    read = xero.accounting.get_item(MAIN, made.item_id).items[0]
    assert (read.name, read.quantity_on_hand, read.total_cost_pool) == ("Peg", 0, 0)
    assert isinstance(read.updated_date_utc, datetime.datetime)
    changed = xero.accounting.update_item(MAIN, made.item_id, Items(items=[Item(code="PY-1", name="Peg II")])).items[0]
    assert changed.name == "Peg II" and changed.is_tracked_as_inventory is True
    both = Items(items=[Item(code="PY-1", name="Peg III"), Item(code="PY-2")])
    assert len(xero.accounting.update_or_create_items(MAIN, both).items) == 2
    found = xero.accounting.get_items(MAIN, where='Code.StartsWith("PY-")', order="Code DESC").items
    assert [(item.code, item.name) for item in found] == [("PY-2", None), ("PY-1", "Peg III")]
    xero.accounting.delete_item(MAIN, made.item_id)
    with pytest.raises(ApiException) as error:
        xero.accounting.get_item(MAIN, made.item_id)
    assert error.value.status == 404


def test_a_refusal_names_what_is_wrong(xero):
    with pytest.raises(AccountingBadRequestException) as error:
        xero.accounting.create_items(MAIN, Items(items=[Item(code="OT-1")]))
    assert error.value.status == 400
    assert "already exists" in str(error.value)


def test_elements_are_refused_one_by_one_where_asked_for(xero):
    wrong = Items(items=[Item(code="OT-1"), Item(code="PY-9")])
    told = xero.accounting.create_items(MAIN, wrong, summarize_errors=False).items
    assert [item.status_attribute_string for item in told] == ["ERROR", "OK"]
    assert told[0].validation_errors[0].message == "Price List Item with Code 'OT-1' already exists"


def test_invoices_are_written_found_changed_and_voided(xero):
    made = invoice(xero)
    assert (made.status, made.total, made.date) == ("AUTHORISED", Decimal("600.00"), DAY)
    item = xero.accounting.get_items(MAIN, where='Code=="OT-1"').items[0]
    assert (item.quantity_on_hand, item.total_cost_pool) == (8, Decimal("1524.00"))
    found = xero.accounting.get_invoices(
        MAIN,
        if_modified_since=datetime.datetime(2026, 1, 1),
        where='Type=="ACCREC" AND Date==DateTime(2026,05,04)',
        statuses=["AUTHORISED"],
        page=1,
        page_size=10,
        summary_only=False,
    )
    assert [row.invoice_id for row in found.invoices] == [made.invoice_id]
    assert (found.pagination.item_count, found.invoices[0].line_items[0].item_code) == (1, "OT-1")
    line = found.invoices[0].line_items[0]
    change = Invoice(line_items=[LineItem(line_item_id=line.line_item_id, quantity=1, unit_amount=310)])
    changed = xero.accounting.update_invoice(MAIN, made.invoice_id, Invoices(invoices=[change])).invoices[0]
    assert (changed.total, changed.line_items[0].line_item_id) == (Decimal("310.00"), line.line_item_id)
    voided = xero.accounting.update_invoice(MAIN, made.invoice_id, Invoices(invoices=[Invoice(status="VOIDED")])).invoices[0]
    assert voided.status == "VOIDED"
    assert xero.accounting.get_items(MAIN, where='Code=="OT-1"').items[0].quantity_on_hand == 10


def test_the_same_key_writes_once(xero):
    contact = Contacts(contacts=[Contact(name="Once")])
    first = xero.accounting.create_contacts(MAIN, contact, idempotency_key="k-1").contacts[0]
    assert xero.accounting.create_contacts(MAIN, contact, idempotency_key="k-1").contacts[0] == first
    with pytest.raises(ApiException) as error:
        xero.accounting.create_contacts(MAIN, Contacts(contacts=[Contact(name="Twice")]), idempotency_key="k-1")
    assert error.value.status == 400


def test_credit_notes_are_allocated_and_payments_made(xero):
    made = invoice(xero)
    note = CreditNote(
        type="ACCRECCREDIT",
        contact=Contact(contact_id=made.contact.contact_id),
        date=DAY,
        status="AUTHORISED",
        line_amount_types=LineAmountTypes("NoTax"),
        line_items=[LineItem(item_code="OT-1", quantity=1, unit_amount=300)],
    )
    note = xero.accounting.create_credit_notes(MAIN, CreditNotes(credit_notes=[note])).credit_notes[0]
    part = Allocation(invoice=Invoice(invoice_id=made.invoice_id), amount=300, date=DAY)
    done = xero.accounting.create_credit_note_allocation(MAIN, note.credit_note_id, Allocations(allocations=[part])).allocations
    assert done[0].amount == Decimal("300.00")
    pay = Payment(
        invoice=Invoice(invoice_id=made.invoice_id), account=Account(code="090"), date=DAY, amount=300
    )
    xero.accounting.create_payments(MAIN, Payments(payments=[pay]))
    paid = xero.accounting.get_invoice(MAIN, made.invoice_id).invoices[0]
    assert (paid.status, paid.amount_credited, paid.amount_paid) == ("PAID", Decimal("300.00"), Decimal("300.00"))
    assert paid.fully_paid_on_date == DAY


def test_manual_journals_are_posted_and_voided(xero):
    lines = [
        ManualJournalLine(line_amount=12.34, account_code="621", description="in"),
        ManualJournalLine(line_amount=-12.34, account_code="801"),
    ]
    journal = ManualJournal(narration="PY-1 summary", date=DAY, status="POSTED", journal_lines=lines)
    made = xero.accounting.create_manual_journals(MAIN, ManualJournals(manual_journals=[journal])).manual_journals[0]
    assert (made.status, made.date, made.journal_lines[0].line_amount) == ("POSTED", DAY, Decimal("12.34"))
    end = ManualJournals(manual_journals=[ManualJournal(narration="PY-1 summary", journal_lines=lines, status="VOIDED")])
    ended = xero.accounting.update_manual_journal(MAIN, made.manual_journal_id, end).manual_journals[0]
    assert ended.status == "VOIDED"
    lines[0].line_amount = 12.35
    with pytest.raises(AccountingBadRequestException) as error:
        xero.accounting.create_manual_journals(MAIN, ManualJournals(manual_journals=[journal]))
    assert "The total debits (12.35) must equal total credits (-12.34)" in str(error.value)


def test_locked_days_take_nothing(url, xero):
    control(url, {"command": "close-books", "tenant": MAIN, "until": "2026-06-30"})
    assert xero.accounting.get_organisations(MAIN).organisations[0].period_lock_date == datetime.date(2026, 6, 30)
    refused = invoice(xero)
    assert refused.status_attribute_string == "ERROR"
    assert refused.validation_errors[0].message.startswith("The document date cannot be before 1 July 2026")


def test_reports_are_read_and_the_trial_balance_adds_up(xero):
    report = xero.accounting.get_report_trial_balance(MAIN, date=datetime.date(2026, 3, 31)).reports[0]
    assert report.report_titles[2] == "As at 31 March 2026"
    assert [cell.value for cell in report.rows[0].cells] == ["Account", "Debit", "Credit", "YTD Debit", "YTD Credit"]
    rows = [row for section in report.rows[1:-1] for row in section.rows]
    assert all(row.cells[0].attributes[0].id == "account" for row in rows)
    side = lambda at: sum(Decimal(row.cells[at].value or "0") for row in rows)
    assert side(3) == side(4) == Decimal(report.rows[-1].rows[0].cells[3].value)
    sheet = xero.accounting.get_report_balance_sheet(MAIN, date=datetime.date(2026, 3, 31)).reports[0]
    assert sheet.report_name == "Balance Sheet"
    profit = xero.accounting.get_report_profit_and_loss(MAIN, datetime.date(2026, 1, 1), datetime.date(2026, 3, 31))
    assert profit.reports[0].rows[0].row_type.value == "Header"
