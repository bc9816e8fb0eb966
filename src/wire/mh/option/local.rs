//! Options of the drafts: their types are local ([`OptionTypes`](crate::wire::OptionTypes)).

use crate::wire::Addr;
use crate::wire::fields::body;

body! {
    /// Care-of Address (liu 8.3), in a PBA-Q.
    CareOfAddress {
        /// The address.
        address: Addr,
    }
}

body! {
    /// Queried Home Address (D-20), in a PBU-Q and its answer.
    QueriedHomeAddress {
        /// The address.
        address: Addr,
    }
}
