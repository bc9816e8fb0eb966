//! Mobility options (RFC 6275 6.2).

mod code;
mod list;
pub mod multicast_state;
mod padding;
mod raw;

pub use code::{AccessTechnology, HandoffIndicator};
pub use raw::{Malformed, Raw};

pub(super) use list::list;
pub(super) use padding::pad;

use crate::wire::error::{DecodeError, EncodeError, Field, Layer};
use crate::wire::mld::Record;
use crate::wire::{Addr, Dialect, Item, List, Out};

/// A mobility option.
///
/// Options are written in the order in which they stand in their list, each at its alignment (digest 2.2). Pad1 and PadN
/// come and go with that and are no options here.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum MobilityOption<'a> {
    /// MN Identifier (8, RFC 4283).
    MnIdentifier {
        /// Subtype; 1 is a network access identifier.
        subtype: u8,
        /// The identifier, at most 254 octets; empty in a PBA with status 160.
        id: &'a [u8],
    },
    /// Home Network Prefix (22, RFC 5213 8.3).
    HomeNetworkPrefix {
        /// Prefix length, 0 to 128.
        len: u8,
        /// The prefix; all zero asks for one.
        prefix: Addr,
    },
    /// Handoff Indicator (23, RFC 5213 8.4).
    HandoffIndicator(HandoffIndicator),
    /// Access Technology Type (24, RFC 5213 8.5).
    AccessTechnology(AccessTechnology),
    /// Mobile Node Link-layer Identifier (25, RFC 5213 8.6), at most 253 octets.
    LinkLayerId(&'a [u8]),
    /// Link-local Address (26, RFC 5213 8.7) of the MAG; all zero asks for one.
    LinkLocalAddress(Addr),
    /// Timestamp (27, RFC 5213 8.8): 48 bits of seconds since 1970 UTC, 16 bits of 1/65536 s.
    Timestamp(u64),
    /// Multicast State (local type, digest 1.B.7): records as in an MLD Report. At most 247 octets of them:
    /// [`multicast_state`] cuts what is longer.
    MulticastState(List<'a, Record<'a>>),
    /// Care-of Address (local type, liu 8.3), in a PBA-Q.
    CareOfAddress(Addr),
    /// Queried Home Address (local type, D-20), in a PBU-Q and its answer.
    QueriedHomeAddress(Addr),
    /// An option that this crate does not know, kept as it came.
    Unknown(Raw<'a>),
    /// A known option with a body that cannot be: treated as absent, kept as it came.
    Malformed(Malformed<'a>),
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

    /// The type by which the option is written in this dialect.
    #[must_use]
    pub const fn kind(&self, dialect: &Dialect) -> u8 {
        match self {
            Self::MnIdentifier { .. } => MN_IDENTIFIER,
            Self::HomeNetworkPrefix { .. } => HOME_NETWORK_PREFIX,
            Self::HandoffIndicator(_) => HANDOFF_INDICATOR,
            Self::AccessTechnology(_) => ACCESS_TECHNOLOGY,
            Self::LinkLayerId(_) => LINK_LAYER_ID,
            Self::LinkLocalAddress(_) => LINK_LOCAL_ADDRESS,
            Self::Timestamp(_) => TIMESTAMP,
            Self::MulticastState(_) => dialect.options.multicast_state,
            Self::CareOfAddress(_) => dialect.options.care_of_address,
            Self::QueriedHomeAddress(_) => dialect.options.queried_home_address,
            Self::Unknown(raw) => raw.kind,
            Self::Malformed(malformed) => malformed.raw.kind,
        }
    }

    /// The alignment `xn + y` of the option as `(x, y)`, from the start of the header (digest 2.2). An option that is
    /// not known, or not readable, stands where it comes.
    const fn alignment(&self) -> (usize, usize) {
        match self {
            Self::HomeNetworkPrefix { .. } => (8, 4),
            Self::LinkLocalAddress(_) | Self::CareOfAddress(_) | Self::QueriedHomeAddress(_) => (8, 6),
            Self::Timestamp(_) => (8, 2),
            Self::MulticastState(_) => (4, 2),
            Self::LinkLayerId(id) => link_layer_id_alignment(id.len()),
            Self::MnIdentifier { .. }
            | Self::HandoffIndicator(_)
            | Self::AccessTechnology(_)
            | Self::Unknown(_)
            | Self::Malformed(_) => (1, 0),
        }
    }
}

impl<'a> Item<'a> for MobilityOption<'a> {
    fn read(octets: &'a [u8], dialect: &Dialect) -> Option<(Self, &'a [u8])> {
        if let Some(records) = multicast_state::raw_records(octets, dialect) {
            return Some((Self::MulticastState(records), &[]));
        }
        let (rest, next) = list::next(octets).ok()?;
        let (kind, body) = next?;
        Some((Self::other(kind, body, dialect)?, rest))
    }

    fn write(&self, out: &mut impl Out, dialect: &Dialect) -> Result<(), EncodeError> {
        let kind = self.kind(dialect);
        let (unit, at) = self.alignment();
        pad(out, unit, at);
        match self {
            Self::MnIdentifier { subtype, id } => {
                head(out, kind, id.len().saturating_add(1))?;
                out.put(&[*subtype]);
                out.bytes(id);
            }
            Self::HomeNetworkPrefix { len, prefix } => {
                if *len > MAX_PREFIX_LEN {
                    return Err(EncodeError::TooLong {
                        field: Field::PrefixLength,
                        max: MAX_PREFIX_LEN.into(),
                    });
                }
                out.put(&[kind, 18, 0, *len]);
                out.put(&prefix.0);
            }
            Self::HandoffIndicator(HandoffIndicator(code))
            | Self::AccessTechnology(AccessTechnology(code)) => {
                out.put(&[kind, 2, 0, *code]);
            }
            Self::LinkLayerId(id) => {
                head(out, kind, id.len().saturating_add(2))?;
                out.put(&[0, 0]);
                out.bytes(id);
            }
            Self::LinkLocalAddress(addr) | Self::CareOfAddress(addr) | Self::QueriedHomeAddress(addr) => {
                out.put(&[kind, 16]);
                out.put(&addr.0);
            }
            Self::Timestamp(stamp) => {
                out.put(&[kind, 8]);
                out.put(&stamp.to_be_bytes());
            }
            Self::MulticastState(records) => multicast_state::write(*records, kind, out)?,
            Self::Unknown(raw) | Self::Malformed(Malformed { raw, .. }) => raw.write(out)?,
        }
        Ok(())
    }
}

const MN_IDENTIFIER: u8 = 8;
const HOME_NETWORK_PREFIX: u8 = 22;
const HANDOFF_INDICATOR: u8 = 23;
const ACCESS_TECHNOLOGY: u8 = 24;
const LINK_LAYER_ID: u8 = 25;
const LINK_LOCAL_ADDRESS: u8 = 26;
const TIMESTAMP: u8 = 27;

const MAX_PREFIX_LEN: u8 = 128;

/// Octets of type and length, before the body.
const HEAD: usize = 2;

/// The option of a type that this crate knows; `None` for any other type.
fn known<'a>(kind: u8, body: &'a [u8], dialect: &Dialect) -> Option<Result<MobilityOption<'a>, DecodeError>> {
    use MobilityOption as Opt;
    let types = &dialect.options;
    Some(match kind {
        MN_IDENTIFIER => match body.split_first() {
            Some((&subtype, id)) => Ok(Opt::MnIdentifier { subtype, id }),
            None => Err(wrong(Field::Identifier, HEAD, 1, 0)),
        },
        HOME_NETWORK_PREFIX => home_network_prefix(body),
        HANDOFF_INDICATOR => fixed(body).map(|&[_, code]| Opt::HandoffIndicator(HandoffIndicator(code))),
        ACCESS_TECHNOLOGY => fixed(body).map(|&[_, code]| Opt::AccessTechnology(AccessTechnology(code))),
        LINK_LAYER_ID => match body {
            [_, _, id @ ..] => Ok(Opt::LinkLayerId(id)),
            _ => Err(wrong(Field::Identifier, HEAD, 2, body.len())),
        },
        LINK_LOCAL_ADDRESS => fixed(body).map(|addr| Opt::LinkLocalAddress(Addr(*addr))),
        TIMESTAMP => fixed(body).map(|stamp| Opt::Timestamp(u64::from_be_bytes(*stamp))),
        _ if kind == types.multicast_state => multicast_state::read(body, dialect).map(Opt::MulticastState),
        _ if kind == types.care_of_address => fixed(body).map(|addr| Opt::CareOfAddress(Addr(*addr))),
        _ if kind == types.queried_home_address => {
            fixed(body).map(|addr| Opt::QueriedHomeAddress(Addr(*addr)))
        }
        _ => return None,
    })
}

fn home_network_prefix(body: &[u8]) -> Result<MobilityOption<'_>, DecodeError> {
    let &[_, len, ref prefix @ ..] = fixed::<18>(body)?;
    if len > MAX_PREFIX_LEN {
        return Err(wrong(Field::PrefixLength, 3, MAX_PREFIX_LEN.into(), len.into()));
    }
    Ok(MobilityOption::HomeNetworkPrefix { len, prefix: Addr(*prefix) })
}

/// A body that has one length only.
fn fixed<const N: usize>(body: &[u8]) -> Result<&[u8; N], DecodeError> {
    body.try_into().map_err(|_| wrong(Field::OptionBody, HEAD, N, body.len()))
}

/// A body that cannot be; `offset` counts from the start of the option.
fn wrong(field: Field, offset: usize, needed: usize, have: usize) -> DecodeError {
    DecodeError::new(Layer::MobilityOption, field, offset, needed, have)
}

/// Type and length of an option whose body has `len` octets.
fn head(out: &mut impl Out, kind: u8, len: usize) -> Result<(), EncodeError> {
    let max = u8::MAX;
    let len =
        u8::try_from(len).map_err(|_| EncodeError::TooLong { field: Field::OptionBody, max: max.into() })?;
    out.put(&[kind, len]);
    Ok(())
}

/// RFC 5213 8.6 leaves the alignment to the size of the identifier: it falls on its natural boundary, as far as its
/// length has one.
const fn link_layer_id_alignment(len: usize) -> (usize, usize) {
    match len % 8 {
        0 if len != 0 => (8, 4),
        4 => (4, 0),
        2 | 6 => (2, 0),
        _ => (1, 0),
    }
}
