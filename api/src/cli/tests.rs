//! The command line as it is declared.

use std::time::Duration;

use clap::{CommandFactory, Parser};
use rstest::rstest;

use super::{Cli, token};

#[test]
fn the_declaration_is_sound() {
    Cli::command().debug_assert();
}

#[rstest]
#[case(&["stockbridge", "serve", "--listen", "127.0.0.1:0"])]
#[case(&["stockbridge", "demo", "--listen", "127.0.0.1:0", "--data-dir", "x", "--json", "--items", "500"])]
#[case(&["stockbridge", "sandbox", "--listen", "127.0.0.1:0", "--items", "5", "--directory", "x", "--no-throttle", "--latency-ms", "40", "--json"])]
#[case(&["stockbridge", "sandbox", "--fault", "429,next=3", "--fault", "reset,share=20%,seed=7"])]
#[case(&["stockbridge", "sandbox", "fault", "--url", "http://127.0.0.1:9", "503", "reset,next=1"])]
#[case(&["stockbridge", "sandbox", "calm", "--url", "http://127.0.0.1:9"])]
#[case(&["stockbridge", "sandbox", "tell", "--url", "http://127.0.0.1:9", "oauth-rules", "kill_on_reuse:=true", "a=b"])]
#[case(&["stockbridge", "--config", "x.toml", "migrate"])]
#[case(&["stockbridge", "schema"])]
#[case(&["stockbridge", "token", "--role", "owner", "--subject", "me", "--business", "biz_01h455vb4pex5vsknk084sn02q", "--expires", "30d"])]
#[case(&["stockbridge", "business", "--name", "Ours", "--currency", "EUR", "--time-zone", "Europe/Vienna"])]
#[case(&["stockbridge", "doctor", "--config", "x.toml"])]
fn every_command_takes_its_arguments(#[case] arguments: &[&str]) {
    Cli::try_parse_from(arguments).unwrap();
}

#[rstest]
#[case("30m", Some(1_800))]
#[case("12h", Some(43_200))]
#[case("1d", Some(86_400))]
#[case("90s", Some(90))]
#[case("0h", None)]
#[case("4000d", None)]
#[case("12", None)]
#[case("", None)]
#[case("ü", None)]
fn spans_of_time_have_a_unit(#[case] text: &str, #[case] seconds: Option<u64>) {
    assert_eq!(token::span(text).ok(), seconds.map(Duration::from_secs));
}

#[rstest]
#[case(&["stockbridge", "business", "--name", "Ours", "--currency", "euro"], "as in USD")]
#[case(&["stockbridge", "business", "--name", "Ours", "--time-zone", "Mars"], "IANA time zone")]
#[case(&["stockbridge", "business", "--name", "Ours", "--id", "x"], "biz_")]
fn a_business_that_cannot_be_is_refused_with_an_example(#[case] arguments: &[&str], #[case] example: &str) {
    let refused = Cli::try_parse_from(arguments).unwrap_err().to_string();
    assert!(refused.contains(example), "{refused}");
}
