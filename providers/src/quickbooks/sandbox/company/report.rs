//! Reports: trial balance and the value of stock (reference 14).
//!
//! Rule: figures are the books'; each row's first cell names its record, and the header says for which day they hold.

use std::collections::BTreeMap;

use chrono::{DateTime, Datelike, NaiveDate, Utc};
use rust_decimal::Decimal;
use serde_json::{Value, json};

use super::call::{Call, Failure};
use crate::quickbooks::sandbox::{
    books::{cents, stands},
    clock,
    entities::{derive::reference_name, transaction::home_currency},
    faults::Fault,
    json,
    shared::Sandbox,
    store::Company,
};

/// The days a report is for.
struct Period {
    start: NaiveDate,
    end: NaiveDate,
}

/// `GET …/reports/{name}`
///
/// # Errors
/// 500 for a report that the sandbox does not know, 2060 for a day that is none.
pub(super) fn report(sandbox: &Sandbox, call: &Call<'_>, name: &str) -> Result<String, Failure> {
    let now = sandbox.clock.now();
    let period = period(call, now)?;
    let report = sandbox.read(|state| {
        let company = state.companies.get(call.realm).ok_or_else(Fault::not_found)?;
        match name.to_lowercase().as_str() {
            "trialbalance" => Ok(trial_balance(company, &period, now)),
            "inventoryvaluationsummary" => Ok(valuation(company, &period, now)),
            _ => Err(Fault::unsupported(&format!("report {name}"))),
        }
    })?;
    Ok(report.to_string())
}

/// Today and its year, where nothing is said. The sandbox costs first in first out, so a range counts for stock too.
fn period(call: &Call<'_>, now: DateTime<Utc>) -> Result<Period, Fault> {
    let day = |name: &str| match call.parameter(name) {
        Some(text) => match text.parse() {
            Ok(day) => Ok(Some(day)),
            Err(_) => Err(Fault::new(2060, format!("Invalid Date Format : {text}")).at(name)),
        },
        None => Ok(None),
    };
    let end = day("end_date")?.or(day("report_date")?).unwrap_or_else(|| clock::local_date(now));
    let start = day("start_date")?.or_else(|| end.with_ordinal(1)).unwrap_or(end);
    Ok(Period { start, end })
}

/// Income and expense since the start; what they came to before is retained.
fn trial_balance(company: &Company, period: &Period, now: DateTime<Utc>) -> Value {
    let before = period.start.pred_opt().map(|day| company.balances(Some(day))).unwrap_or_default();
    let retained = company.account_of_subtype("RetainedEarnings").unwrap_or_else(|| "2".to_owned());
    let mut balances: BTreeMap<String, Decimal> = company.balances(Some(period.end));
    for (id, earlier) in before {
        let begins_anew = company.find("Account", &id).is_some_and(|account| !stands(&account));
        if begins_anew && period.start <= period.end {
            *balances.entry(id).or_default() -= earlier;
            *balances.entry(retained.clone()).or_default() += earlier;
        }
    }
    let money = |amount: Decimal| if amount > Decimal::ZERO { format!("{amount:.2}") } else { String::new() };
    let (mut rows, mut total) = (Vec::new(), Decimal::ZERO);
    for (id, balance) in balances.into_iter().filter(|(_, balance)| !balance.is_zero()) {
        total += balance.max(Decimal::ZERO);
        let account = company.find("Account", &id).unwrap_or_default();
        let name = reference_name(&account).unwrap_or(&id);
        rows.push(
            json!({"ColData": [{"value": name, "id": id}, {"value": money(balance)}, {"value": money(-balance)}]}),
        );
    }
    let sums = json!([{"value": "TOTAL"}, {"value": money(total)}, {"value": money(total)}]);
    rows.push(json!({"Summary": {"ColData": sums}, "type": "Section", "group": "GrandTotal"}));
    let columns = [("", "Account"), ("Debit", "Money"), ("Credit", "Money")];
    finished(company, "TrialBalance", &columns, rows, period, now)
}

fn valuation(company: &Company, period: &Period, now: DateTime<Utc>) -> Value {
    let (mut rows, mut total) = (Vec::new(), Decimal::ZERO);
    for (id, quantity, value) in company.stock_values(Some(period.end)) {
        let item = company.find("Item", &id).unwrap_or_default();
        total += value;
        let average = value.checked_div(quantity).map(|average| format!("{:.2}", cents(average))).unwrap_or_default();
        let name = reference_name(&item).unwrap_or(&id);
        rows.push(json!({"ColData": [
            {"value": name, "id": id}, {"value": json::text(&item, "Sku").unwrap_or_default()},
            {"value": quantity.normalize().to_string()}, {"value": format!("{value:.2}")}, {"value": average}]}));
    }
    let sums =
        json!([{"value": "TOTAL"}, {"value": ""}, {"value": ""}, {"value": format!("{total:.2}")}, {"value": ""}]);
    rows.push(json!({"Summary": {"ColData": sums}, "type": "Section", "group": "GrandTotal"}));
    let columns =
        [("", "Item"), ("SKU", "String"), ("Qty", "Number"), ("Asset Value", "Money"), ("Calc. Avg", "Money")];
    finished(company, "InventoryValuationSummary", &columns, rows, period, now)
}

fn finished(
    company: &Company,
    name: &str,
    columns: &[(&str, &str)],
    rows: Vec<Value>,
    period: &Period,
    now: DateTime<Utc>,
) -> Value {
    let columns: Vec<Value> = columns.iter().map(|(title, kind)| json!({"ColTitle": title, "ColType": kind})).collect();
    let mut rows = rows;
    for row in rows.iter_mut().filter_map(Value::as_object_mut) {
        row.entry("type").or_insert_with(|| "Data".into());
    }
    json!({
        "Header": {"Time": clock::record_stamp(now), "ReportName": name, "ReportBasis": "Accrual",
                   "StartPeriod": period.start.to_string(), "EndPeriod": period.end.to_string(),
                   "Currency": home_currency(company), "Option": [{"Name": "NoReportData", "Value": "false"}]},
        "Columns": {"Column": columns}, "Rows": {"Row": rows}
    })
}
