//! What happens in the shop, and the row in which a file brings it.

use crate::Centavos;

/// The four kinds of event, as the column `tipo` spells them.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum Clase {
    /// A purchase.
    Compra,
    /// A page view or click.
    Click,
    /// A product put in the cart.
    AgregarCarrito,
    /// A failure the visitor met.
    Error,
}

impl Clase {
    /// Every kind, in declaration order.
    pub const ALL: [Self; 4] = [Self::Compra, Self::Click, Self::AgregarCarrito, Self::Error];

    /// The kind spelled `tipo`, or `None`: the spelling is exact, case included.
    pub fn parse(tipo: &str) -> Option<Self> {
        match tipo {
            "compra" => Some(Self::Compra),
            "click" => Some(Self::Click),
            "agregar_carrito" => Some(Self::AgregarCarrito),
            "error" => Some(Self::Error),
            _ => None,
        }
    }

    /// Its spelling in files and tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Compra => "compra",
            Self::Click => "click",
            Self::AgregarCarrito => "agregar_carrito",
            Self::Error => "error",
        }
    }
}

/// What each kind of event carries beyond the common fields (guide 16.1.2).
#[derive(Clone, PartialEq, Debug)]
pub enum TipoEvento {
    /// A purchase: amount in the shop's currency and where it was made.
    Compra {
        /// Amount paid, as it arrived.
        monto: f64,
        /// Sales region.
        region: String,
    },
    /// A page view or click.
    Click {
        /// Path of the page.
        pagina: String,
    },
    /// A product put in the cart.
    AgregarCarrito {
        /// The product.
        producto_id: String,
    },
    /// A failure the visitor met.
    Error {
        /// What the page said.
        mensaje: String,
    },
}

/// The amount of a purchase above zero, and nothing for everything else (guide 16.1.2).
///
/// NaN is no amount: it is not above zero.
///
/// # Source
/// Guide 16.1.2, `procesar`, which also printed the message of an error; a library leaves that to its caller.
pub fn procesar(evento: TipoEvento) -> Option<f64> {
    match evento {
        TipoEvento::Compra { monto, .. } if monto > 0.0 => Some(monto),
        TipoEvento::Compra { .. }
        | TipoEvento::Click { .. }
        | TipoEvento::AgregarCarrito { .. }
        | TipoEvento::Error { .. } => None,
    }
}

/// An event that passed the contract.
#[derive(Clone, PartialEq, Debug)]
pub struct Evento {
    /// Unique name of the event.
    pub evento_id: String,
    /// Kind and what it carries.
    pub tipo: TipoEvento,
    /// Who did it; always present in a purchase.
    pub user_id: Option<String>,
    /// The visit it belongs to.
    pub session_id: Option<String>,
    /// The product concerned.
    pub producto_id: Option<String>,
    /// Exact amount: zero unless a purchase.
    pub centavos: Centavos,
    /// Microseconds since the epoch, UTC.
    pub timestamp: i64,
    /// Latitude and longitude in degrees.
    pub posicion: Option<(f64, f64)>,
}

/// One row as a file brings it: nothing checked, nothing copied.
///
/// The fields stand in the order of the event schema. `None` is a null.
#[derive(Clone, Copy, PartialEq, Debug, Default)]
#[expect(
    missing_docs,
    reason = "the fields are the columns of the event schema, described in the workspace's design"
)]
pub struct FilaEvento<'a> {
    pub evento_id: Option<&'a str>,
    pub tipo: Option<&'a str>,
    pub user_id: Option<&'a str>,
    pub session_id: Option<&'a str>,
    pub producto_id: Option<&'a str>,
    pub monto: Option<f64>,
    pub region: Option<&'a str>,
    pub pagina: Option<&'a str>,
    pub mensaje: Option<&'a str>,
    pub timestamp: Option<i64>,
    pub lat: Option<f64>,
    pub lon: Option<f64>,
}
