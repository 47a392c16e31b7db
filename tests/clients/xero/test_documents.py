"""The lives of contacts, accounts, invoices, credit notes and manual journals with xero-python, unmodified: many at once,
paged, asked for by what changed, sent twice, taken back."""

import datetime
from decimal import Decimal

import pytest
from client import MAIN, control
from xero_python.accounting import (
    Account,
    Accounts,
    AccountType,
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
    Phone,
)
from xero_python.accounting.models import LineAmountTypes
from xero_python.exceptions import AccountingBadRequestException, ApiException

DAY = datetime.date(2026, 5, 4)
TABLE = "OT-1"


def customer(xero):
    found = xero.accounting.get_contacts(MAIN, where="IsCustomer==true", order="Name ASC").contacts
    return Contact(contact_id=found[0].contact_id)


def document(kind, xero, quantity=1, status="AUTHORISED", **fields):
    return kind(
        type="ACCREC" if kind is Invoice else "ACCRECCREDIT",
        contact=fields.pop("contact", None) or customer(xero),
        date=DAY,
        status=status,
        line_amount_types=LineAmountTypes("NoTax"),
        line_items=[LineItem(item_code=TABLE, quantity=quantity, unit_amount=300)],
        **fields,
    )


def journal(narration, amount=12.34, status="POSTED"):
    lines = [
        ManualJournalLine(line_amount=amount, account_code="621", description="in"),
        ManualJournalLine(line_amount=-amount, account_code="801"),
    ]
    return ManualJournal(narration=narration, date=DAY, status=status, journal_lines=lines)


def on_hand(xero):
    return xero.accounting.get_items(MAIN, where=f'Code=="{TABLE}"').items[0].quantity_on_hand


def balance(xero, account):
    """Year to date, debits minus credits."""
    report = xero.accounting.get_report_trial_balance(MAIN, date=datetime.date(2026, 12, 31)).reports[0]
    rows = [row for section in report.rows[1:-1] for row in section.rows]
    cells = next((row.cells for row in rows if f"({account})" in row.cells[0].value), None)
    if cells is None:
        return Decimal(0)
    return Decimal(cells[3].value or "0") - Decimal(cells[4].value or "0")


def test_a_contact_is_created_changed_and_archived(xero):
    contact = Contact(
        name="Rātā Joinery",
        first_name="Aroha",
        email_address="aroha@rata.example",
        phones=[Phone(phone_type="DEFAULT", phone_number="555 1234")],
    )
    made = xero.accounting.create_contacts(MAIN, Contacts(contacts=[contact])).contacts[0]
    read = xero.accounting.get_contact(MAIN, made.contact_id).contacts[0]
    assert (read.name, read.email_address, read.contact_status) == ("Rātā Joinery", "aroha@rata.example", "ACTIVE")
    change = Contacts(contacts=[Contact(first_name="Hana")])
    assert xero.accounting.update_contact(MAIN, made.contact_id, change).contacts[0].first_name == "Hana"
    archive = Contacts(contacts=[Contact(contact_id=made.contact_id, contact_status="ARCHIVED")])
    xero.accounting.update_or_create_contacts(MAIN, archive)
    where = 'Name=="Rātā Joinery"'
    assert xero.accounting.get_contacts(MAIN, where=where).contacts == []
    archived = xero.accounting.get_contacts(MAIN, where=where, include_archived=True).contacts
    assert [found.contact_status for found in archived] == ["ARCHIVED"]
    with pytest.raises(AccountingBadRequestException):
        xero.accounting.create_contacts(MAIN, Contacts(contacts=[Contact(first_name="Nobody")]))


def test_an_account_is_created_changed_and_archived(xero):
    account = Account(code="417", name="Kiln Hire", type=AccountType("EXPENSE"))
    made = xero.accounting.create_account(MAIN, account).accounts[0]
    assert (made.code, made.name, made.status) == ("417", "Kiln Hire", "ACTIVE")
    change = Accounts(accounts=[Account(name="Kiln and Saw Hire")])
    assert xero.accounting.update_account(MAIN, made.account_id, change).accounts[0].name == "Kiln and Saw Hire"
    end = Accounts(accounts=[Account(account_id=made.account_id, status="ARCHIVED")])
    assert xero.accounting.update_account(MAIN, made.account_id, end).accounts[0].status == "ARCHIVED"
    with pytest.raises(AccountingBadRequestException):
        xero.accounting.create_account(MAIN, Account(code="200", name="Twice", type=AccountType("REVENUE")))


def test_a_draft_invoice_moves_nothing_until_it_is_approved_and_is_deleted_before(xero):
    draft = document(Invoice, xero, quantity=2, status="DRAFT")
    made = xero.accounting.create_invoices(MAIN, Invoices(invoices=[draft])).invoices[0]
    assert (made.status, on_hand(xero)) == ("DRAFT", 10)
    approve = Invoices(invoices=[Invoice(status="AUTHORISED", due_date=DAY)])
    assert xero.accounting.update_invoice(MAIN, made.invoice_id, approve).invoices[0].status == "AUTHORISED"
    assert on_hand(xero) == 8
    # What is approved is voided, not deleted; what is a draft is deleted, not voided.
    with pytest.raises(AccountingBadRequestException):
        xero.accounting.update_invoice(MAIN, made.invoice_id, Invoices(invoices=[Invoice(status="DELETED")]))
    xero.accounting.update_invoice(MAIN, made.invoice_id, Invoices(invoices=[Invoice(status="VOIDED")]))
    assert on_hand(xero) == 10
    other = xero.accounting.create_invoices(MAIN, Invoices(invoices=[draft])).invoices[0]
    gone = xero.accounting.update_invoice(MAIN, other.invoice_id, Invoices(invoices=[Invoice(status="DELETED")]))
    assert gone.invoices[0].status == "DELETED"


def test_many_invoices_are_written_at_once_and_read_page_by_page(xero):
    contact = customer(xero)
    before = len(xero.accounting.get_invoices(MAIN, where='Type=="ACCREC"').invoices)
    drafts = [document(Invoice, xero, status="DRAFT", contact=contact, reference=f"PO-{number}") for number in range(25)]
    drafts[7].contact = Contact(contact_id="00000000-0000-4000-8000-00000000dead")
    told = xero.accounting.create_invoices(MAIN, Invoices(invoices=drafts), summarize_errors=False).invoices
    assert [number for number, made in enumerate(told) if made.status_attribute_string != "OK"] == [7]
    made = {invoice.invoice_id for number, invoice in enumerate(told) if number != 7}
    assert len(made) == 24
    read, page = [], 1
    while True:
        answer = xero.accounting.get_invoices(
            MAIN, where='Type=="ACCREC"', order="UpdatedDateUTC ASC", page=page, page_size=10
        )
        if not answer.invoices:
            break
        assert len(answer.invoices) <= 10 and answer.pagination.page == page
        read += [invoice.invoice_id for invoice in answer.invoices]
        page += 1
    assert len(read) == len(set(read)) == before + 24
    assert made < set(read)
    # All or nothing where errors are summed up.
    with pytest.raises(AccountingBadRequestException):
        xero.accounting.create_invoices(MAIN, Invoices(invoices=drafts[6:9]))
    assert len(xero.accounting.get_invoices(MAIN, where='Type=="ACCREC"').invoices) == before + 24


def test_only_what_changed_since_is_told_voided_documents_too(url, xero):
    old = xero.accounting.create_invoices(MAIN, Invoices(invoices=[document(Invoice, xero)])).invoices[0]
    other = xero.accounting.create_invoices(MAIN, Invoices(invoices=[document(Invoice, xero)])).invoices[0]
    control(url, {"command": "advance-clock", "seconds": 120})
    since = (other.updated_date_utc + datetime.timedelta(seconds=60)).replace(tzinfo=None)
    assert xero.accounting.get_invoices(MAIN, if_modified_since=since).invoices == []
    assert xero.accounting.get_contacts(MAIN, if_modified_since=since).contacts == []
    xero.accounting.update_invoice(MAIN, old.invoice_id, Invoices(invoices=[Invoice(status="VOIDED")]))
    told = xero.accounting.get_invoices(MAIN, if_modified_since=since).invoices
    assert [(invoice.invoice_id, invoice.status) for invoice in told] == [(old.invoice_id, "VOIDED")]
    # A quantity is no change of the item; the service says so with a status that the client raises.
    with pytest.raises(ApiException) as error:
        xero.accounting.get_items(MAIN, if_modified_since=since)
    assert error.value.status == 304
    xero.accounting.update_or_create_items(MAIN, Items(items=[Item(code="KC-1", name="Kauri Chair II")]))
    items = xero.accounting.get_items(MAIN, if_modified_since=since).items
    assert [(item.code, item.name) for item in items] == [("KC-1", "Kauri Chair II")]


def test_the_same_key_writes_documents_once(xero):
    invoice = Invoices(invoices=[document(Invoice, xero)])
    first = xero.accounting.create_invoices(MAIN, invoice, idempotency_key="inv-1").invoices[0]
    again = xero.accounting.create_invoices(MAIN, invoice, idempotency_key="inv-1").invoices[0]
    assert (first.invoice_id, on_hand(xero)) == (again.invoice_id, 9)
    entry = ManualJournals(manual_journals=[journal("SB-B-7 a build")])
    posted = [xero.accounting.create_manual_journals(MAIN, entry, idempotency_key="mj-1") for _ in range(2)]
    assert len({answer.manual_journals[0].manual_journal_id for answer in posted}) == 1
    assert balance(xero, "621") == Decimal("12.34")


def test_a_credit_note_is_drafted_approved_found_and_voided(xero):
    draft = document(CreditNote, xero, quantity=2, status="DRAFT")
    made = xero.accounting.create_credit_notes(MAIN, CreditNotes(credit_notes=[draft])).credit_notes[0]
    assert (made.status, made.total, on_hand(xero)) == ("DRAFT", Decimal("600.00"), 10)
    approve = CreditNotes(credit_notes=[CreditNote(status="AUTHORISED")])
    done = xero.accounting.update_credit_note(MAIN, made.credit_note_id, approve).credit_notes[0]
    assert (done.status, done.remaining_credit, on_hand(xero)) == ("AUTHORISED", Decimal("600.00"), 12)
    found = xero.accounting.get_credit_notes(MAIN, where=f'CreditNoteNumber=="{done.credit_note_number}"', page=1)
    assert [note.credit_note_id for note in found.credit_notes] == [made.credit_note_id]
    void = CreditNotes(credit_notes=[CreditNote(status="VOIDED")])
    assert xero.accounting.update_credit_note(MAIN, made.credit_note_id, void).credit_notes[0].status == "VOIDED"
    assert on_hand(xero) == 10


def test_a_manual_journal_is_drafted_changed_posted_found_and_deleted(xero):
    entry = ManualJournals(manual_journals=[journal("SB-J-1 [SB-J-1]", status="DRAFT")])
    made = xero.accounting.create_manual_journals(MAIN, entry).manual_journals[0]
    assert (made.status, balance(xero, "621")) == ("DRAFT", Decimal(0))
    change = ManualJournals(manual_journals=[journal("SB-J-1 [SB-J-1]", amount=20.5)])
    posted = xero.accounting.update_manual_journal(MAIN, made.manual_journal_id, change).manual_journals[0]
    assert (posted.status, balance(xero, "621"), balance(xero, "801")) == ("POSTED", Decimal("20.50"), Decimal("-20.50"))
    read = xero.accounting.get_manual_journal(MAIN, made.manual_journal_id).manual_journals[0]
    assert [line.line_amount for line in read.journal_lines] == [Decimal("20.50"), Decimal("-20.50")]
    found = xero.accounting.get_manual_journals(MAIN, where="Date==DateTime(2026,05,04)", page=1).manual_journals
    assert made.manual_journal_id in [journal.manual_journal_id for journal in found]
    # What is posted is voided; a draft is deleted.
    with pytest.raises(AccountingBadRequestException):
        end = ManualJournals(manual_journals=[ManualJournal(narration="SB-J-1 [SB-J-1]", status="DELETED")])
        xero.accounting.update_manual_journal(MAIN, made.manual_journal_id, end)
    draft = ManualJournals(manual_journals=[journal("SB-J-2", status="DRAFT")])
    other = xero.accounting.create_manual_journals(MAIN, draft).manual_journals[0]
    end = ManualJournals(manual_journals=[ManualJournal(narration="SB-J-2", status="DELETED")])
    gone = xero.accounting.update_manual_journal(MAIN, other.manual_journal_id, end).manual_journals[0]
    assert (gone.status, balance(xero, "621")) == ("DELETED", Decimal("20.50"))


def test_a_sale_moves_stock_cost_and_income_in_the_reports(xero):
    before = {account: balance(xero, account) for account in ("200", "310", "630")}
    xero.accounting.create_invoices(MAIN, Invoices(invoices=[document(Invoice, xero, quantity=2)]))
    moved = {account: balance(xero, account) - amount for account, amount in before.items()}
    assert moved == {"200": Decimal("-600.00"), "310": Decimal("381.00"), "630": Decimal("-381.00")}


def test_a_limit_reached_and_a_broken_answer_are_exceptions(url, xero):
    for status in (429, 500, 503):
        fault = {"kind": "status", "status": status}
        control(url, {"command": "fail", "operation": "list Items", "times": 1, "fault": fault})
        with pytest.raises(ApiException) as error:
            xero.accounting.get_items(MAIN)
        assert error.value.status == status
    assert len(xero.accounting.get_items(MAIN).items) > 40
