//! Binding Refresh Request (RFC 6275 6.1.2).

use super::fixed::messages_of_fixed_fields;

messages_of_fixed_fields! {
    /// Binding Refresh Request (RFC 6275 6.1.2): asks a mobile node to update its binding.
    BindingRefreshRequest = 0 {} [2]
}
