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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Encode;
    use crate::wire::mh::{BindingUpdate, Message, UpdateFlags};

    const DIALECT: Dialect = Dialect::DEFAULT;

    fn update<'a>(options: &'a [MobilityOption<'a>]) -> BindingUpdate<'a> {
        let options = List::new(options, &DIALECT);
        BindingUpdate { sequence: 0, flags: UpdateFlags::PROXY, lifetime: 1, options }
    }

    fn encode(options: &[MobilityOption<'_>]) -> Result<std::vec::Vec<u8>, EncodeError> {
        let mut octets = std::vec::Vec::new();
        Message::BindingUpdate(update(options)).put(&mut octets)?;
        Ok(octets)
    }

    fn other(kind: u8, body: &[u8]) -> MobilityOption<'_> {
        MobilityOption::other(kind, body, &DIALECT).unwrap()
    }

    fn fault(kind: u8, body: &[u8]) -> (Field, u16, u16, u16) {
        let option = other(kind, body);
        let MobilityOption::Malformed(malformed) = option else { panic!("{option:?} is no fault") };
        assert_eq!((malformed.kind(), malformed.body()), (kind, body));
        let error = malformed.error();
        assert_eq!(error.layer, Layer::MobilityOption);
        (error.field, error.offset, error.needed, error.have)
    }

    /// Where an option of this type starts when `before` other options of one octet of body stand before it.
    fn place(option: MobilityOption<'_>, before: usize) -> usize {
        let filler = other(250, &[0]);
        let mut options = std::vec![filler; before];
        options.push(option);
        let octets = encode(&options).unwrap();
        let (mut at, kind) = (12 + 3 * before, option.kind(&DIALECT));
        while octets[at] != kind {
            at += if octets[at] == padding::PAD1 { 1 } else { 2 + usize::from(octets[at + 1]) };
        }
        at
    }

    #[test]
    fn each_option_stands_at_its_alignment() {
        let addr = Addr([0x20; 16]);
        for (option, unit, at) in [
            (MobilityOption::MnIdentifier { subtype: 1, id: b"x" }, 1, 0),
            (MobilityOption::HomeNetworkPrefix { len: 64, prefix: addr }, 8, 4),
            (MobilityOption::HandoffIndicator(HandoffIndicator::UNKNOWN), 1, 0),
            (MobilityOption::AccessTechnology(AccessTechnology::VIRTUAL), 1, 0),
            (MobilityOption::LinkLayerId(&[2; 8]), 8, 4),
            (MobilityOption::LinkLayerId(&[2; 6]), 2, 0),
            (MobilityOption::LinkLayerId(&[2; 4]), 4, 0),
            (MobilityOption::LinkLayerId(&[2; 5]), 1, 0),
            (MobilityOption::LinkLayerId(&[]), 1, 0),
            (MobilityOption::LinkLocalAddress(addr), 8, 6),
            (MobilityOption::Timestamp(0), 8, 2),
            (MobilityOption::MulticastState(List::default()), 4, 2),
            (MobilityOption::CareOfAddress(addr), 8, 6),
            (MobilityOption::QueriedHomeAddress(addr), 8, 6),
            (other(33, &[0; 6]), 1, 0),
            (other(22, &[]), 1, 0),
        ] {
            for before in 0..8 {
                let (start, least) = (place(option, before), 12 + 3 * before);
                assert_eq!(start % unit, at, "{option:?} after {before}");
                assert!(start < least + unit, "{option:?} is padded by {}", start - least);
            }
        }
    }

    #[test]
    fn padding_is_pad1_for_one_octet_and_zero_filled_padn_for_more() {
        let addr = Addr([0x20; 16]);
        let octets = encode(&[other(250, &[0]), other(250, &[0, 0, 0]), MobilityOption::CareOfAddress(addr)]);
        // 12 + 3 + 5 = 20, then two octets to 22.
        assert_eq!(octets.unwrap()[20..24], [1, 0, 201, 16]);
        let octets = encode(&[other(250, &[0]), MobilityOption::Timestamp(1)]).unwrap();
        assert_eq!(octets[15..20], [1, 1, 0, 27, 8]);
        let octets = encode(&[other(250, &[])]).unwrap();
        assert_eq!(octets[12..], [250, 0, 1, 0]);
        let octets = encode(&[other(250, &[0])]).unwrap();
        assert_eq!(octets[12..], [250, 1, 0, 0]);
    }

    #[test]
    fn padding_is_no_option() {
        assert_eq!(MobilityOption::other(0, &[], &DIALECT), None);
        assert_eq!(MobilityOption::other(1, &[0], &DIALECT), None);
        let octets = [59, 2, 5, 0, 0, 0, 0, 0, 2, 0, 0, 1, 0, 23, 2, 0, 4, 0, 1, 1, 9, 0, 0, 0];
        let Ok(Message::BindingUpdate(update)) = Message::parse(&octets, &DIALECT) else { panic!() };
        assert!(update.options.iter().eq([MobilityOption::HandoffIndicator(HandoffIndicator::UNKNOWN)]));
        assert_eq!(update.options.len(), 1);
    }

    #[test]
    fn a_bad_body_is_malformed_and_says_where() {
        assert_eq!(fault(8, &[]), (Field::Identifier, 2, 1, 0));
        assert_eq!(fault(22, &[0; 17]), (Field::OptionBody, 2, 18, 17));
        assert_eq!(fault(22, &[0xff; 18]), (Field::PrefixLength, 3, 128, 255));
        assert_eq!(fault(23, &[4]), (Field::OptionBody, 2, 2, 1));
        assert_eq!(fault(24, &[0, 4, 0]), (Field::OptionBody, 2, 2, 3));
        assert_eq!(fault(25, &[0]), (Field::Identifier, 2, 2, 1));
        assert_eq!(fault(26, &[0; 4]), (Field::OptionBody, 2, 16, 4));
        assert_eq!(fault(27, &[0; 9]), (Field::OptionBody, 2, 8, 9));
        assert_eq!(fault(201, &[]), (Field::OptionBody, 2, 16, 0));
        assert_eq!(fault(202, &[0; 18]), (Field::OptionBody, 2, 16, 18));
    }

    #[test]
    fn reserved_octets_of_options_are_ignored() {
        assert_eq!(other(23, &[0xff, 4]), other(23, &[0, 4]));
        assert_eq!(other(25, &[1, 2, 3]), MobilityOption::LinkLayerId(&[3]));
        let [mut set, clear] = [[64; 18], [64; 18]];
        set[0] = 0xff;
        assert_eq!(other(22, &set), other(22, &clear));
    }

    #[test]
    fn a_malformed_option_leaves_its_neighbours_alone() {
        let good = MobilityOption::HandoffIndicator(HandoffIndicator::UNKNOWN);
        let octets = encode(&[other(22, &[1, 2, 3]), good, other(200, &[9])]).unwrap();
        let Ok(Message::BindingUpdate(update)) = Message::parse(&octets, &DIALECT) else { panic!() };
        assert!(update.options.iter().eq([other(22, &[1, 2, 3]), good, other(200, &[9])]));
        assert_eq!(update.options.malformed().count(), 2);
        assert_eq!(update.options.home_network_prefixes().count(), 0);
        assert_eq!(update.options.handoff_indicator(), Some(HandoffIndicator::UNKNOWN));
    }

    #[test]
    fn the_dialect_decides_which_type_is_what() {
        let dialect = Dialect {
            options: crate::wire::OptionTypes { care_of_address: 210, ..DIALECT.options },
            ..DIALECT
        };
        let addr = MobilityOption::CareOfAddress(Addr([1; 16]));
        assert_eq!(MobilityOption::other(210, &[1; 16], &dialect), Some(addr));
        assert_eq!(addr.kind(&dialect), 210);
        let moved = MobilityOption::other(201, &[1; 16], &dialect).unwrap();
        assert!(matches!(moved, MobilityOption::Unknown(raw) if raw.kind() == 201));
    }

    #[test]
    fn of_an_option_that_stands_twice_the_first_counts() {
        let addr = |n| Addr([n; 16]);
        let options = [
            other(8, &[]),
            MobilityOption::MnIdentifier { subtype: 1, id: b"a" },
            MobilityOption::MnIdentifier { subtype: 1, id: b"b" },
            MobilityOption::HandoffIndicator(HandoffIndicator(1)),
            MobilityOption::HandoffIndicator(HandoffIndicator(2)),
            MobilityOption::AccessTechnology(AccessTechnology(1)),
            MobilityOption::AccessTechnology(AccessTechnology(2)),
            MobilityOption::LinkLayerId(&[1]),
            MobilityOption::LinkLayerId(&[2]),
            MobilityOption::LinkLocalAddress(addr(1)),
            MobilityOption::LinkLocalAddress(addr(2)),
            MobilityOption::Timestamp(1),
            MobilityOption::Timestamp(2),
            MobilityOption::CareOfAddress(addr(1)),
            MobilityOption::CareOfAddress(addr(2)),
            MobilityOption::HomeNetworkPrefix { len: 64, prefix: addr(1) },
            MobilityOption::HomeNetworkPrefix { len: 64, prefix: addr(2) },
        ];
        let list = List::new(&options, &DIALECT);
        assert_eq!(list.mn_identifier(), Some((1, &b"a"[..])));
        assert_eq!(list.handoff_indicator(), Some(HandoffIndicator(1)));
        assert_eq!(list.access_technology(), Some(AccessTechnology(1)));
        assert_eq!(list.link_layer_id(), Some(&[1][..]));
        assert_eq!(list.link_local_address(), Some(addr(1)));
        assert_eq!(list.timestamp(), Some(1));
        assert_eq!(list.care_of_address(), Some(addr(1)));
        assert!(list.home_network_prefixes().eq([(addr(1), 64), (addr(2), 64)]));
    }

    #[test]
    fn d20_a_prefix_of_128_bits_stands_for_the_queried_home_address() {
        let addr = |n| Addr([n; 16]);
        let options = [
            MobilityOption::HomeNetworkPrefix { len: 64, prefix: addr(1) },
            MobilityOption::HomeNetworkPrefix { len: 128, prefix: addr(2) },
            MobilityOption::QueriedHomeAddress(addr(3)),
        ];
        let queried = |options| List::new(options, &DIALECT).queried_home_address();
        assert_eq!(queried(&options[..1]), None);
        assert_eq!(queried(&options[..2]), Some(addr(2)));
        assert_eq!(queried(&options[..]), Some(addr(3)));
    }

    #[test]
    fn t5_options_that_count_words_do_not_desynchronise_the_rest() {
        let octets = [
            59, 3, 6, 0, 0, 0, 0, 0x20, 0, 0, 0, 1, 60, 1, 2, 0, 8, 1, 8, 1, 23, 2, 0, 3, 1, 6, 0, 0, 0, 0,
            0, 0,
        ];
        let Ok(Message::BindingAck(ack)) = Message::parse(&octets, &DIALECT) else { panic!() };
        let indicator = MobilityOption::HandoffIndicator(HandoffIndicator::SAME_INTERFACE);
        assert!(ack.options.iter().eq([other(60, &[2, 0, 8, 1, 8, 1]), indicator]));
        for body in [&[0; 4][..], &[]] {
            let unaligned = EncodeError::Unaligned { field: Field::OptionBody, unit: 4 };
            assert_eq!(encode(&[other(61, body)]), Err(unaligned));
        }
    }

    #[test]
    fn what_a_length_octet_cannot_say_is_refused() {
        let too_long = EncodeError::TooLong { field: Field::OptionBody, max: 255 };
        let long = [0; 256];
        for (longest, longer) in [
            (
                MobilityOption::MnIdentifier { subtype: 1, id: &long[..254] },
                MobilityOption::MnIdentifier { subtype: 1, id: &long[..255] },
            ),
            (MobilityOption::LinkLayerId(&long[..253]), MobilityOption::LinkLayerId(&long[..254])),
            (other(99, &long[..255]), other(99, &long)),
            (other(22, &long[..255]), other(22, &long)),
        ] {
            assert_eq!(encode(&[longer]), Err(too_long));
            assert!(encode(&[longest]).is_ok());
        }
        let prefix = MobilityOption::HomeNetworkPrefix { len: 129, prefix: Addr::UNSPECIFIED };
        assert_eq!(encode(&[prefix]), Err(EncodeError::TooLong { field: Field::PrefixLength, max: 128 }));
    }

    #[test]
    fn codes_show_their_name_or_their_number() {
        let shown = std::format!(
            "{:?} {} {:?} {:?}",
            HandoffIndicator::REREGISTRATION,
            HandoffIndicator(9),
            AccessTechnology::IEEE_802_11,
            AccessTechnology(0)
        );
        assert_eq!(shown, "REREGISTRATION 9 IEEE_802_11 0");
    }
}
