//! Types of production.

use chrono::NaiveDate;
use entity::{
    Amount, BomId, BomStatus, BuildId, BuildLineId, BuildState, CostStatus, LineKind, ProductId, Quantity,
    RecoveryMode, RejectReason, UnitCost,
};

/// A bill of materials as stored.
pub type Bom = entity::bom::Model;
/// A line of it as stored.
pub type BomLine = entity::bom_line::Model;
/// A build as stored.
pub type Build = entity::build::Model;
/// A build's line as stored.
pub type BuildLine = entity::build_line::Model;

/// A new version of a bill of materials.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBom {
    /// What is made.
    pub product: ProductId,
    /// Lines, in order.
    pub lines: Vec<NewBomLine>,
    /// Note.
    pub note: Option<String>,
    /// Keep it as a draft instead of putting it to use.
    pub draft: bool,
}

/// A line of a new version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewBomLine {
    /// Component or kind of cost.
    pub kind: LineKind,
    /// The component.
    pub product: Option<ProductId>,
    /// Component: quantity per unit, at most 4 decimals. Cost by rate: units of the rate per unit made.
    pub quantity: Option<Quantity>,
    /// Consumed as far as there is any.
    pub optional: bool,
    /// Label of a cost.
    pub label: Option<String>,
    /// Cost: per unit of `quantity`, or per unit made.
    pub rate: Option<UnitCost>,
}

/// A version with its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BomDetails {
    /// The version.
    pub bom: Bom,
    /// Its lines, in order.
    pub lines: Vec<BomLine>,
}

/// What to build: a planned build, or a quantity of a product at once.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildOrder {
    /// The planned build; else the next two are asked for.
    pub build: Option<BuildId>,
    /// Product.
    pub product: Option<ProductId>,
    /// Quantity.
    pub quantity: Option<Quantity>,
    /// Optional components to leave out.
    pub without: Vec<ProductId>,
    /// Business date; today if none.
    pub effective_on: Option<NaiveDate>,
    /// Note.
    pub note: Option<String>,
}

impl BuildOrder {
    /// So many of a product, at once.
    pub fn quick(product: ProductId, quantity: Quantity) -> Self {
        let (product, quantity) = (Some(product), Some(quantity));
        Self { build: None, product, quantity, without: Vec::new(), effective_on: None, note: None }
    }

    /// A planned build.
    pub fn planned(build: BuildId) -> Self {
        let build = Some(build);
        Self { build, product: None, quantity: None, without: Vec::new(), effective_on: None, note: None }
    }
}

/// A build with its lines.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildDetails {
    /// The build.
    pub build: Build,
    /// Its lines, in order.
    pub lines: Vec<BuildLine>,
}

/// What a build would come to.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BuildPreview {
    /// The version built after.
    pub bom: BomId,
    /// Quantity.
    pub quantity: Quantity,
    /// Lines, in order.
    pub lines: Vec<PreviewLine>,
    /// Value of the components there are.
    pub component_value: Amount,
    /// Value of the cost lines.
    pub cost_value: Amount,
    /// Both.
    pub total_value: Amount,
    /// Cost per unit built.
    pub unit_cost: Option<UnitCost>,
    /// How well it is known.
    pub cost_status: CostStatus,
    /// No required component is short.
    pub ready: bool,
    /// Whole units that could be built now; nothing without required components.
    pub max_buildable: Option<Quantity>,
}

/// A line of a preview.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PreviewLine {
    /// Kind.
    pub kind: LineKind,
    /// Component.
    pub product: Option<ProductId>,
    /// Label of a cost.
    pub label: Option<String>,
    /// Consumed as far as there is any.
    pub optional: bool,
    /// What the bill of materials asks for.
    pub needed: Quantity,
    /// What would be consumed.
    pub quantity: Quantity,
    /// Its value.
    pub value: Amount,
    /// How well that is known.
    pub cost_status: CostStatus,
    /// Required and not there.
    pub short: Quantity,
}

/// Which account a loss would go to; the caller knows the settings (behaviour 3.1).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LossAccount {
    /// The waste account is set.
    Waste,
    /// It is not, the cost-of-goods-sold account is.
    CostOfGoodsSold,
    /// Neither is.
    Missing,
    /// There is no accounting system to post it to.
    NotNeeded,
}

/// A rejection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rejection {
    /// The build.
    pub build: BuildId,
    /// Why.
    pub reason: RejectReason,
    /// What is recovered.
    pub recovery: RecoveryMode,
    /// Partial recovery: quantity per line of the build.
    pub recovered: Vec<(BuildLineId, Quantity)>,
    /// Note.
    pub note: Option<String>,
    /// Where a loss would go.
    pub loss_account: LossAccount,
    /// Business date; today if none.
    pub effective_on: Option<NaiveDate>,
}

/// Which versions to list; all set fields must match.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BomFilter {
    /// Of this product.
    pub product: Option<ProductId>,
    /// Using this component.
    pub component: Option<ProductId>,
    /// In this status.
    pub status: Option<BomStatus>,
}

/// Which builds to list; all set fields must match.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct BuildFilter {
    /// In this state.
    pub state: Option<BuildState>,
    /// Of this product.
    pub product: Option<ProductId>,
}
