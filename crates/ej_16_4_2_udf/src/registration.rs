//! Where the functions are put so that SQL finds them.

use crate::{CajaDeLaDistancia, Haversine, PercentilAproximado, PercentilExacto, Sesion};
use datafusion::execution::SessionStateBuilder;
use datafusion::logical_expr::{AggregateUDF, ScalarUDF, WindowUDF};
use datafusion::prelude::{SessionConfig, SessionContext};

/// Registers the four functions in a context. Its optimizer stays as it is: it does not know [`CajaDeLaDistancia`].
pub fn registrar(ctx: &SessionContext) {
    ctx.register_udf(ScalarUDF::from(Haversine::new()));
    ctx.register_udaf(AggregateUDF::from(PercentilExacto::default()));
    ctx.register_udaf(AggregateUDF::from(PercentilAproximado::default()));
    ctx.register_udwf(WindowUDF::from(Sesion::default()));
}

/// Returns a context with the four functions and with the rule that makes ranges of distances.
#[must_use]
pub fn contexto(config: SessionConfig) -> SessionContext {
    let builder = SessionStateBuilder::new()
        .with_config(config)
        .with_default_features();
    let ctx = SessionContext::new_with_state(CajaDeLaDistancia::en(builder).build());
    registrar(&ctx);
    ctx
}
