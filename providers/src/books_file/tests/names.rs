//! Names of accounts and of files.

use proptest::prelude::*;
use rstest::rstest;

use super::super::{config::Syntax, entry, ledger_name};
use crate::model::AccountClass;

#[rstest]
#[case("Cost of goods", "Expenses:Cost of goods", "Expenses:Cost-of-goods")]
#[case("Cost: of  goods; (old)", "Expenses:Cost:of goods, (old)", "Expenses:Cost:Of-goods-old")]
#[case("expenses:rent", "Expenses:rent", "Expenses:Rent")]
#[case("Expenses", "Expenses:General", "Expenses:General")]
#[case("élan", "Expenses:élan", "Expenses:Élan")]
#[case("材料", "Expenses:材料", "Expenses:U6750U6599")]
#[case("401(k)", "Expenses:401(k)", "Expenses:401-k")]
#[case(" : ", "Expenses:General", "Expenses:General")]
fn names_are_made_valid(#[case] name: &str, #[case] hledger: &str, #[case] beancount: &str) {
    assert_eq!(ledger_name::make(Syntax::Hledger, "Expenses", name), hledger);
    assert_eq!(ledger_name::make(Syntax::Beancount, "Expenses", name), beancount);
}

#[rstest]
#[case(Syntax::Beancount, "Assets:Stock", false)]
#[case(Syntax::Beancount, "Income:Stock", true)]
#[case(Syntax::Beancount, "Assets:stock", true)]
#[case(Syntax::Beancount, "Assets", true)]
#[case(Syntax::Beancount, "Assets:Raw stock", true)]
#[case(Syntax::Hledger, "assets:raw stock", false)]
#[case(Syntax::Hledger, "assets:raw  stock", true)]
#[case(Syntax::Hledger, "(assets):raw", true)]
fn a_chosen_name_is_taken_or_refused(#[case] syntax: Syntax, #[case] name: &str, #[case] refused: bool) {
    assert_eq!(ledger_name::complaint(syntax, AccountClass::Asset, name).is_some(), refused, "{name}");
}

proptest! {
    #[test]
    fn a_name_made_here_is_one_that_could_be_chosen(name in "\\PC{0,40}") {
        for syntax in Syntax::ALL {
            let made = ledger_name::make(syntax, "Assets", &name);
            prop_assert_eq!(ledger_name::complaint(syntax, AccountClass::Asset, &made), None, "{}", made);
        }
    }

    #[test]
    fn no_reference_leads_out_of_the_folder(reference in "\\PC{1,30}", other in "\\PC{1,30}") {
        let id = entry::id_of(&reference);
        prop_assert!(entry::is_id(&id) && id.len() < 120, "{}", id);
        prop_assert_eq!(reference == other, id == entry::id_of(&other));
    }
}

#[test]
fn foreign_ids_are_none() {
    for id in ["", "je-", "je-../x", "../je-1", "je-a/b", "je-a.b", "0-accounts", "je-\0"] {
        assert!(!entry::is_id(id), "{id:?}");
    }
}
