//! The eight tables and where their rows come from.

use tpchgen::generators::{
    CustomerGenerator, LineItemGenerator, NationGenerator, OrderGenerator, PartGenerator,
    PartSuppGenerator, RegionGenerator, SupplierGenerator,
};
use tpchgen_arrow::{
    CustomerArrow, LineItemArrow, NationArrow, OrderArrow, PartArrow, PartSuppArrow,
    RecordBatchIterator, RegionArrow, SupplierArrow,
};

/// A table of TPC-H.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Table {
    /// Five continents.
    Region,
    /// Twenty-five countries.
    Nation,
    /// Who delivers.
    Supplier,
    /// Who buys.
    Customer,
    /// What is sold.
    Part,
    /// Who delivers what, at which price.
    PartSupp,
    /// Orders of customers.
    Orders,
    /// Lines of orders: three quarters of the data.
    LineItem,
}

impl Table {
    /// Every table, the small ones first.
    pub const ALL: [Self; 8] = [
        Self::Region,
        Self::Nation,
        Self::Supplier,
        Self::Customer,
        Self::Part,
        Self::PartSupp,
        Self::Orders,
        Self::LineItem,
    ];

    /// Its name in SQL, and of its file without the extension.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Region => "region",
            Self::Nation => "nation",
            Self::Supplier => "supplier",
            Self::Customer => "customer",
            Self::Part => "part",
            Self::PartSupp => "partsupp",
            Self::Orders => "orders",
            Self::LineItem => "lineitem",
        }
    }

    /// About how many rows it has at a scale; exact but for `lineitem`, whose orders have one to seven lines.
    pub fn about_rows(self, scale: f64) -> u64 {
        let at_one: f64 = match self {
            Self::Region => return 5,
            Self::Nation => return 25,
            Self::Supplier => 10_000.0,
            Self::Customer => 150_000.0,
            Self::Part => 200_000.0,
            Self::PartSupp => 800_000.0,
            Self::Orders => 1_500_000.0,
            Self::LineItem => 6_001_215.0,
        };
        (at_one * scale) as u64
    }

    /// Its rows, made as they are taken.
    pub(super) fn rows(self, scale: f64, batch: usize) -> Box<dyn RecordBatchIterator> {
        macro_rules! rows {
            ($arrow:ident, $generator:ident) => {
                Box::new($arrow::new($generator::new(scale, 1, 1)).with_batch_size(batch))
            };
        }
        match self {
            Self::Region => rows!(RegionArrow, RegionGenerator),
            Self::Nation => rows!(NationArrow, NationGenerator),
            Self::Supplier => rows!(SupplierArrow, SupplierGenerator),
            Self::Customer => rows!(CustomerArrow, CustomerGenerator),
            Self::Part => rows!(PartArrow, PartGenerator),
            Self::PartSupp => rows!(PartSuppArrow, PartSuppGenerator),
            Self::Orders => rows!(OrderArrow, OrderGenerator),
            Self::LineItem => rows!(LineItemArrow, LineItemGenerator),
        }
    }
}
