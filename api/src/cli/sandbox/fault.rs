//! Faults as they are written on the command line, and the plan that a sandbox's control endpoint takes for them.
//!
//! Rule: what belongs to the plan is known here; what belongs to the fault itself is handed on, and the sandbox judges it,
//! because each has kinds of its own.

use std::str::FromStr;

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

/// How a fault is written, for the help of every command that takes one.
pub(super) const GRAMMAR: &str = "\
A fault is its kind, then what belongs to it, separated by commas:

  503                              every call from now on is answered with this status
  429,retry-after=5,next=3         the next three calls, with advice how long to wait
  reset,share=20%,seed=7           every fifth call by chance, the same ones for the same seed
  status,status=502,on=writes,after-commit,next=1
                                   a write that takes effect, and whose answer is lost
  slow,milliseconds=90000,operation=item
                                   calls with `item` in their name or path

  next=N          so many calls; without it, until `stockbridge sandbox calm`
  share=P%        by chance (0.1% to 100%); seed=N says which
  skip=N          so many calls pass first
  on=SORT         any, reads, writes or tokens
  operation=TEXT  only calls with this in their name or path
  after-commit    the call is done before its answer is spoilt

Kinds that every sandbox has: a status, cut-off, reset, html, hang, slow, oauth-error, pages-shift; docs/OPERATIONS.md
says what each does.";

/// A fault for calls to come, as the control endpoint takes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Fault(Value);

impl Fault {
    /// The command that plans it.
    pub(super) fn into_command(self) -> Value {
        self.0
    }
}

impl FromStr for Fault {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut words = text.split(',').map(str::trim);
        let kind =
            words.next().filter(|kind| !kind.is_empty()).ok_or("a fault begins with its kind, as in 503 or reset")?;
        let mut plan = Draft::of(kind);
        for word in words {
            match word.split_once('=') {
                Some((name, value)) => plan.set(name.trim(), value.trim())?,
                None if word == "after-commit" => plan.put("after_commit", true),
                None => return Err(format!("{word:?} has no value; write {word}=…, or leave it out")),
            }
        }
        plan.finish().map(Self)
    }
}

/// A plan being read.
struct Draft {
    plan: Map<String, Value>,
    fault: Map<String, Value>,
    per_mille: Option<u16>,
    seed: Option<u64>,
}

impl Draft {
    /// A number is a status.
    fn of(kind: &str) -> Self {
        let mut fault = Map::new();
        match kind.parse::<u16>() {
            Ok(status) => fault.extend([("kind".to_owned(), "status".into()), ("status".to_owned(), status.into())]),
            Err(_) => fault.extend([("kind".to_owned(), kind.into())]),
        }
        let plan = Map::from_iter([("command".to_owned(), "fail".into())]);
        Self { plan, fault, per_mille: None, seed: None }
    }

    fn put(&mut self, name: &str, value: impl Into<Value>) {
        self.plan.insert(name.to_owned(), value.into());
    }

    fn set(&mut self, name: &str, value: &str) -> Result<(), String> {
        match name {
            "next" => self.put("times", number::<u32>(name, value)?),
            "skip" => self.put("skip", number::<u32>(name, value)?),
            "share" => self.per_mille = Some(per_mille(value)?),
            "seed" => self.seed = Some(number(name, value)?),
            "operation" => self.put("operation", value),
            "on" if ["any", "reads", "writes", "tokens"].contains(&value) => self.put("target", value),
            "on" => return Err(format!("{value:?} is no sort of call; choose any, reads, writes or tokens")),
            // Digits are a number, as all fields of faults are that can be digits alone.
            _ => {
                let value = value.parse::<u64>().map_or_else(|_| value.into(), Value::from);
                self.fault.insert(name.replace('-', "_"), value);
            }
        }
        Ok(())
    }

    fn finish(mut self) -> Result<Value, String> {
        match (self.per_mille, self.seed) {
            (Some(per_mille), seed) => {
                self.put("share", json!({"per_mille": per_mille, "seed": seed.unwrap_or_default()}));
            }
            (None, Some(_)) => return Err("a seed needs a share, as in share=20%,seed=7".to_owned()),
            (None, None) => {}
        }
        let fault = Value::Object(self.fault.clone());
        self.put("fault", fault);
        Ok(Value::Object(self.plan))
    }
}

fn number<N: FromStr>(name: &str, value: &str) -> Result<N, String> {
    value.parse().map_err(|_| format!("{name}={value}: {value:?} is not a whole number"))
}

/// A share in thousandths, from percent.
fn per_mille(value: &str) -> Result<u16, String> {
    let wrong = || format!("share={value}: write a share in percent, 0.1% to 100%");
    let percent: Decimal = value.strip_suffix('%').ok_or_else(wrong)?.parse().map_err(|_| wrong())?;
    let thousandths = percent * Decimal::TEN;
    let whole = u16::try_from(thousandths).ok().filter(|_| thousandths.fract().is_zero());
    whole.filter(|share| (1..=1000).contains(share)).ok_or_else(wrong)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    fn read(text: &str) -> Result<Value, String> {
        text.parse().map(Fault::into_command)
    }

    #[rstest]
    #[case("503", json!({"command": "fail", "fault": {"kind": "status", "status": 503}}))]
    #[case("429,retry-after=5,next=3", json!({"command": "fail", "times": 3, "fault": {"kind": "status", "status": 429, "retry_after": 5}}))]
    #[case("reset, share=20%, seed=7", json!({"command": "fail", "share": {"per_mille": 200, "seed": 7}, "fault": {"kind": "reset"}}))]
    #[case("html,share=0.5%", json!({"command": "fail", "share": {"per_mille": 5, "seed": 0}, "fault": {"kind": "html"}}))]
    #[case("status,status=502,on=writes,after-commit,next=1,skip=2", json!({"command": "fail", "target": "writes", "after_commit": true, "times": 1, "skip": 2, "fault": {"kind": "status", "status": 502}}))]
    #[case("oauth-error,error=invalid_grant,on=tokens", json!({"command": "fail", "target": "tokens", "fault": {"kind": "oauth-error", "error": "invalid_grant"}}))]
    #[case("slow,milliseconds=90,operation=query Item", json!({"command": "fail", "operation": "query Item", "fault": {"kind": "slow", "milliseconds": 90}}))]
    fn a_fault_becomes_a_plan(#[case] text: &str, #[case] plan: Value) {
        assert_eq!(read(text), Ok(plan));
    }

    #[rstest]
    #[case("", "begins with its kind")]
    #[case("reset,share=0.2", "0.1% to 100%")]
    #[case("reset,share=0%", "0.1% to 100%")]
    #[case("reset,share=100.1%", "0.1% to 100%")]
    #[case("reset,share=0.25%", "0.1% to 100%")]
    #[case("reset,share=-5%", "0.1% to 100%")]
    #[case("reset,seed=7", "a seed needs a share")]
    #[case("reset,next=few", "\"few\" is not a whole number")]
    #[case("reset,next", "\"next\" has no value")]
    #[case("reset,on=tuesdays", "choose any, reads, writes or tokens")]
    fn what_means_nothing_is_refused_with_an_example(#[case] text: &str, #[case] reason: &str) {
        let refused = read(text).unwrap_err();
        assert!(refused.contains(reason), "{refused}");
    }
}
