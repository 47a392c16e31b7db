//! Where a cost comes from and where a lot went: the tree adds up, the recall finds everything.

use domain::{
    ErrorCode,
    production::BuildOrder,
    provenance::{Explanation, PartKind, Provenance, Subject, Toward},
    receiving::LandedCost,
};
use entity::{CostBasis, LandedKind, LineKind, LotId, LotSource, MovementId, MovementKind, ProductId, ProductType};
use stockbridge_tests::{
    Outcome, TestDatabase, on_both_databases,
    shop::{Shop, amount, cost, day, labour, part, quantity, refused},
};
use uuid::Uuid;

on_both_databases!(
    a_sale_is_explained_down_to_prices_and_freight,
    corrections_and_costs_without_lots_are_explained,
    a_level_takes_the_same_statements_however_wide_it_is,
    a_lot_is_traced_to_everything_it_became,
    a_settled_shortage_is_traced_to_the_sale,
    what_is_not_there_is_not_explained,
);

/// Every part's parts add up to it, in value and, where they are one product, in quantity.
fn check(explanation: &Explanation) {
    for (place, whole) in explanation.parts.iter().enumerate() {
        let parts: Vec<_> = explanation.parts_of(place).map(|(_, part)| part).collect();
        if parts.is_empty() {
            assert!(!whole.cut);
            continue;
        }
        assert_eq!(parts.iter().map(|part| part.value.0).sum::<i64>(), whole.value.0, "{whole:?}");
        assert!(parts.iter().all(|part| part.depth == whole.depth + 1));
        if matches!(whole.kind, PartKind::Movement(_) | PartKind::Component) {
            let sum: i64 = parts.iter().filter_map(|part| part.quantity).map(|quantity| quantity.0).sum();
            assert_eq!(Some(sum), whole.quantity.map(|quantity| quantity.0), "{whole:?}");
        }
    }
}

/// Depth, kind, quantity, value of every part.
fn outline(explanation: &Explanation) -> Vec<(u32, PartKind, Option<String>, String)> {
    let row = |part: &domain::provenance::CostPart| {
        (part.depth, part.kind, part.quantity.map(|quantity| quantity.to_string()), part.value.to_string())
    };
    explanation.parts.iter().map(row).collect()
}

struct Workshop {
    provenance: Provenance,
    oak: [LotId; 2],
    leg: (ProductId, LotId),
    table: (ProductId, LotId),
    sale: MovementId,
}

/// Twelve legs of oak from two deliveries, two tables of eight legs, one of them sold.
async fn workshop(shop: &Shop) -> anyhow::Result<Workshop> {
    shop.stock.enable_receiving(&shop.owner).await?;
    let supplier = shop.supplier().await?;
    let (oak, ash) = (shop.material("Oak").await?, shop.material("Ash").await?);
    let leg = shop.product("Leg", ProductType::SubAssembly).await?;
    let table = shop.product("Table", ProductType::FinishedGood).await?;
    // Freight of 8 by value: 2 on the oak, 6 on the ash.
    let freight =
        LandedCost { kind: LandedKind::Freight, label: "Truck".into(), amount: amount("8"), basis: CostBasis::Value };
    let lines = [(oak, "10", "1", None), (ash, "10", "3", None)];
    let draft = shop.draft(supplier, day(5, 1), &lines, vec![freight]).await?;
    let first = shop.receiving.confirm(&shop.owner, draft.receipt.id).await?.lines[0].lot_id.unwrap();
    let second = shop.receive(supplier, oak, "10", "2", day(5, 2)).await?;
    shop.recipe_of(leg, vec![part(oak, "1"), labour("0.5")]).await?;
    shop.recipe_of(table, vec![part(leg, "4"), labour("3")]).await?;
    let legs = shop.production.execute(&shop.owner, BuildOrder::quick(leg, quantity("12"))).await?.build;
    let tables = shop.production.execute(&shop.owner, BuildOrder::quick(table, quantity("2"))).await?.build;
    assert_eq!((legs.total_value, tables.total_value), (amount("22"), amount("20.666667")));
    let sold = shop.sell(table, "1", Uuid::from_u128(1)).await?;
    Ok(Workshop {
        provenance: Provenance::new(shop.db.clone()),
        oak: [first, second],
        leg: (leg, legs.lot_id.unwrap()),
        table: (table, tables.lot_id.unwrap()),
        sale: sold.movement.unwrap(),
    })
}

async fn a_sale_is_explained_down_to_prices_and_freight(database: TestDatabase) -> Outcome {
    let shop = Shop::open(&database).await?;
    let workshop = workshop(&shop).await?;
    let explained = workshop.provenance.explain(&shop.owner, Subject::Movement(workshop.sale)).await?;
    check(&explained);
    let row =
        |depth: u32, kind, units: Option<&str>, value: &str| (depth, kind, units.map(str::to_owned), value.to_owned());
    let lot = PartKind::Lot(LotSource::Build);
    let delivered = PartKind::Lot(LotSource::Receipt);
    assert_eq!(
        outline(&explained),
        [
            row(0, PartKind::Movement(MovementKind::Sale), Some("1"), "10.333334"),
            row(1, lot, Some("1"), "10.333334"),
            row(2, PartKind::Component, Some("4"), "7.333334"),
            row(2, PartKind::CostLine(LineKind::Labour), None, "3"),
            row(3, lot, Some("4"), "7.333334"),
            row(4, PartKind::Component, Some("4"), "5.333334"),
            row(4, PartKind::CostLine(LineKind::Labour), None, "2"),
            row(5, delivered, Some("3.333333"), "4"),
            row(5, delivered, Some("0.666667"), "1.333334"),
            row(6, PartKind::Price, Some("3.333333"), "3.333333"),
            row(6, PartKind::Landed(LandedKind::Freight), None, "0.666667"),
            row(6, PartKind::Price, Some("0.666667"), "1.333334"),
        ]
    );
    let price = &explained.parts[9];
    assert_eq!((price.unit_cost, price.supplier.is_some(), price.receipt.is_some()), (Some(cost("1")), true, true));
    assert_eq!(explained.parts[10].label.as_deref(), Some("Truck"));
    assert_eq!(explained.parts[1].lot, Some(workshop.table.1));
    // The lot and its build are explained by the same parts.
    let lot = workshop.provenance.explain(&shop.owner, Subject::Lot(workshop.leg.1)).await?;
    check(&lot);
    assert_eq!((lot.parts[0].value, lot.parts[1].value, lot.parts[2].value), (amount("22"), amount("16"), amount("6")));
    let build = lot.parts[0].build.unwrap();
    let built = workshop.provenance.explain(&shop.owner, Subject::Build(build)).await?;
    check(&built);
    assert_eq!(outline(&built)[1..], outline(&lot)[1..]);
    Ok(())
}

async fn corrections_and_costs_without_lots_are_explained(database: TestDatabase) -> Outcome {
    use domain::receiving::Correction;
    let shop = Shop::open(&database).await?;
    let chair = shop.product("Chair", ProductType::FinishedGood).await?;
    let oak = shop.material("Oak").await?;
    shop.add(oak, "3", "2").await?;
    shop.recipe_of(chair, vec![part(oak, "1"), labour("1")]).await?;
    let early = shop.production.execute(&shop.owner, BuildOrder::quick(chair, quantity("1"))).await?.build;
    let provenance = Provenance::new(shop.db.clone());
    let explained = provenance.explain(&shop.owner, Subject::Build(early.id)).await?;
    check(&explained);
    let kinds: Vec<_> = explained.parts.iter().map(|part| (part.kind, part.value)).collect();
    assert_eq!(
        kinds,
        [
            (PartKind::Build, amount("3")),
            (PartKind::Component, amount("2")),
            (PartKind::CostLine(LineKind::Labour), amount("1")),
            (PartKind::Average, amount("2")),
        ]
    );
    shop.stock.enable_receiving(&shop.owner).await?;
    let legacy = shop.lots(oak).await?[0].id;
    let explained = provenance.explain(&shop.owner, Subject::Lot(legacy)).await?;
    assert_eq!(outline(&explained), [(0, PartKind::Lot(LotSource::Legacy), Some("2".to_owned()), "4".to_owned())]);
    let supplier = shop.supplier().await?;
    let draft = shop.draft(supplier, day(5, 1), &[(oak, "10", "2", None)], Vec::new()).await?;
    let line = shop.receiving.confirm(&shop.owner, draft.receipt.id).await?.lines[0].clone();
    let change =
        Correction { line: line.id, quantity: Some(quantity("9")), unit_cost: Some(cost("3")), effective_on: None };
    shop.receiving.correct(&shop.owner, change).await?;
    let explained = provenance.explain(&shop.owner, Subject::Lot(line.lot_id.unwrap())).await?;
    check(&explained);
    let price = &explained.parts[1];
    assert_eq!((price.kind, price.value, price.unit_cost), (PartKind::Price, amount("27"), Some(cost("3"))));
    // What is owed is told as such.
    let sold = shop.sell(chair, "2", Uuid::from_u128(1)).await?;
    let explained = provenance.explain(&shop.owner, Subject::Movement(sold.movement.unwrap())).await?;
    check(&explained);
    assert_eq!(explained.parts[2].kind, PartKind::Shortage);
    Ok(())
}

async fn a_level_takes_the_same_statements_however_wide_it_is(database: TestDatabase) -> Outcome {
    let shop = Shop::open(&database).await?;
    shop.stock.enable_receiving(&shop.owner).await?;
    let (supplier, oak) = (shop.supplier().await?, shop.material("Oak").await?);
    let chair = shop.product("Chair", ProductType::FinishedGood).await?;
    shop.recipe_of(chair, vec![part(oak, "10"), labour("1")]).await?;
    let provenance = Provenance::new(shop.db.clone());
    let mut counts = Vec::new();
    for lots in [1, 50] {
        for _ in 0..lots {
            let units = (500 / lots).to_string();
            shop.receive(supplier, oak, &units, "2", day(5, 1)).await?;
        }
        let built = shop.production.execute(&shop.owner, BuildOrder::quick(chair, quantity("50"))).await?.build;
        let before = shop.db.statement_count();
        let explained = provenance.explain(&shop.owner, Subject::Build(built.id)).await?;
        let explain = shop.db.statement_count() - before;
        check(&explained);
        // The build, its component and labour, and of each lot its share and its price.
        assert_eq!(explained.parts.len(), 3 + 2 * lots);
        let before = shop.db.statement_count();
        let traced = provenance.trace(&shop.owner, built.lot_id.unwrap(), Toward::Origin).await?;
        assert_eq!((traced.lots.len(), traced.links.len()), (1 + lots, lots));
        counts.push((explain, shop.db.statement_count() - before));
    }
    assert_eq!(counts[0], counts[1]);
    // The build, its lines, entries and lots of its components, and lines, costs and arrivals of their receipts.
    assert_eq!(counts[0], (7, 4));
    Ok(())
}

async fn a_lot_is_traced_to_everything_it_became(database: TestDatabase) -> Outcome {
    let shop = Shop::open(&database).await?;
    let workshop = workshop(&shop).await?;
    let trace = workshop.provenance.trace(&shop.owner, workshop.oak[0], Toward::Use).await?;
    let ids: Vec<_> = trace.lots.iter().map(|lot| lot.id).collect();
    assert_eq!(ids, [workshop.oak[0], workshop.leg.1, workshop.table.1]);
    let links: Vec<_> =
        trace.links.iter().map(|link| (link.from, link.to, link.kind, link.quantity, link.depth)).collect();
    let (leg, table) = (workshop.leg.1, workshop.table.1);
    assert_eq!(
        links,
        [
            (workshop.oak[0], Some(leg), MovementKind::BuildConsume, quantity("10"), 1),
            (leg, Some(table), MovementKind::BuildConsume, quantity("8"), 2),
            (table, None, MovementKind::Sale, quantity("1"), 3),
        ]
    );
    assert_eq!(trace.links[2].source.map(|(_, id)| id), Some(Uuid::from_u128(1)));
    assert!(trace.complete);
    let back = workshop.provenance.trace(&shop.owner, table, Toward::Origin).await?;
    let ends: Vec<_> = back.links.iter().map(|link| (link.from, link.to, link.quantity)).collect();
    let [first, second] = workshop.oak;
    assert_eq!(
        ends,
        [(leg, Some(table), quantity("8")), (first, Some(leg), quantity("10")), (second, Some(leg), quantity("2")),]
    );
    // What came back went nowhere; what was sold again did.
    let reversed = shop.stock.reverse(&shop.owner, workshop.sale, MovementKind::SaleReversal).await?;
    let uses = workshop.provenance.trace(&shop.owner, table, Toward::Use).await?;
    assert_eq!(uses.links, []);
    shop.stock.reverse(&shop.owner, reversed.movement.unwrap(), MovementKind::Sale).await?;
    let uses = workshop.provenance.trace(&shop.owner, table, Toward::Use).await?;
    assert_eq!((uses.links.len(), uses.links[0].quantity), (1, quantity("1")));
    Ok(())
}

async fn a_settled_shortage_is_traced_to_the_sale(database: TestDatabase) -> Outcome {
    let shop = Shop::open(&database).await?;
    shop.stock.enable_receiving(&shop.owner).await?;
    let (supplier, oak) = (shop.supplier().await?, shop.material("Oak").await?);
    let sold = shop.sell(oak, "3", Uuid::from_u128(7)).await?;
    let lot = shop.receive(supplier, oak, "5", "2", day(5, 1)).await?;
    shop.stock.settle(&shop.owner, oak).await?;
    let trace = Provenance::new(shop.db.clone()).trace(&shop.owner, lot, Toward::Use).await?;
    let link = &trace.links[0];
    assert_eq!((trace.links.len(), link.movement, link.kind), (1, sold.movement.unwrap(), MovementKind::Sale));
    assert_eq!((link.quantity, link.source.map(|(_, id)| id)), (quantity("3"), Some(Uuid::from_u128(7))));
    Ok(())
}

async fn what_is_not_there_is_not_explained(database: TestDatabase) -> Outcome {
    let shop = Shop::open(&database).await?;
    let workshop = workshop(&shop).await?;
    let stranger = domain::business::Actor { business: shop.ambient.id(), ..shop.owner.clone() };
    let refusal = refused(workshop.provenance.explain(&stranger, Subject::Lot(workshop.oak[0])).await)?;
    assert_eq!(refusal.code, ErrorCode::NotFound);
    let refusal = refused(workshop.provenance.trace(&stranger, workshop.oak[0], Toward::Use).await)?;
    assert_eq!(refusal.code, ErrorCode::NotFound);
    let nothing = Subject::Movement(shop.ambient.id());
    assert_eq!(refused(workshop.provenance.explain(&shop.owner, nothing).await)?.code, ErrorCode::NotFound);
    Ok(())
}
