//! What is said about databases that cannot be used.

use std::path::Path;

use sea_orm_migration::{prelude::*, schema};

use super::*;
use crate::config::{Database, SecretText};

struct Change(&'static str);

impl MigrationName for Change {
    fn name(&self) -> &str {
        self.0
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Change {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(Table::create().table(self.0.to_owned()).col(schema::integer("id")).to_owned()).await
    }
}

struct First;
struct Second;

impl MigratorTrait for First {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(Change("m1"))]
    }
}

impl MigratorTrait for Second {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![Box::new(Change("m1")), Box::new(Change("m2"))]
    }
}

fn at(url: String) -> Database {
    Database { url: SecretText::new(url), ..Database::default() }
}

fn in_folder(folder: &Path, query: &str) -> Database {
    at(format!("sqlite://{}/books/stock.db{query}", folder.display()))
}

#[tokio::test]
async fn a_new_database_is_made_migrated_and_then_current() {
    let folder = tempfile::tempdir().unwrap();
    let config = in_folder(folder.path(), "");
    let connection = open(&config, Missing::Create).await.unwrap();
    assert_eq!(state::<Second>(&config, &connection).await.unwrap(), State::Older(2));
    assert_eq!(migrate::<First>(&config, &connection).await.unwrap(), 1);
    assert_eq!(
        require_current::<Second>(&config, &connection).await.unwrap_err().to_string(),
        "the database is 1 change behind this program; back it up and run `stockbridge migrate`"
    );
    assert_eq!(migrate::<Second>(&config, &connection).await.unwrap(), 1);
    assert_eq!(migrate::<Second>(&config, &connection).await.unwrap(), 0);
    require_current::<Second>(&config, &connection).await.unwrap();
}

#[tokio::test]
async fn a_database_of_a_newer_version_is_neither_used_nor_migrated() {
    let folder = tempfile::tempdir().unwrap();
    let config = in_folder(folder.path(), "");
    let connection = open(&config, Missing::Create).await.unwrap();
    migrate::<Second>(&config, &connection).await.unwrap();
    let newer = "the database was changed by a newer version of this program (m2); run that version, or restore the backup from before";
    assert_eq!(require_current::<First>(&config, &connection).await.unwrap_err().to_string(), newer);
    assert_eq!(migrate::<First>(&config, &connection).await.unwrap_err().to_string(), newer);
}

#[tokio::test]
async fn a_missing_database_is_not_made_behind_the_operators_back() {
    let folder = tempfile::tempdir().unwrap();
    let config = in_folder(folder.path(), "");
    let error = open(&config, Missing::Refuse).await.unwrap_err();
    let path = folder.path().join("books/stock.db");
    let expected = format!(
        "there is no database at {}; run `stockbridge migrate` to make it, or set STOCKBRIDGE_DATABASE__URL",
        path.display()
    );
    assert_eq!(error.to_string(), expected);
    assert!(!path.parent().unwrap().exists());
}

#[tokio::test]
async fn a_database_that_can_only_be_read_is_said_to_be() {
    let folder = tempfile::tempdir().unwrap();
    let writable = in_folder(folder.path(), "");
    let connection = open(&writable, Missing::Create).await.unwrap();
    migrate::<First>(&writable, &connection).await.unwrap();
    connection.close().await.unwrap();
    let config = in_folder(folder.path(), "?mode=ro");
    let connection = open(&config, Missing::Refuse).await.unwrap();
    let error = require_current::<First>(&config, &connection).await.unwrap_err();
    let path = folder.path().join("books/stock.db");
    assert_eq!(
        error.to_string(),
        format!("the database {} can only be read; give this user the right to write to it", path.display())
    );
}

#[tokio::test]
async fn a_file_of_another_kind_is_said_to_be() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("notes.txt");
    std::fs::write(&path, "this is a shopping list and not a database\n".repeat(200)).unwrap();
    let config = at(format!("sqlite://{}", path.display()));
    let error = match open(&config, Missing::Refuse).await {
        Ok(connection) => require_current::<First>(&config, &connection).await.unwrap_err(),
        Err(error) => error,
    };
    assert!(error.to_string().starts_with(&format!("{} is not a SQLite database; ", path.display())), "{error}");
}

#[tokio::test]
async fn a_folder_that_cannot_be_made_is_named_with_the_reason() {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("books"), "a file where a folder should be").unwrap();
    let error = open(&in_folder(folder.path(), ""), Missing::Create).await.unwrap_err();
    let books = folder.path().join("books");
    assert!(error.to_string().starts_with(&format!("no database can be made in {}: ", books.display())), "{error}");
    assert!(error.to_string().ends_with("choose another place with STOCKBRIDGE_DATABASE__URL"), "{error}");
}

#[tokio::test]
async fn a_server_that_does_not_answer_is_named_without_its_password() {
    // Bound and closed again: nobody listens there.
    let free = std::net::TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let config = at(format!("postgres://books:geheim@{free}/stock"));
    let error = open(&config, Missing::Refuse).await.unwrap_err().to_string();
    assert!(error.starts_with(&format!("no database answers at {free}/stock (")), "{error}");
    assert!(!error.contains("geheim"), "{error}");
}

#[tokio::test]
async fn a_file_may_have_any_name() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["my books/stock.db", "50 % off?.db", "größe#1.db"] {
        let path = folder.path().join(name);
        let config = at(url_of(&path));
        open(&config, Missing::Create).await.unwrap().close().await.unwrap();
        assert!(path.is_file(), "{name}");
    }
}
