//! Binding Error (RFC 6275 6.1.9).

use super::fixed::messages_of_fixed_fields;
use crate::wire::Addr;
use crate::wire::code::code;

code! {
    /// Status of a Binding Error (RFC 6275 6.1.9).
    ErrorStatus(u8) {
        /// A Home Address option for which there is no binding.
        UNKNOWN_BINDING_FOR_HOME_ADDRESS_OPTION = 1,
        /// An MH Type that is not recognised.
        UNRECOGNIZED_MH_TYPE = 2,
    }
}

messages_of_fixed_fields! {
    /// Binding Error (RFC 6275 6.1.9): the answer to what a node cannot process. It goes to the IPv6 source of the packet,
    /// never to a group and never without a limit of its rate (RFC 6275 9.3.3).
    BindingError = 7 {
        /// Status.
        status: ErrorStatus,
        [1]
        /// The address in the Home Address option of the packet, or `::`.
        home_address: Addr,
    }
}
