//! Neighbor Discovery.

use alloc::vec::Vec;

use arbitrary::{Error, Result, Unstructured};

use super::{Sample, Visit};
use crate::samples::draw::{exactly, many};
use crate::samples::world;
use crate::wire::nd::{
    Message, Nd, NdOption, PrefixFlags, RouterAdvertisement, RouterFlags, RouterSolicitation,
};
use crate::wire::{Dialect, List};

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
                flags: RouterFlags::from_bits_retain(flags),
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
    Fixed(NdOption<'static>),
    LinkLayer { is_source: bool, address: Vec<u8> },
    Raw { kind: u8, body: Vec<u8> },
}

impl Parts {
    fn draw(u: &mut Unstructured<'_>) -> Result<Self> {
        Ok(Self::Fixed(match u.int_in_range(0..=5)? {
            0 => NdOption::PrefixInformation {
                len: u.int_in_range(0..=128)?,
                flags: PrefixFlags::from_bits_retain(u.arbitrary()?),
                valid_s: u.arbitrary()?,
                preferred_s: u.arbitrary()?,
                prefix: world::source(u)?.into(),
            },
            1 => NdOption::Mtu { mtu: u.arbitrary()? },
            2 => NdOption::AdvertisementInterval { interval_ms: u.arbitrary()? },
            3 => NdOption::HomeAgentInformation {
                preference: u.arbitrary()?,
                lifetime_s: u.int_in_range(1..=u16::MAX)?,
            },
            4 => return Ok(Self::LinkLayer { is_source: u.arbitrary()?, address: body(u)? }),
            _ => return Ok(Self::Raw { kind: u.arbitrary()?, body: body(u)? }),
        }))
    }

    fn option(&self) -> Result<NdOption<'_>> {
        match self {
            Self::Fixed(option) => Ok(*option),
            Self::LinkLayer { is_source: true, address } => Ok(NdOption::SourceLinkLayer { address }),
            Self::LinkLayer { is_source: false, address } => Ok(NdOption::TargetLinkLayer { address }),
            Self::Raw { kind, body } => NdOption::raw(*kind, body).map_err(|_| Error::IncorrectFormat),
        }
    }
}

/// The body of an option of 1 to 5 units.
fn body(u: &mut Unstructured<'_>) -> Result<Vec<u8>> {
    let units = u.int_in_range(1..=5usize)?;
    exactly(u, units.saturating_mul(8).saturating_sub(2))
}
