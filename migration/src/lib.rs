//! The database schema, one file per change, for SQLite and PostgreSQL alike.
//!
//! Rule: expand, backfill, contract; a released migration is never edited.

mod m0001_businesses;
mod m0002_integrations;
mod m0003_catalog;
mod m0004_sync;
mod m0005_call_log;
mod m0006_company_choices;
mod m0007_stock;
mod m0008_receiving;
mod m0009_production;
mod m0010_exports;
mod m0011_export_watch;
mod m0012_export_settings;
mod m0013_export_runs;
mod m0014_reconciliations;
mod m0015_sales;
mod m0016_schedules;
mod m0017_margins;
mod m0018_shortages;
mod m0019_margin_index;
mod support;

pub use sea_orm_migration::MigratorTrait;
use sea_orm_migration::prelude::*;

/// All migrations, in order.
#[derive(Debug)]
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m0001_businesses::Migration),
            Box::new(m0002_integrations::Migration),
            Box::new(m0003_catalog::Migration),
            Box::new(m0004_sync::Migration),
            Box::new(m0005_call_log::Migration),
            Box::new(m0006_company_choices::Migration),
            Box::new(m0007_stock::Migration),
            Box::new(m0008_receiving::Migration),
            Box::new(m0009_production::Migration),
            Box::new(m0010_exports::Migration),
            Box::new(m0011_export_watch::Migration),
            Box::new(m0012_export_settings::Migration),
            Box::new(m0013_export_runs::Migration),
            Box::new(m0014_reconciliations::Migration),
            Box::new(m0015_sales::Migration),
            Box::new(m0016_schedules::Migration),
            Box::new(m0017_margins::Migration),
            Box::new(m0018_shortages::Migration),
            Box::new(m0019_margin_index::Migration),
        ]
    }
}
