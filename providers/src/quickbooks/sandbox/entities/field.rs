//! What a property of an entity is: its kind, whether a client may write it, filter by it, sort by it.
//!
//! Rule: the tables of these say everything general about an entity; rules that need code stand beside the table.

/// One property.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Field {
    /// Name on the wire.
    pub(crate) name: &'static str,
    /// What it holds.
    pub(crate) kind: Kind,
    /// Taken from a client; otherwise ignored when sent (reference 7.2).
    pub(crate) writable: bool,
    /// May stand in `WHERE` (reference 6).
    pub(crate) filterable: bool,
    /// May stand in `ORDERBY`.
    pub(crate) sortable: bool,
}

/// What a property holds.
#[derive(Debug, Clone, Copy)]
pub(crate) enum Kind {
    /// Text of at most so many characters.
    Text(usize),
    /// A name: text of at most so many characters without the ones listed.
    Name(usize, &'static [char]),
    /// The id of the object.
    Id,
    /// True or false.
    Bool,
    /// A decimal.
    Decimal,
    /// A decimal from zero to the highest price (reference 8).
    Price,
    /// A date.
    Date,
    /// A moment.
    Time,
    /// One of these words.
    Choice(&'static [&'static str]),
    /// `{"value": id}` of an entity this sandbox keeps.
    Reference(&'static str),
    /// `{"value": …}` of something it does not keep.
    Loose,
    /// An object with these properties.
    Object(&'static [Field]),
    /// A list of objects with these properties.
    List(&'static [Field]),
    /// Anything; kept as sent.
    Any,
}

impl Field {
    /// A property that a client may write.
    pub(crate) const fn new(name: &'static str, kind: Kind) -> Self {
        Self { name, kind, writable: true, filterable: false, sortable: false }
    }

    /// Ignored when a client sends it.
    pub(crate) const fn read_only(mut self) -> Self {
        self.writable = false;
        self
    }

    /// May be filtered by.
    pub(crate) const fn filter(mut self) -> Self {
        self.filterable = true;
        self
    }

    /// May be sorted by.
    pub(crate) const fn sort(mut self) -> Self {
        self.sortable = true;
        self
    }

    /// Whether a projection may name it: scalars and references (reference 6).
    pub(crate) const fn selectable(&self) -> bool {
        !matches!(self.kind, Kind::Object(_) | Kind::List(_) | Kind::Any)
    }
}

/// The field of this name in a table, whatever the case.
pub(crate) fn find<'f>(fields: &'f [Field], name: &str) -> Option<&'f Field> {
    fields.iter().find(|field| field.name.eq_ignore_ascii_case(name))
}

/// Stamps of every object.
pub(crate) const META_DATA: &[Field] = &[
    Field::new("CreateTime", Kind::Time).read_only().filter().sort(),
    Field::new("LastUpdatedTime", Kind::Time).read_only().filter().sort(),
    Field::new("CreatedByRef", Kind::Any).read_only(),
    Field::new("LastModifiedByRef", Kind::Any).read_only(),
];

/// `Id`, as in every entity: compared for equality only.
pub(crate) const ID: Field = Field::new("Id", Kind::Id).filter().sort();
/// `SyncToken`, as in every entity.
pub(crate) const SYNC_TOKEN: Field = Field::new("SyncToken", Kind::Any).read_only();
/// `MetaData`, as in every entity.
pub(crate) const META: Field = Field::new("MetaData", Kind::Object(META_DATA)).read_only();
/// `domain`, as in every entity.
pub(crate) const DOMAIN: Field = Field::new("domain", Kind::Any).read_only();
/// `sparse`, as in every entity.
pub(crate) const SPARSE: Field = Field::new("sparse", Kind::Any).read_only();
/// `status`, sent back by clients that echo a deleted object.
pub(crate) const STATUS: Field = Field::new("status", Kind::Any).read_only();
/// `CustomField`, kept as sent.
pub(crate) const CUSTOM_FIELD: Field = Field::new("CustomField", Kind::Any);
/// `Active`, as in every list entity.
pub(crate) const ACTIVE: Field = Field::new("Active", Kind::Bool).filter();
