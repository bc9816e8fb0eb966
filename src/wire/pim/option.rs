//! Options of a Hello (RFC 7761 4.9.2).

use super::OptionType;
use super::address::{Unicast, unicast};
use crate::wire::error::{DecodeError, EncodeError, Field, Layer};
use crate::wire::out::{Count, Out};
use crate::wire::read::{Read, chunk, lift, octets};
use crate::wire::{Addr, Dialect, Item, List};

/// An option of a Hello.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum HelloOption<'a> {
    /// Holdtime (1): seconds until the neighbour is forgotten; 0 says goodbye, 0xffff never.
    Holdtime(u16),
    /// LAN Prune Delay (2).
    LanPruneDelay(LanPruneDelay),
    /// DR Priority (19).
    DrPriority(u32),
    /// Generation ID (20): another one each time that the neighbour starts.
    GenerationId(u32),
    /// Address List (24): all addresses of the interface but the one that Hellos come from.
    AddressList(List<'a, Unicast>),
    /// Any other option, as it came; to be ignored.
    Unknown(RawOption<'a>),
    /// An option of a known type with a body that cannot be; counts as absent.
    Malformed(MalformedOption<'a>),
}

/// Body of a LAN Prune Delay.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct LanPruneDelay {
    /// T: the sender can do without the suppression of Joins.
    pub tracking: bool,
    /// Propagation delay of the link, milliseconds, 0 to 32,767.
    pub propagation_ms: u16,
    /// Time that others have to override a Prune, milliseconds.
    pub override_ms: u16,
}

/// An option that this crate does not know, as it came. Made by parsing and by [`HelloOption::other`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawOption<'a> {
    kind: OptionType,
    body: &'a [u8],
}

impl<'a> RawOption<'a> {
    /// Type.
    #[must_use]
    pub const fn kind(&self) -> OptionType {
        self.kind
    }

    /// What follows type and length.
    #[must_use]
    pub const fn body(&self) -> &'a [u8] {
        self.body
    }
}

/// A known option with a body that cannot be, as it came, and what is wrong with it. Made by parsing and by
/// [`HelloOption::other`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct MalformedOption<'a> {
    raw: RawOption<'a>,
    error: DecodeError,
}

impl<'a> MalformedOption<'a> {
    /// Type.
    #[must_use]
    pub const fn kind(&self) -> OptionType {
        self.raw.kind
    }

    /// What follows type and length.
    #[must_use]
    pub const fn body(&self) -> &'a [u8] {
        self.raw.body
    }

    /// What is wrong; its offset counts from the first octet of the type.
    #[must_use]
    pub const fn error(&self) -> DecodeError {
        self.error
    }
}

impl<'a> HelloOption<'a> {
    /// The option of this type with this body: known, malformed or unknown.
    #[must_use]
    pub fn other(kind: OptionType, body: &'a [u8], dialect: &Dialect) -> Self {
        let raw = RawOption { kind, body };
        match known(raw, dialect) {
            Ok(Some(option)) => option,
            Ok(None) => Self::Unknown(raw),
            Err(error) => Self::Malformed(MalformedOption { raw, error }),
        }
    }

    /// Type.
    #[must_use]
    pub const fn kind(&self) -> OptionType {
        match self {
            Self::Holdtime(_) => OptionType::HOLDTIME,
            Self::LanPruneDelay(_) => OptionType::LAN_PRUNE_DELAY,
            Self::DrPriority(_) => OptionType::DR_PRIORITY,
            Self::GenerationId(_) => OptionType::GENERATION_ID,
            Self::AddressList(_) => OptionType::ADDRESS_LIST,
            Self::Unknown(raw) => raw.kind,
            Self::Malformed(malformed) => malformed.raw.kind,
        }
    }

    fn write_body(&self, out: &mut impl Out) -> Result<(), EncodeError> {
        match self {
            Self::Holdtime(seconds) => out.put(&seconds.to_be_bytes()),
            Self::LanPruneDelay(delay) => {
                if delay.propagation_ms > MAX_PROPAGATION {
                    let max = usize::from(MAX_PROPAGATION);
                    return Err(EncodeError::TooLong { field: Field::PropagationDelay, max });
                }
                let first = u16::from(delay.tracking) << 15 | delay.propagation_ms;
                out.put(&first.to_be_bytes());
                out.put(&delay.override_ms.to_be_bytes());
            }
            Self::DrPriority(value) | Self::GenerationId(value) => out.put(&value.to_be_bytes()),
            Self::AddressList(addresses) => return addresses.write(out),
            Self::Unknown(raw) | Self::Malformed(MalformedOption { raw, .. }) => out.bytes(raw.body),
        }
        Ok(())
    }
}

impl<'a> Item<'a> for HelloOption<'a> {
    fn read(octets: &mut &'a [u8], dialect: &Dialect) -> Option<Self> {
        let (rest, RawOption { kind, body }) = raw(octets).ok()?;
        *octets = rest;
        Some(Self::other(kind, body, dialect))
    }

    fn write(&self, out: &mut impl Out, _: &Dialect) -> Result<(), EncodeError> {
        let mut body = Count(0);
        self.write_body(&mut body)?;
        let Ok(len) = u16::try_from(body.0) else {
            return Err(EncodeError::TooLong { field: Field::OptionBody, max: usize::from(u16::MAX) });
        };
        out.put(&self.kind().0.to_be_bytes());
        out.put(&len.to_be_bytes());
        self.write_body(out)
    }
}

/// What a Hello says by its options. Of an option that may stand once only, the first that is good counts; a malformed
/// one counts as absent.
impl<'a> List<'a, HelloOption<'a>> {
    /// Holdtime, seconds.
    #[must_use]
    pub fn holdtime(&self) -> Option<u16> {
        self.iter().find_map(|option| match option {
            HelloOption::Holdtime(seconds) => Some(seconds),
            _ => None,
        })
    }

    /// LAN Prune Delay.
    #[must_use]
    pub fn lan_prune_delay(&self) -> Option<LanPruneDelay> {
        self.iter().find_map(|option| match option {
            HelloOption::LanPruneDelay(delay) => Some(delay),
            _ => None,
        })
    }

    /// DR Priority.
    #[must_use]
    pub fn dr_priority(&self) -> Option<u32> {
        self.iter().find_map(|option| match option {
            HelloOption::DrPriority(priority) => Some(priority),
            _ => None,
        })
    }

    /// Generation ID.
    #[must_use]
    pub fn generation_id(&self) -> Option<u32> {
        self.iter().find_map(|option| match option {
            HelloOption::GenerationId(id) => Some(id),
            _ => None,
        })
    }

    /// The addresses of all Address Lists, in their order. No list is the same as an empty one: what was known of the
    /// neighbour is forgotten (RFC 7761 4.3.4).
    pub fn secondary_addresses(&self) -> impl Iterator<Item = Addr> + Clone + use<'a> {
        let lists = self.iter().filter_map(|option| match option {
            HelloOption::AddressList(addresses) => Some(addresses),
            _ => None,
        });
        lists.flatten().map(|Unicast(address)| address)
    }

    /// The options with a body that cannot be.
    pub fn malformed(&self) -> impl Iterator<Item = MalformedOption<'a>> + Clone + use<'a> {
        self.iter().filter_map(|option| match option {
            HelloOption::Malformed(malformed) => Some(malformed),
            _ => None,
        })
    }
}

/// Octets of type and length.
const HEAD: usize = 4;

/// The propagation delay has 15 bits.
const MAX_PROPAGATION: u16 = 0x7fff;

/// The options in `area`, all of which it must hold in full.
pub(super) fn list<'a>(area: &'a [u8], dialect: &Dialect) -> Read<'a, List<'a, HelloOption<'a>>> {
    let (mut rest, mut len) = (area, 0_usize);
    while !rest.is_empty() {
        (rest, _) = raw(rest)?;
        len = len.saturating_add(1);
    }
    Ok((rest, List::validated(area, len, dialect)))
}

#[inline]
fn raw(input: &[u8]) -> Read<'_, RawOption<'_>> {
    let (rest, &[k0, k1, l0, l1]) = chunk::<HEAD>(Layer::Pim, Field::OptionHeader, input)?;
    let len = u16::from_be_bytes([l0, l1]);
    let (rest, body) = octets(Layer::Pim, Field::OptionBody, len.into(), rest)?;
    Ok((rest, RawOption { kind: OptionType(u16::from_be_bytes([k0, k1])), body }))
}

/// The option of a type that this crate knows; `None` for any other type.
fn known<'a>(raw: RawOption<'a>, dialect: &Dialect) -> Result<Option<HelloOption<'a>>, DecodeError> {
    let body = raw.body;
    let option = match raw.kind {
        OptionType::HOLDTIME => HelloOption::Holdtime(u16::from_be_bytes(exactly(body)?)),
        OptionType::LAN_PRUNE_DELAY => {
            let [p0, p1, o0, o1] = exactly(body)?;
            let first = u16::from_be_bytes([p0, p1]);
            HelloOption::LanPruneDelay(LanPruneDelay {
                tracking: first > MAX_PROPAGATION,
                propagation_ms: first & MAX_PROPAGATION,
                override_ms: u16::from_be_bytes([o0, o1]),
            })
        }
        OptionType::DR_PRIORITY => HelloOption::DrPriority(u32::from_be_bytes(exactly(body)?)),
        OptionType::GENERATION_ID => HelloOption::GenerationId(u32::from_be_bytes(exactly(body)?)),
        OptionType::ADDRESS_LIST => {
            let all = body.len().saturating_add(HEAD);
            HelloOption::AddressList(addresses(body, dialect).map_err(|error| lift(error, all))?.1)
        }
        _ => return Ok(None),
    };
    Ok(Some(option))
}

/// A body of `N` octets, no more and no less.
fn exactly<const N: usize>(body: &[u8]) -> Result<[u8; N], DecodeError> {
    let wrong = |_| DecodeError::new(Layer::HelloOption, Field::OptionBody, HEAD, N, body.len());
    body.try_into().map_err(wrong)
}

fn addresses<'a>(body: &'a [u8], dialect: &Dialect) -> Read<'a, List<'a, Unicast>> {
    let (mut rest, mut len) = (body, 0_usize);
    while !rest.is_empty() {
        (rest, _) = unicast(Layer::HelloOption, rest)?;
        len = len.saturating_add(1);
    }
    Ok((rest, List::validated(body, len, dialect)))
}
