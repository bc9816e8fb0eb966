//! Mobility options (RFC 6275 6.2).
//!
//! Each type of option is one struct ([`HomeNetworkPrefix`], [`Timestamp`], ..) and one row of the table in this file;
//! [`MobilityOption`] is any of them. `.into()` makes the one of the other:
//!
//! ```
//! use multimob::wire::mh::option::{HandoffIndicator, MnIdentifier, MobilityOption};
//!
//! let options: [MobilityOption<'_>; 2] =
//!     [MnIdentifier { subtype: 1, id: b"mn1@example.net" }.into(), HandoffIndicator::NEW_INTERFACE.into()];
//! ```

mod list;
mod local;
mod mip6;
pub mod multicast_state;
mod node;
mod padding;
mod pmip;
mod raw;
mod table;
#[cfg(test)]
mod tests;

pub use local::{CareOfAddress, QueriedHomeAddress};
pub use mip6::{AlternateCareOfAddress, BindingRefreshAdvice, NonceIndices};
pub use multicast_state::MulticastState;
pub use node::MnIdentifier;
pub use pmip::{
    AccessTechnology, HandoffIndicator, HomeNetworkPrefix, LinkLayerId, LinkLocalAddress, Timestamp,
};
pub use raw::{Malformed, Raw};

pub(super) use list::list;
pub(super) use padding::pad;

use crate::wire::error::{DecodeError, EncodeError, Layer};
#[cfg(feature = "alloc")]
use crate::wire::fields::Source;
use crate::wire::fields::{Body, Cursor, Visit};
#[cfg(feature = "alloc")]
use crate::wire::out::Buf;
use crate::wire::out::Count;
use crate::wire::{Dialect, Item, Out};
use table::{align, options};

options! {
    /// A mobility option.
    ///
    /// Options are written in the order in which they stand in their list, each at its alignment (digest 2.2). Pad1 and
    /// PadN come and go with that and are no options here.
    MobilityOption
    2 => BindingRefreshAdvice at (2, 0),
    3 => AlternateCareOfAddress at (8, 6),
    4 => NonceIndices at (2, 0),
    8 => MnIdentifier<'a> at (1, 0),
    22 => HomeNetworkPrefix at (8, 4),
    23 => HandoffIndicator at (1, 0),
    24 => AccessTechnology at (1, 0),
    25 => LinkLayerId<'a> at own,
    26 => LinkLocalAddress at (8, 6),
    27 => Timestamp at (8, 2),
    local multicast_state => MulticastState<'a> at (4, 2),
    local care_of_address => CareOfAddress at (8, 6),
    local queried_home_address => QueriedHomeAddress at (8, 6),
}

impl<'a> MobilityOption<'a> {
    /// The option of this type with this body, whatever that makes it in this dialect: a value of its own where the
    /// type is known, [`Self::Malformed`] where the body cannot be one, [`Self::Unknown`] for any other type. `None` for
    /// the types of padding, 0 and 1.
    ///
    /// ```
    /// use multimob::wire::Dialect;
    /// use multimob::wire::mh::option::{HandoffIndicator, MobilityOption};
    ///
    /// let dialect = Dialect::default();
    /// let known = MobilityOption::other(23, &[0, 3], &dialect);
    /// assert_eq!(known, Some(MobilityOption::HandoffIndicator(HandoffIndicator::SAME_INTERFACE)));
    /// assert!(matches!(MobilityOption::other(23, &[3], &dialect), Some(MobilityOption::Malformed(_))));
    /// assert!(matches!(MobilityOption::other(33, &[0, 0], &dialect), Some(MobilityOption::Unknown(_))));
    /// ```
    #[must_use]
    pub fn other(kind: u8, body: &'a [u8], dialect: &Dialect) -> Option<Self> {
        if let padding::PAD1 | padding::PADN = kind {
            return None;
        }
        let raw = Raw { kind, body };
        Some(match known(kind, body, dialect) {
            Some(Ok(option)) => option,
            Some(Err(error)) => Self::Malformed(Malformed { raw, error }),
            None => Self::Unknown(raw),
        })
    }
}

impl<'a> Item<'a> for MobilityOption<'a> {
    fn read(octets: &'a [u8], dialect: &Dialect) -> Option<(Self, &'a [u8])> {
        if let Some(records) = multicast_state::raw_records(octets, dialect) {
            return Some((MulticastState { records }.into(), &[]));
        }
        let (rest, next) = list::next(octets).ok()?;
        let (kind, body) = next?;
        Some((Self::other(kind, body, dialect)?, rest))
    }

    fn write(&self, out: &mut impl Out, dialect: &Dialect) -> Result<(), EncodeError> {
        self.write(self.kind(dialect), out)
    }
}

/// Octets of type and length, before the body.
const HEAD: usize = 2;

/// Writes an option of this type at its alignment.
#[inline(always)]
fn stand<'a>(
    body: &impl Body<'a>,
    (unit, at): (usize, usize),
    kind: u8,
    out: &mut impl Out,
) -> Result<(), EncodeError> {
    let mut len = Count(0);
    body.write(&mut len)?;
    pad(out, unit, at);
    raw::head(out, kind, len.written())?;
    body.write(out)
}

/// Makes a code a body of its own, behind a reserved octet.
macro_rules! coded {
    ($code:ident) => {
        impl $crate::wire::fields::Body<'_> for $code {
            #[inline(always)]
            fn read(
                mut from: $crate::wire::fields::Cursor<'_, '_>,
            ) -> Result<Self, $crate::wire::DecodeError> {
                from.judge_len(2, false)?;
                from.take().map(|&[_, code]| Self(code))
            }

            #[inline(always)]
            fn write(&self, out: &mut impl $crate::wire::Out) -> Result<(), $crate::wire::EncodeError> {
                out.put(&[0, self.0]);
                Ok(())
            }

            fn show(&self, visit: &mut $crate::wire::fields::Visit<'_>) {
                visit("code", $crate::wire::fields::Value::Code(self.0.into(), self.name()));
            }

            fn build<S: $crate::wire::fields::Source>(
                from: &mut S,
                out: &mut impl $crate::wire::Out,
            ) -> Result<(), S::Error> {
                out.put(&[0]);
                <Self as $crate::wire::fields::Part<'_>>::build("code", from, out)
            }
        }
    };
}

use coded;
