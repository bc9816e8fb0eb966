//! Neighbor Discovery.

use alloc::vec::Vec;

use arbitrary::{Error, Result, Unstructured};

use super::{Sample, Visit};
use crate::samples::draw::{exactly, many};
use crate::samples::world;
use crate::wire::nd::{Message, Nd, NdOption, RouterAdvertisement, RouterSolicitation};
use crate::wire::{Addr, Dialect, List};

impl Sample for Nd {
    fn draw(u: &mut Unstructured<'_>, dialect: &Dialect, visit: &mut Visit<'_, Self>) -> Result<()> {
        let advertises: bool = u.arbitrary()?;
        let (hop_limit, flags, lifetime_s) = (u.arbitrary()?, u.arbitrary()?, u.arbitrary()?);
        let (reachable_ms, retrans_ms) = (u.arbitrary()?, u.arbitrary()?);
        let parts = many(u, 5, Parts::draw)?;
        let options: Vec<NdOption<'_>> = parts.iter().map(Parts::option).collect::<Result<_>>()?;
        let options = List::new(&options, dialect);
        visit(if advertises {
            Message::Advertisement(RouterAdvertisement {
                hop_limit,
                flags,
                lifetime_s,
                reachable_ms,
                retrans_ms,
                options,
            })
        } else {
            Message::Solicitation(RouterSolicitation { options })
        });
        Ok(())
    }
}

/// What an option is built from.
enum Parts {
    PrefixInformation { len: u8, flags: u8, valid_s: u32, preferred_s: u32, prefix: Addr },
    Raw { kind: u8, body: Vec<u8> },
}

impl Parts {
    fn draw(u: &mut Unstructured<'_>) -> Result<Self> {
        if u.arbitrary()? {
            let (kind, words) = (u.arbitrary()?, u.int_in_range(1..=5usize)?);
            let len = words.saturating_mul(8).saturating_sub(2);
            return Ok(Self::Raw { kind, body: exactly(u, len)? });
        }
        Ok(Self::PrefixInformation {
            len: u.int_in_range(0..=128)?,
            flags: u.arbitrary()?,
            valid_s: u.arbitrary()?,
            preferred_s: u.arbitrary()?,
            prefix: world::source(u)?.into(),
        })
    }

    fn option(&self) -> Result<NdOption<'_>> {
        match self {
            &Self::PrefixInformation { len, flags, valid_s, preferred_s, prefix } => {
                Ok(NdOption::PrefixInformation { len, flags, valid_s, preferred_s, prefix })
            }
            Self::Raw { kind, body } => NdOption::raw(*kind, body).map_err(|_| Error::IncorrectFormat),
        }
    }
}
