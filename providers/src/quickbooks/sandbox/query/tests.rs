//! The parser: printing a tree and parsing the text gives the same tree.

use proptest::{collection::vec, option, prelude::*};

use super::{
    ast::{Comparison, Condition, Literal, Order, Projection, Statement, Test},
    parse,
};

/// Names that are no keywords, with or without a part inside.
fn name() -> impl Strategy<Value = String> {
    "[A-Z][a-z]{1,8}Q(\\.[A-Z][a-z]{1,6})?"
}

fn literal() -> impl Strategy<Value = Literal> {
    prop_oneof![
        any::<String>().prop_map(Literal::Text),
        "-?[0-9]{1,12}(\\.[0-9]{1,7})?".prop_map(Literal::Number),
        any::<bool>().prop_map(Literal::Bool),
        Just(Literal::CurrentDate),
    ]
}

fn comparison() -> impl Strategy<Value = Comparison> {
    use Comparison::{Equal, Greater, GreaterOrEqual, Less, LessOrEqual};
    prop::sample::select(vec![Equal, Less, LessOrEqual, Greater, GreaterOrEqual])
}

fn condition() -> impl Strategy<Value = Condition> {
    let test = prop_oneof![
        (comparison(), literal()).prop_map(|(comparison, value)| Test::Compare(comparison, value)),
        any::<String>().prop_map(Test::Like),
        vec(literal(), 1..4).prop_map(Test::In),
    ];
    (name(), test).prop_map(|(property, test)| Condition { property, test })
}

fn projection() -> impl Strategy<Value = Projection> {
    prop_oneof![
        Just(Projection::Count),
        vec(name(), 0..3).prop_map(Projection::All),
        vec(name(), 1..4).prop_map(Projection::Properties),
    ]
}

fn order() -> impl Strategy<Value = Order> {
    (name(), any::<bool>()).prop_map(|(property, descending)| Order { property, descending })
}

prop_compose! {
    fn statement()(
        projection in projection(),
        entity in "[A-Z][a-z]{1,8}Q",
        conditions in vec(condition(), 0..4),
        order in vec(order(), 0..3),
        start_position in option::of(any::<u64>()),
        max_results in option::of(any::<u64>()),
    ) -> Statement {
        Statement { projection, entity, conditions, order, start_position, max_results }
    }
}

proptest! {
    #[test]
    fn printing_then_parsing_gives_the_same_tree(statement in statement()) {
        let text = statement.to_string();
        prop_assert_eq!(parse(&text), Ok(statement), "{}", text);
    }

    #[test]
    fn keywords_in_any_case_and_any_blanks_mean_the_same(statement in statement(), upper in any::<bool>()) {
        let plain = Statement { conditions: Vec::new(), ..statement };
        let text = plain.to_string();
        let cased = if upper { text.to_uppercase() } else { text.to_lowercase() };
        let spaced = format!("\n\t {} \n", cased.replace(' ', " \t "));
        let parsed = parse(&spaced).map(|parsed| parsed.to_string().to_lowercase());
        prop_assert_eq!(parsed, Ok(text.to_lowercase()));
    }

    #[test]
    fn no_text_makes_the_parser_fail_otherwise_than_with_4000(text in any::<String>()) {
        if let Err(fault) = parse(&text) {
            prop_assert_eq!(fault.code, 4000);
        }
    }
}

#[test]
fn paging_may_come_in_either_order() {
    let one = parse("SELECT * FROM Item STARTPOSITION 5 MAXRESULTS 7");
    let two = parse("SELECT * FROM Item MAXRESULTS 7 STARTPOSITION 5");
    assert!(one.is_ok());
    assert_eq!(one, two);
    assert!(parse("SELECT * FROM Item MAXRESULTS 7 MAXRESULTS 7").is_err());
}
