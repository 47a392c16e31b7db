"""Documents, batches, change data capture and reports with python-quickbooks, unmodified."""

import datetime
from decimal import Decimal

import pytest
from conftest import connect, control
from quickbooks.batch import batch_create, batch_delete, batch_update
from quickbooks.cdc import change_data_capture
from quickbooks.exceptions import ObjectNotFoundException, QuickbooksException, ValidationException
from quickbooks.objects import Account, CreditMemo, Customer, Invoice, Item, JournalEntry, RefundReceipt, SalesReceipt
from quickbooks.objects.base import Ref
from quickbooks.objects.detailline import DiscountLine, DiscountLineDetail, SalesItemLine, SalesItemLineDetail
from quickbooks.objects.journalentry import JournalEntryLine, JournalEntryLineDetail

DAY = "2026-03-02"
TABLE = "11"


def ref(value):
    made = Ref()
    made.value = value
    return made


def goods(item=TABLE, quantity=2, price=310):
    line = SalesItemLine()
    line.Amount = quantity * price
    line.SalesItemLineDetail = SalesItemLineDetail()
    line.SalesItemLineDetail.ItemRef = ref(item)
    line.SalesItemLineDetail.Qty = quantity
    line.SalesItemLineDetail.UnitPrice = price
    return line


def discount(amount):
    line = DiscountLine()
    line.Amount = amount
    line.DiscountLineDetail = DiscountLineDetail()
    line.DiscountLineDetail.PercentBased = False
    return line


def sale(kind, *lines, customer="1", **fields):
    document = kind()
    document.TxnDate = DAY
    document.CustomerRef = ref(customer)
    document.Line = list(lines) or [goods()]
    for name, value in fields.items():
        setattr(document, name, value)
    return document


def journal(debit, credit, amount, **fields):
    def line(account, side):
        made = JournalEntryLine()
        made.Amount = amount
        made.JournalEntryLineDetail = JournalEntryLineDetail()
        made.JournalEntryLineDetail.PostingType = side
        made.JournalEntryLineDetail.AccountRef = ref(account)
        return made

    entry = JournalEntry()
    entry.TxnDate = DAY
    entry.Line = [line(debit, "Debit"), line(credit, "Credit")]
    for name, value in fields.items():
        setattr(entry, name, value)
    return entry


def on_hand(qb, item=TABLE):
    return Item.get(item, qb=qb).QtyOnHand


def rows_of(report):
    """All rows of a report that have cells, sections opened."""
    found, open_rows = [], list(report["Rows"].get("Row", []))
    while open_rows:
        row = open_rows.pop(0)
        for cells in (row.get("ColData"), row.get("Summary", {}).get("ColData")):
            if cells:
                found.append([cell.get("value", "") for cell in cells])
        open_rows[:0] = row.get("Rows", {}).get("Row", [])
    return found


def row(report, name):
    return next(cells for cells in rows_of(report) if cells[0].lower() == name.lower())


def test_an_invoice_is_created_read_queried_updated_voided_and_deleted(qb):
    saved = sale(Invoice, goods(), discount(20), PrivateNote="first").save(qb=qb)
    assert (saved.TotalAmt, saved.Balance, saved.DocNumber, saved.SyncToken) == (600, 600, "1001", "0")
    assert on_hand(qb) == 10
    read = Invoice.get(saved.Id, qb=qb)
    assert [line.DetailType for line in read.Line] == ["SalesItemLineDetail", "DiscountLineDetail", "SubTotalLineDetail"]
    assert read.CustomerRef.name == "Amelia Stone"
    assert [found.Id for found in Invoice.filter(DocNumber="1001", qb=qb)] == [saved.Id]
    assert Invoice.count("TotalAmt > '599'", qb=qb) == 1
    read.Line = [goods(quantity=3), discount(20)]
    changed = read.save(qb=qb)
    assert (changed.TotalAmt, changed.SyncToken, on_hand(qb)) == (910, "1", 9)
    with pytest.raises(QuickbooksException) as error:
        read.save(qb=qb)
    assert error.value.error_code == 5010
    changed.void(qb=qb)
    voided = Invoice.get(saved.Id, qb=qb)
    assert (voided.TotalAmt, voided.Balance, on_hand(qb)) == (0, 0, 12)
    assert "Voided" in voided.PrivateNote
    voided.delete(qb=qb)
    with pytest.raises(ObjectNotFoundException):
        Invoice.get(saved.Id, qb=qb)
    assert Invoice.all(qb=qb) == []


def test_a_sales_receipt_is_created_updated_voided_and_deleted(qb):
    saved = sale(SalesReceipt, DepositToAccountRef=ref("35")).save(qb=qb)
    bank = Account.get(35, qb=qb).CurrentBalance
    assert (saved.TotalAmt, saved.Balance, on_hand(qb)) == (620, 0, 10)
    saved.PrivateNote = "paid in cash"
    changed = saved.save(qb=qb)
    assert (SalesReceipt.get(saved.Id, qb=qb).PrivateNote, changed.SyncToken) == ("paid in cash", "1")
    changed.void(qb=qb)
    assert SalesReceipt.get(saved.Id, qb=qb).TotalAmt == 0
    assert Account.get(35, qb=qb).CurrentBalance == bank - 620
    again = sale(SalesReceipt, DepositToAccountRef=ref("35")).save(qb=qb)
    assert again.delete(qb=qb)["SalesReceipt"]["status"] == "Deleted"
    assert (SalesReceipt.count(qb=qb), on_hand(qb)) == (1, 12)


@pytest.mark.parametrize("kind", [CreditMemo, RefundReceipt])
def test_what_is_given_back_raises_stock_until_it_is_deleted(qb, kind):
    fields = {"DepositToAccountRef": ref("35")} if kind is RefundReceipt else {}
    saved = sale(kind, goods(quantity=1), **fields).save(qb=qb)
    assert (saved.TotalAmt, on_hand(qb)) == (310, 13)
    assert [found.Id for found in kind.where(f"TxnDate = '{DAY}'", qb=qb)] == [saved.Id]
    saved.Line = [goods(quantity=2)]
    changed = saved.save(qb=qb)
    assert (changed.TotalAmt, on_hand(qb)) == (620, 14)
    changed.delete(qb=qb)
    assert (kind.count(qb=qb), on_hand(qb)) == (0, 12)


def test_a_journal_entry_is_created_queried_updated_and_deleted(url):
    qb = connect(url, use_decimal=True)
    saved = journal("55", "52", Decimal("62.50"), DocNumber="SB-B-0000001", PrivateNote="a build").save(qb=qb)
    assert [line.JournalEntryLineDetail.AccountRef.name for line in saved.Line] == ["Work in Process", "Direct Labor"]
    assert Account.get(55, qb=qb).CurrentBalance == Decimal("62.50")
    found = JournalEntry.filter(DocNumber="SB-B-0000001", qb=qb)
    assert [(entry.Id, entry.Line[0].Amount) for entry in found] == [(saved.Id, Decimal("62.50"))]
    changed = journal("55", "52", Decimal("70.25"), Id=saved.Id, SyncToken=saved.SyncToken).save(qb=qb)
    assert (changed.SyncToken, Account.get(55, qb=qb).CurrentBalance) == ("1", Decimal("70.25"))
    unbalanced = journal("55", "52", Decimal("1.00"))
    unbalanced.Line[0].Amount = Decimal("1.01")
    with pytest.raises(ValidationException) as error:
        unbalanced.save(qb=qb)
    assert error.value.error_code == 2300
    changed.delete(qb=qb)
    assert (JournalEntry.count(qb=qb), Account.get(55, qb=qb).CurrentBalance) == (0, 0)


def test_a_repeated_request_id_posts_once(qb):
    first = journal("55", "52", 10).save(qb=qb, request_id="build-7")
    second = journal("55", "52", 10).save(qb=qb, request_id="build-7")
    assert (first.Id, JournalEntry.count(qb=qb)) == (second.Id, 1)


def test_closed_books_take_nothing(url, qb):
    prefs = {"AccountingInfoPrefs": {"BookCloseDate": "2026-06-30"}}
    control(url, {"command": "edit", "realm": qb.company_id, "entity": "Preferences", "id": "1", "set": prefs})
    with pytest.raises(QuickbooksException) as error:
        journal("55", "52", 10).save(qb=qb)
    assert error.value.error_code == 6210
    assert JournalEntry.count(qb=qb) == 0


def test_batches_create_update_and_delete_documents(qb):
    made = batch_create([sale(Invoice, goods(quantity=1), customer=str(number)) for number in (1, 2, 3)], qb=qb)
    assert (len(made.successes), len(made.faults), on_hand(qb)) == (3, 0, 9)
    for invoice in made.successes:
        invoice.PrivateNote = "by batch"
    changed = batch_update(made.successes, qb=qb)
    assert [invoice.PrivateNote for invoice in changed.successes] == ["by batch"] * 3
    # One of them was changed by somebody else in between.
    Invoice.get(changed.successes[0].Id, qb=qb).save(qb=qb)
    gone = batch_delete(changed.successes, qb=qb)
    assert [fault.Error[0].code for fault in gone.faults] == ["5010"]
    assert (len(gone.successes), Invoice.count(qb=qb), on_hand(qb)) == (2, 1, 11)


def test_change_data_capture_tells_changes_and_deletions(url, qb):
    kept = sale(Invoice).save(qb=qb)
    deleted = sale(Invoice).save(qb=qb)
    since = Invoice.get(deleted.Id, qb=qb).MetaData.LastUpdatedTime
    control(url, {"command": "advance-clock", "seconds": 60})
    control(url, {"command": "edit", "realm": qb.company_id, "entity": "Item", "id": "12", "set": {"Name": "Walnut Low Table"}})
    kept.PrivateNote = "changed"
    kept.save(qb=qb)
    deleted.delete(qb=qb)
    moment = datetime.datetime.fromisoformat(since) + datetime.timedelta(seconds=30)
    told = change_data_capture([Invoice, Item, Customer], moment.isoformat(), qb=qb)
    invoices = {invoice.Id: invoice for invoice in told.Invoice._object_list}
    assert invoices[kept.Id].PrivateNote == "changed"
    assert invoices[deleted.Id].status == "Deleted"
    assert "Walnut Low Table" in [item.Name for item in told.Item._object_list]
    assert not hasattr(told, "Customer"), "nothing changed there"


def test_reports_show_the_books(qb):
    days = {"start_date": "2026-01-01", "end_date": "2026-12-31"}
    before = qb.get_report("TrialBalance", qs=days)
    sale(Invoice, goods()).save(qb=qb)
    journal("55", "52", 62.5).save(qb=qb)
    trial = qb.get_report("TrialBalance", qs=days)
    assert trial["Header"]["ReportName"] == "TrialBalance"
    *accounts, total = rows_of(trial)
    side = lambda at: sum(Decimal(cells[at] or "0") for cells in accounts)
    assert side(1) == side(2) == Decimal(total[1]) == Decimal(total[2])
    assert Decimal(row(trial, "Work in Process")[1]) == Decimal("62.50")
    stock = lambda report: Decimal(row(report, "Inventory Asset")[1])
    assert stock(before) - stock(trial) == Decimal("381.00"), "two tables at 190.50"

    profit = qb.get_report("ProfitAndLoss", qs=days)
    assert Decimal(row(profit, "Net Income")[1]) == Decimal("620") - Decimal("381") + Decimal("62.5")
    sheet = qb.get_report("BalanceSheet", qs=days)
    assert Decimal(row(sheet, "TOTAL ASSETS")[1]) == Decimal(row(sheet, "TOTAL LIABILITIES AND EQUITY")[1])
    values = qb.get_report("InventoryValuationSummary", qs=days)
    table = next(cells for cells in rows_of(values) if cells[0] in ("Oak Table", "Furniture:Tables:Oak Table"))
    assert [Decimal(cell) for cell in table if cell.replace(".", "").isdigit()][:2] == [10, Decimal("1905.00")]


def test_a_report_that_there_is_none_of_is_refused(qb):
    with pytest.raises(QuickbooksException):
        qb.get_report("CustomerBalance")
