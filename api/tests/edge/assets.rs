//! The console's pages, built or not.

use super::server::{Setup, head, start, start_with};

/// Whether `make console` was run before this build; both ways must work.
fn built() -> bool {
    std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../web/dist/index.html").exists()
}

#[tokio::test]
async fn the_console_is_served_under_every_path_of_its_own_or_says_how_to_build_it() {
    let server = start().await;
    for path in ["/console", "/console/", "/console/items/itm_1"] {
        let response = server.get(path).send().await.unwrap();
        let (status, cache) = (response.status().as_u16(), head(&response, "cache-control").to_owned());
        let policy = head(&response, "content-security-policy").to_owned();
        let page = response.text().await.unwrap();
        if built() {
            assert_eq!((status, cache.as_str()), (200, "no-cache"), "{path}");
            assert!(policy.contains("script-src 'self'") && policy.contains("frame-ancestors 'none'"), "{policy}");
        } else {
            assert_eq!((status, page.contains("make console")), (404, true), "{path}: {page}");
        }
    }
}

#[tokio::test]
async fn a_page_that_has_not_changed_is_not_sent_again() {
    let server = start().await;
    let response = server.get("/console").send().await.unwrap();
    let tag = head(&response, "etag").to_owned();
    if built() {
        let again = server.get("/console").header("if-none-match", &tag).send().await.unwrap();
        assert_eq!((again.status().as_u16(), head(&again, "etag")), (304, tag.as_str()));
    } else {
        assert_eq!(tag, "");
    }
}

#[tokio::test]
async fn files_with_their_hash_in_the_name_are_kept_for_ever() {
    let server = start().await;
    let page = server.get("/console").send().await.unwrap().text().await.unwrap();
    let script = page.split("src=\"").nth(1).and_then(|rest| rest.split('"').next());
    assert_eq!(script.is_some(), built(), "{page}");
    if let Some(script) = script {
        let response = server.get(script).send().await.unwrap();
        assert_eq!(
            (response.status().as_u16(), head(&response, "content-type")),
            (200, "text/javascript; charset=utf-8")
        );
        assert_eq!(head(&response, "cache-control"), "public, max-age=31536000, immutable");
    }
}

#[tokio::test]
async fn missing_files_are_not_answered_with_a_page_of_the_console() {
    let server = start().await;
    for path in ["/assets/none-12345678.js", "/console/assets/none.js", "/console/../../etc/passwd.txt", "/nowhere"] {
        let response = server.get(path).send().await.unwrap();
        assert_eq!(response.status().as_u16(), 404, "{path}");
    }
}

#[tokio::test]
async fn the_first_page_leads_to_the_console_unless_it_is_off() {
    let response = start().await.get("/").send().await.unwrap();
    assert_eq!((response.status().as_u16(), head(&response, "location")), (307, "/console"));
    let off = start_with(Setup { console: false, ..Setup::default() }).await;
    assert_eq!(off.get("/console").send().await.unwrap().status().as_u16(), 404);
}
