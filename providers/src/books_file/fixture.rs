//! A small company in a folder, and the neutral hand on it: what tests and demos try this provider on.
//!
//! Rule: it is the other side of the files. It shares no code with the reading and writing next to it; it knows the form of
//! the files from `docs.md` alone.

use std::{
    collections::{BTreeMap, HashMap},
    fmt, fs, io,
    path::{Path, PathBuf},
    sync::Arc,
};

use async_trait::async_trait;
use rust_decimal::Decimal;
use secrecy::SecretString;

use crate::{
    model::{AccountBalance, CompanyChoice, DocumentKind, ItemKind},
    sandbox::{Fixture, SandboxAct, SandboxControl, SandboxError},
    settings::{ProviderSettings, TransportSettings},
};

const COMPANY: &str = "id,name,currency,country,time_zone,books_closed_until\n\
    cedar,Cedar Bench Works,USD,US,America/Chicago,\n";

/// Id, name, class, journal name as hledger has it without anybody's help.
const ACCOUNTS: [(&str, &str, &str, &str); 7] = [
    ("1000", "Checking", "asset", "Assets:Checking"),
    ("1200", "Inventory", "asset", "Assets:Inventory"),
    ("1210", "Finished goods", "asset", "Assets:Finished goods"),
    ("2000", "Payables", "liability", "Liabilities:Payables"),
    ("3000", "Opening balances", "equity", "Equity:Opening balances"),
    ("4000", "Sales", "income", "Income:Sales"),
    ("5000", "Cost of goods", "expense", "Expenses:Cost of goods"),
];

const ITEMS: &str = "id,name,sku,kind,price,cost,quantity,income_account,expense_account,asset_account,active\n\
    P1,Oak plank,OAK-1,inventory,0,12.5,140,4000,5000,1200,yes\n\
    P2,Brass screw,SCR-4,inventory,0,0.034,12000,4000,5000,1200,yes\n\
    P3,Bench,BEN-1,inventory,249,0,6,4000,5000,1210,yes\n\
    P4,Wood oil,OIL-1,non-inventory,0,18,,4000,5000,,yes\n\
    P5,Delivery,,service,35,,,4000,,,yes\n\
    P6,Old bench,BEN-0,inventory,199,0,0,4000,5000,1210,no\n";

/// Writes the company into an empty folder.
///
/// # Errors
/// When a file cannot be written.
pub(super) fn set_up(folder: &Path) -> Result<Fixture, SandboxError> {
    let mut accounts = String::from("id,name,class\n");
    for (id, name, class, _) in ACCOUNTS {
        accounts.push_str(&format!("{id},{name},{class}\n"));
    }
    for (file, text) in [("company.csv", COMPANY), ("accounts.csv", accounts.as_str()), ("items.csv", ITEMS)] {
        let path = folder.join(file);
        fs::write(&path, text).map_err(|error| state(&path, &error))?;
    }
    let options = BTreeMap::from([("directory".to_owned(), folder.display().to_string())]);
    let settings = ProviderSettings {
        client_id: String::new(),
        client_secret: SecretString::from(""),
        environment: None,
        endpoints: BTreeMap::new(),
        webhook_key: None,
        options,
        transport: TransportSettings::default(),
    };
    Ok(Fixture { settings, control: Arc::new(Hand { folder: folder.to_owned() }) })
}

fn state(path: &Path, error: &io::Error) -> SandboxError {
    SandboxError::State { path: path.to_owned(), reason: error.to_string() }
}

fn refused(text: impl Into<String>) -> SandboxError {
    SandboxError::Refused(text.into())
}

/// The hand.
struct Hand {
    folder: PathBuf,
}

impl fmt::Debug for Hand {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Hand")
    }
}

#[async_trait]
impl SandboxControl for Hand {
    fn companies(&self) -> Vec<CompanyChoice> {
        vec![CompanyChoice { external_id: "cedar".to_owned(), name: Some("Cedar Bench Works".to_owned()) }]
    }

    async fn act(&self, _company: &str, act: SandboxAct) -> Result<String, SandboxError> {
        match act {
            SandboxAct::AddItem { name, sku, kind, price, cost, quantity } => {
                self.add_item(&name, &sku.unwrap_or_default(), kind, price, cost, quantity)
            }
            SandboxAct::RenameItem { item, name } => self.edit_item(&item, 1, &name),
            SandboxAct::SetItemActive { item, active } => self.edit_item(&item, 10, if active { "yes" } else { "no" }),
            SandboxAct::EditDocument { kind, external_id } => self.twice(kind, &external_id),
            SandboxAct::RemoveDocument { kind, external_id } => {
                let path = self.document(kind, &external_id)?;
                fs::remove_file(&path).map_err(|error| state(&path, &error))?;
                Ok(external_id)
            }
            SandboxAct::CloseBooks(day) => {
                let day = day.map(|day| day.to_string()).unwrap_or_default();
                self.write("company.csv", &format!("{}{day}\n", COMPANY.trim_end()))?;
                Ok("cedar".to_owned())
            }
            _ => Err(SandboxError::Unsupported("do that: these are files")),
        }
    }

    async fn trial_balance(&self, _company: &str) -> Result<Vec<AccountBalance>, SandboxError> {
        let mut sums: HashMap<&str, Decimal> = HashMap::new();
        for text in self.entries()? {
            for line in text.lines().filter(|line| line.starts_with("    ") && !line.trim_start().starts_with(';')) {
                let (name, amount) = line.trim().split_once("  ").ok_or_else(|| refused(line))?;
                let account = ACCOUNTS.iter().find(|(.., known)| *known == name).ok_or_else(|| refused(line))?;
                *sums.entry(account.0).or_default() += amount_of(amount)?;
            }
        }
        Ok(sums.into_iter().map(|(account, balance)| AccountBalance { account: account.to_owned(), balance }).collect())
    }

    async fn count_posted(&self, _company: &str, _: DocumentKind, reference: &str) -> Result<usize, SandboxError> {
        let line = format!("; stockbridge-reference: \"{reference}\"");
        Ok(self.entries()?.iter().filter(|text| text.lines().any(|found| found.trim() == line)).count())
    }
}

impl Hand {
    fn read(&self, file: &str) -> Result<String, SandboxError> {
        let path = self.folder.join(file);
        fs::read_to_string(&path).map_err(|error| state(&path, &error))
    }

    fn write(&self, file: &str, text: &str) -> Result<(), SandboxError> {
        let path = self.folder.join(file);
        fs::write(&path, text).map_err(|error| state(&path, &error))
    }

    fn add_item(
        &self,
        name: &str,
        sku: &str,
        kind: ItemKind,
        price: Decimal,
        cost: Decimal,
        quantity: Decimal,
    ) -> Result<String, SandboxError> {
        let kind = match kind {
            ItemKind::Inventory => "inventory",
            ItemKind::NonInventory => "non-inventory",
            ItemKind::Service => "service",
            _ => return Err(SandboxError::Unsupported("add items of that kind")),
        };
        let text = self.read("items.csv")?;
        let id = format!("P{}", text.lines().count());
        let name = name.replace('"', "\"\"");
        let row = format!("{id},\"{name}\",{sku},{kind},{price},{cost},{quantity},4000,5000,1200,yes\n");
        self.write("items.csv", &format!("{text}{row}"))?;
        Ok(id)
    }

    fn edit_item(&self, item: &str, column: usize, value: &str) -> Result<String, SandboxError> {
        let text = self.read("items.csv")?;
        let edited: Vec<String> = text.lines().map(|line| with_field(line, item, column, value)).collect();
        self.write("items.csv", &format!("{}\n", edited.join("\n")))?;
        Ok(item.to_owned())
    }

    fn document(&self, kind: DocumentKind, external_id: &str) -> Result<PathBuf, SandboxError> {
        if kind != DocumentKind::JournalEntry {
            return Err(SandboxError::Unsupported("touch documents of that kind"));
        }
        Ok(self.folder.join("entries").join(format!("{external_id}.journal")))
    }

    fn twice(&self, kind: DocumentKind, external_id: &str) -> Result<String, SandboxError> {
        let path = self.document(kind, external_id)?;
        let text = fs::read_to_string(&path).map_err(|error| state(&path, &error))?;
        let mut doubled = String::new();
        for line in text.lines() {
            match line.rsplit_once("  ").filter(|_| line.starts_with("    ") && !line.trim_start().starts_with(';')) {
                Some((account, amount)) => {
                    doubled.push_str(&format!("{account}  {} USD\n", amount_of(amount)? * Decimal::TWO));
                }
                None => doubled.push_str(&format!("{line}\n")),
            }
        }
        fs::write(&path, doubled).map_err(|error| state(&path, &error))?;
        Ok(external_id.to_owned())
    }

    fn entries(&self) -> Result<Vec<String>, SandboxError> {
        let folder = self.folder.join("entries");
        let listed = match fs::read_dir(&folder) {
            Ok(listed) => listed,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(state(&folder, &error)),
        };
        let mut texts = Vec::new();
        for entry in listed {
            let path = entry.map_err(|error| state(&folder, &error))?.path();
            let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
            if name.starts_with("je-") && name.ends_with(".journal") {
                texts.push(fs::read_to_string(&path).map_err(|error| state(&path, &error))?);
            }
        }
        Ok(texts)
    }
}

fn amount_of(text: &str) -> Result<Decimal, SandboxError> {
    let number = text.trim().strip_suffix(" USD").ok_or_else(|| refused(text))?;
    number.parse().map_err(|_| refused(text))
}

/// A row with another value in one column, if it is the item's; good enough for rows without quotes.
fn with_field(line: &str, item: &str, column: usize, value: &str) -> String {
    let mut fields: Vec<&str> = line.split(',').collect();
    if fields.first() == Some(&item)
        && let Some(field) = fields.get_mut(column)
    {
        *field = value;
    }
    fields.join(",")
}
