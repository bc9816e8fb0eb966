//! Queries.
use crate::wire::Addr;

/// Maximum Response Code of a version 2 Query.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct MaxResponseCode(pub u16);

impl MaxResponseCode {
    /// The code of `ms` milliseconds, exact or the next lower.
    #[must_use]
    pub fn from_millis(ms: u32) -> Self {
        let _ = ms;
        todo!()
    }
    /// Milliseconds.
    #[must_use]
    pub fn millis(self) -> u32 {
        todo!()
    }
}

/// Querier's Query Interval Code.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Qqic(pub u8);

impl Qqic {
    /// The code of `s` seconds, exact or the next lower.
    #[must_use]
    pub fn from_secs(s: u32) -> Self {
        let _ = s;
        todo!()
    }
    /// Seconds.
    #[must_use]
    pub fn secs(self) -> u32 {
        todo!()
    }
}

/// Version 2 Query (RFC 3810 5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Query<'a> {
    /// Maximum Response Code.
    pub max_response: MaxResponseCode,
    /// The group; `::` in a General Query.
    pub group: Addr,
    /// S flag: suppress router-side processing.
    pub suppress: bool,
    /// Querier's Robustness Variable, 0 to 7.
    pub robustness: u8,
    /// Querier's Query Interval Code.
    pub interval: Qqic,
    /// Sources; empty unless group-and-source-specific.
    pub sources: &'a [[u8; 16]],
}

impl Query<'_> {
    /// A General Query with the defaults of RFC 3810 9: 10 s to respond, robustness 2, every 125 s.
    #[must_use]
    pub fn general() -> Self {
        todo!()
    }
}

/// Version 1 Query (RFC 2710 3).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct QueryV1 {
    /// Maximum Response Delay, milliseconds.
    pub max_response_ms: u16,
    /// The group; `::` in a General Query.
    pub group: Addr,
}
