//! The tests of return routability (RFC 6275 6.1.3 to 6.1.6).
//!
//! A node without route optimization drops them (S21): see [`receive`](super::receive()).

use super::fixed::messages_of_fixed_fields;

messages_of_fixed_fields! {
    /// Home Test Init (RFC 6275 6.1.3): a mobile node asks a correspondent for a home keygen token, by way of its home
    /// agent.
    HomeTestInit = 1 {
        [2]
        /// Home Init Cookie: random.
        cookie: [u8; 8],
    }

    /// Care-of Test Init (RFC 6275 6.1.4): a mobile node asks a correspondent for a care-of keygen token, directly.
    CareOfTestInit = 2 {
        [2]
        /// Care-of Init Cookie: random.
        cookie: [u8; 8],
    }

    /// Home Test (RFC 6275 6.1.5): the answer to [`HomeTestInit`].
    HomeTest = 3 {
        /// Home Nonce Index, which the mobile node echoes in its Binding Update.
        nonce_index: u16,
        /// Home Init Cookie, copied.
        cookie: [u8; 8],
        /// Home Keygen Token.
        token: [u8; 8],
    }

    /// Care-of Test (RFC 6275 6.1.6): the answer to [`CareOfTestInit`].
    CareOfTest = 4 {
        /// Care-of Nonce Index, which the mobile node echoes in its Binding Update.
        nonce_index: u16,
        /// Care-of Init Cookie, copied.
        cookie: [u8; 8],
        /// Care-of Keygen Token.
        token: [u8; 8],
    }
}
