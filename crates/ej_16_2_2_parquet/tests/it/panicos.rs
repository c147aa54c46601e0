//! Panics that a library catches are still panics: here they are counted, by the place they came from.

use std::cell::RefCell;
use std::sync::Once;

thread_local! {
    static OIDOS: RefCell<Option<Vec<String>>> = const { RefCell::new(None) };
}

/// Runs `accion`; returns its result and where code below it panicked, in this thread, caught or not.
pub(crate) fn oyendo<T>(accion: impl FnOnce() -> T) -> (T, Vec<String>) {
    static GANCHO: Once = Once::new();
    GANCHO.call_once(|| {
        let usual = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            let apuntado = OIDOS.with_borrow_mut(|oidos| {
                let lugar = info.location().map(ToString::to_string);
                oidos
                    .as_mut()
                    .map(|oidos| oidos.push(lugar.unwrap_or_default()))
            });
            if apuntado.is_none() {
                usual(info);
            }
        }));
    });
    OIDOS.set(Some(Vec::new()));
    let resultado = accion();
    (resultado, OIDOS.take().unwrap_or_default())
}
