//! Status codes.

/// Status of a Binding Acknowledgement; below 128 is success.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(transparent))]
pub struct Status(pub u8);

impl Status {
    /// Accepted.
    pub const ACCEPTED: Self = Self(0);
}
