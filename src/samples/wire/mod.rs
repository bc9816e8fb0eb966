//! Messages of every format.

mod cxtp;
mod fields;
pub(super) mod igmp;
pub(super) mod membership;
mod mh;
pub(super) mod mld;
mod nd;
mod pim;
mod udp;

use arbitrary::{Arbitrary, Error, Result, Unstructured};

use crate::wire::packet::OwnedPayload;
use crate::wire::{Dialect, FeatureTypes, FlagDialect, Format, HoldTypes, OptionTypes, Owned};

use super::draw::octets;

/// What is called with a message.
pub type Visit<'v, F> = dyn for<'a> FnMut(<F as Format>::View<'a>) + 'v;

/// A format of which messages can be drawn.
pub trait Sample: Format {
    /// Draws a message that can be written and, by `dialect`, read, and shows it to `visit`.
    ///
    /// # Errors
    /// None of its own: those of `u`.
    fn draw(u: &mut Unstructured<'_>, dialect: &Dialect, visit: &mut Visit<'_, Self>) -> Result<()>;
}

/// Dialects that differ in what they read: each flag, other code points, raw reports or none.
pub const DIALECTS: [Dialect; 5] = [
    Dialect::DEFAULT,
    Dialect { accept_raw_pbu_m: true, ..Dialect::with_flags(FlagDialect::AsaedaC) },
    Dialect { hold: HoldTypes::LITERAL, ..Dialect::with_flags(FlagDialect::LiuQ) },
    Dialect { accept_raw_pbu_m: true, ..Dialect::with_flags(FlagDialect::Discriminated) },
    Dialect {
        options: OptionTypes { multicast_state: 143, care_of_address: 71, queried_home_address: 255 },
        features: FeatureTypes { listener_context: 2, mn_identifier: 0xffff, policy_profile: 0x8001 },
        accept_raw_pbu_m: true,
        ..Dialect::with_flags(FlagDialect::RELOCATED)
    },
];

/// One of [`DIALECTS`].
impl<'a> Arbitrary<'a> for Dialect {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        u.choose(&DIALECTS).copied()
    }
}

impl<'a, F: Sample> Arbitrary<'a> for Owned<F> {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        let dialect = u.arbitrary()?;
        owned(&dialect, |visit| F::draw(u, &dialect, visit))
    }
}

impl<'a> Arbitrary<'a> for OwnedPayload {
    fn arbitrary(u: &mut Unstructured<'a>) -> Result<Self> {
        Ok(match u.int_in_range(0..=11)? {
            0..=2 => Self::Mld(u.arbitrary()?),
            3..=5 => Self::Mh(u.arbitrary()?),
            6 => Self::Cxtp(u.arbitrary()?),
            7 => Self::CxtpIcmp(u.arbitrary()?),
            8..=9 => Self::Nd(u.arbitrary()?),
            10 => Self::Pim(u.arbitrary()?),
            _ => Self::Other { next_header: u.arbitrary()?, data: octets(u, 80)? },
        })
    }
}

/// The owned form of the message that `draw` shows.
fn owned<F: Format>(
    dialect: &Dialect,
    draw: impl FnOnce(&mut Visit<'_, F>) -> Result<()>,
) -> Result<Owned<F>> {
    let mut drawn = None;
    draw(&mut |message| drawn = Owned::new(&message, dialect).ok())?;
    drawn.ok_or(Error::IncorrectFormat)
}
