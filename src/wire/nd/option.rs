//! Options of Neighbor Discovery (RFC 4861 4.6, RFC 6275 7).

use super::LAYER;
use crate::wire::error::{DecodeError, EncodeError, Field};
use crate::wire::flags::flags;
use crate::wire::out::Out;
use crate::wire::read::{Read, chunk, octets, wrong};
use crate::wire::{Addr, Dialect, Item, List};

flags! {
    /// Flags of a Prefix Information option (RFC 4861 4.6.2, RFC 6275 7.2); every bit is kept.
    PrefixFlags(u8) {
        /// L: the prefix is on the link.
        "L" ON_LINK = 0x80,
        /// A: nodes form addresses from the prefix.
        "A" AUTONOMOUS = 0x40,
        /// R: what stands as the prefix is an address of the router, whole.
        "R" ROUTER_ADDRESS = 0x20,
    }
}

/// An option of Neighbor Discovery.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum NdOption<'a> {
    /// Source Link-Layer Address (1, RFC 4861 4.6.1).
    SourceLinkLayer {
        /// The address and what pads it, as the kind of link lays them out: 6 octets on Ethernet, always 2 less than a
        /// multiple of 8.
        address: &'a [u8],
    },
    /// Target Link-Layer Address (2, RFC 4861 4.6.1).
    TargetLinkLayer {
        /// As that of [`NdOption::SourceLinkLayer`].
        address: &'a [u8],
    },
    /// Prefix Information (3, RFC 4861 4.6.2).
    PrefixInformation {
        /// Prefix Length, 0 to 128.
        len: u8,
        /// Flags.
        flags: PrefixFlags,
        /// Valid Lifetime, seconds; all ones: for ever.
        valid_s: u32,
        /// Preferred Lifetime, seconds; all ones: for ever.
        preferred_s: u32,
        /// The prefix; with R in the flags an address, of which the prefix is the first `len` bits.
        prefix: Addr,
    },
    /// MTU (5, RFC 4861 4.6.4).
    Mtu {
        /// What the nodes of the link should send at most, octets.
        mtu: u32,
    },
    /// Advertisement Interval (7, RFC 6275 7.3); says nothing outside a Router Advertisement.
    AdvertisementInterval {
        /// The longest time between two unsolicited advertisements, milliseconds.
        interval_ms: u32,
    },
    /// Home Agent Information (8, RFC 6275 7.4); says nothing outside a Router Advertisement with H: ask
    /// [`super::RouterAdvertisement::home_agent`].
    HomeAgentInformation {
        /// Home Agent Preference; more is better, 0 is that of an agent without the option.
        preference: u16,
        /// Home Agent Lifetime, seconds, 1 to 65,535.
        lifetime_s: u16,
    },
    /// Any other option. Made by [`NdOption::raw`].
    Unknown(RawNdOption<'a>),
    /// A known option whose body cannot be: treated as absent, kept as it came. Made by [`NdOption::raw`].
    Malformed(RawNdOption<'a>, DecodeError),
}

/// An option as it came.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RawNdOption<'a> {
    kind: u8,
    body: &'a [u8],
}

impl<'a> RawNdOption<'a> {
    /// Type.
    #[must_use]
    pub const fn kind(&self) -> u8 {
        self.kind
    }

    /// Body: what follows type and length.
    #[must_use]
    pub const fn body(&self) -> &'a [u8] {
        self.body
    }
}

impl<'a> NdOption<'a> {
    /// The option of this type and body (what follows type and length), as a receiver reads it: a known one when the
    /// body is good.
    ///
    /// # Errors
    /// The body with its two octets of head is no multiple of 8 octets, or is longer than 2,040.
    pub fn raw(kind: u8, body: &'a [u8]) -> Result<Self, EncodeError> {
        words(body)?;
        Ok(judge(kind, body))
    }
}

const SOURCE_LINK_LAYER: u8 = 1;
const TARGET_LINK_LAYER: u8 = 2;
const PREFIX_INFORMATION: u8 = 3;
const MTU: u8 = 5;
const ADVERTISEMENT_INTERVAL: u8 = 7;
const HOME_AGENT_INFORMATION: u8 = 8;
const MAX_BODY: usize = 255 * 8 - 2;
/// The body of a Prefix Information option.
const PREFIX_BODY: usize = 30;
/// The body of an option of one unit of 8 octets: MTU, Advertisement Interval, Home Agent Information.
const UNIT_BODY: usize = 6;

/// The length of an option in units of 8 octets.
fn words(body: &[u8]) -> Result<u8, EncodeError> {
    let all = body.len().saturating_add(2);
    if !all.is_multiple_of(8) {
        return Err(EncodeError::Unaligned { field: Field::OptionBody, unit: 8 });
    }
    u8::try_from(all / 8).map_err(|_| EncodeError::TooLong { field: Field::OptionBody, max: MAX_BODY })
}

/// Options to the end of the message; their lengths are checked, their bodies are not.
pub(super) fn list<'a>(input: &'a [u8], dialect: &Dialect) -> Read<'a, List<'a, NdOption<'a>>> {
    let (mut rest, mut number) = (input, 0_usize);
    while !rest.is_empty() {
        (rest, _) = raw(rest)?;
        number = number.saturating_add(1);
    }
    Ok((rest, List::validated(input, number, dialect)))
}

#[inline]
fn raw(input: &[u8]) -> Read<'_, RawNdOption<'_>> {
    let (rest, &[kind, words]) = chunk(LAYER, Field::OptionHeader, input)?;
    // RFC 4861 4.6: a length of zero discards the packet.
    let Some(len) = usize::from(words).saturating_mul(8).checked_sub(2) else {
        return Err(wrong(LAYER, Field::OptionHeader, input, 1, 0));
    };
    let (rest, body) = octets(LAYER, Field::OptionBody, len, rest)?;
    Ok((rest, RawNdOption { kind, body }))
}

#[inline]
fn judge(kind: u8, body: &[u8]) -> NdOption<'_> {
    let raw = RawNdOption { kind, body };
    let option = match kind {
        SOURCE_LINK_LAYER => Ok(NdOption::SourceLinkLayer { address: body }),
        TARGET_LINK_LAYER => Ok(NdOption::TargetLinkLayer { address: body }),
        PREFIX_INFORMATION => prefix_information(body),
        MTU => fixed(body)
            .map(|&[_, _, mtu @ ..]: &[u8; UNIT_BODY]| NdOption::Mtu { mtu: u32::from_be_bytes(mtu) }),
        ADVERTISEMENT_INTERVAL => fixed(body).map(|&[_, _, interval @ ..]: &[u8; UNIT_BODY]| {
            NdOption::AdvertisementInterval { interval_ms: u32::from_be_bytes(interval) }
        }),
        HOME_AGENT_INFORMATION => home_agent_information(body),
        _ => Ok(NdOption::Unknown(raw)),
    };
    option.unwrap_or_else(|error| NdOption::Malformed(raw, error))
}

/// A body that has one length alone.
fn fixed<const N: usize>(body: &[u8]) -> Result<&[u8; N], DecodeError> {
    body.try_into().map_err(|_| DecodeError::new(LAYER, Field::OptionBody, 2, N, body.len()))
}

fn home_agent_information(body: &[u8]) -> Result<NdOption<'_>, DecodeError> {
    let &[_, _, p0, p1, lifetime @ ..] = fixed::<UNIT_BODY>(body)?;
    match u16::from_be_bytes(lifetime) {
        // RFC 6275 7.4: 0 is not used. An agent that ends says so by its Router Lifetime.
        0 => Err(DecodeError::new(LAYER, Field::Lifetime, 6, 1, 0)),
        lifetime_s => {
            Ok(NdOption::HomeAgentInformation { preference: u16::from_be_bytes([p0, p1]), lifetime_s })
        }
    }
}

fn prefix_information(body: &[u8]) -> Result<NdOption<'_>, DecodeError> {
    let &[len, flags, v0, v1, v2, v3, p0, p1, p2, p3, _, _, _, _, ref prefix @ ..] =
        fixed::<PREFIX_BODY>(body)?;
    if len > 128 {
        return Err(DecodeError::new(LAYER, Field::PrefixLength, 2, 128, len.into()));
    }
    Ok(NdOption::PrefixInformation {
        len,
        flags: PrefixFlags::from_bits_retain(flags),
        valid_s: u32::from_be_bytes([v0, v1, v2, v3]),
        preferred_s: u32::from_be_bytes([p0, p1, p2, p3]),
        prefix: Addr(*prefix),
    })
}

impl<'a> Item<'a> for NdOption<'a> {
    #[inline]
    fn read(octets: &mut &'a [u8], _: &Dialect) -> Option<Self> {
        let (rest, RawNdOption { kind, body }) = raw(octets).ok()?;
        *octets = rest;
        Some(judge(kind, body))
    }

    fn write(&self, out: &mut impl Out, _: &Dialect) -> Result<(), EncodeError> {
        match self {
            Self::SourceLinkLayer { address } => {
                out.put(&[SOURCE_LINK_LAYER, words(address)?]);
                out.bytes(address);
            }
            Self::TargetLinkLayer { address } => {
                out.put(&[TARGET_LINK_LAYER, words(address)?]);
                out.bytes(address);
            }
            Self::Mtu { mtu } => {
                out.put(&[MTU, 1, 0, 0]);
                out.put(&mtu.to_be_bytes());
            }
            Self::AdvertisementInterval { interval_ms } => {
                out.put(&[ADVERTISEMENT_INTERVAL, 1, 0, 0]);
                out.put(&interval_ms.to_be_bytes());
            }
            Self::HomeAgentInformation { lifetime_s: 0, .. } => {
                return Err(EncodeError::TooShort { field: Field::Lifetime, min: 1 });
            }
            Self::HomeAgentInformation { preference, lifetime_s } => {
                out.put(&[HOME_AGENT_INFORMATION, 1, 0, 0]);
                out.put(&preference.to_be_bytes());
                out.put(&lifetime_s.to_be_bytes());
            }
            &Self::PrefixInformation { len, flags, valid_s, preferred_s, prefix } => {
                if len > 128 {
                    return Err(EncodeError::TooLong { field: Field::PrefixLength, max: 128 });
                }
                out.put(&[PREFIX_INFORMATION, 4, len, flags.bits()]);
                out.put(&valid_s.to_be_bytes());
                out.put(&preferred_s.to_be_bytes());
                out.put(&[0; 4]);
                out.put(&prefix.0);
            }
            Self::Unknown(raw) | Self::Malformed(raw, _) => {
                out.put(&[raw.kind, words(raw.body)?]);
                out.bytes(raw.body);
            }
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::super::{Message, RouterSolicitation};
    use super::*;
    use crate::wire::Encode;

    fn parse(options: &[u8]) -> Result<std::vec::Vec<NdOption<'_>>, DecodeError> {
        let octets: &'static [u8] = std::vec![&[133, 0, 0, 0, 0, 0, 0, 0], options].concat().leak();
        match Message::parse(octets, &Dialect::DEFAULT)? {
            Message::Solicitation(RouterSolicitation { options }) => Ok(options.iter().collect()),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn an_option_of_length_zero_discards_the_message() {
        let error = parse(&[1, 0, 0, 0, 0, 0, 0, 0]).unwrap_err();
        assert_eq!((error.field, error.offset, error.needed, error.have), (Field::OptionHeader, 8, 1, 0));
    }

    #[test]
    fn an_option_that_overruns_the_message_is_an_error() {
        let error = parse(&[1, 2, 0, 0, 0, 0, 0, 0]).unwrap_err();
        assert_eq!((error.field, error.offset, error.needed, error.have), (Field::OptionBody, 10, 14, 6));
        assert_eq!(parse(&[1]).unwrap_err().field, Field::OptionHeader);
    }

    #[test]
    fn a_bad_body_spoils_its_option_alone() {
        let short = [3, 1, 64, 0xc0, 0, 0, 0, 0];
        let unknown = [9, 1, 2, 0, 0x5e, 0x10, 0, 1];
        let options = [short, unknown].concat();
        let options = parse(&options).unwrap();
        assert!(
            matches!(options[0], NdOption::Malformed(raw, _) if raw.kind() == 3 && raw.body().len() == 6)
        );
        assert!(matches!(options[1], NdOption::Unknown(raw) if raw.kind() == 9));

        let mut long = [0; 30];
        long[0] = 129;
        let option = NdOption::raw(3, &long).unwrap();
        assert!(matches!(option, NdOption::Malformed(_, error) if error.field == Field::PrefixLength));
        long[0] = 128;
        assert!(matches!(NdOption::raw(3, &long), Ok(NdOption::PrefixInformation { len: 128, .. })));
    }

    #[test]
    fn r4861_4_6_1_a_link_layer_address_is_as_long_as_its_option() {
        let options = [[1, 1, 2, 0, 0x5e, 0x10, 0, 1], [2, 1, 2, 0, 0x5e, 0x10, 0, 2]].concat();
        let options = parse(&options).unwrap();
        assert_eq!(options[0], NdOption::SourceLinkLayer { address: &[2, 0, 0x5e, 0x10, 0, 1] });
        assert_eq!(options[1], NdOption::TargetLinkLayer { address: &[2, 0, 0x5e, 0x10, 0, 2] });
        let long = NdOption::raw(1, &[7; 14]).unwrap();
        assert_eq!(long, NdOption::SourceLinkLayer { address: &[7; 14] });
        let bad = NdOption::TargetLinkLayer { address: &[7; 8] };
        let refused = RouterSolicitation { options: List::new(&[bad], &Dialect::DEFAULT) }.to_vec();
        assert_eq!(refused, Err(EncodeError::Unaligned { field: Field::OptionBody, unit: 8 }));
    }

    #[test]
    fn r4861_4_6_4_the_mtu_stands_behind_a_reserved_field() {
        let option = NdOption::raw(5, &[0xff, 0xff, 0, 0, 0x05, 0xdc]);
        assert_eq!(option, Ok(NdOption::Mtu { mtu: 1500 }));
    }

    #[test]
    fn r6275_7_3_the_interval_stands_behind_a_reserved_field() {
        let option = NdOption::raw(7, &[0xff, 0xff, 0, 0x01, 0, 0]);
        assert_eq!(option, Ok(NdOption::AdvertisementInterval { interval_ms: 65_536 }));
    }

    #[test]
    fn options_of_one_unit_are_of_one_unit() {
        for kind in [5, 7, 8] {
            let long = NdOption::raw(kind, &[1; 14]).unwrap();
            let NdOption::Malformed(raw, error) = long else { panic!("{long:?}") };
            assert_eq!((raw.kind(), error.field, error.needed, error.have), (kind, Field::OptionBody, 6, 14));
        }
    }

    #[test]
    fn r6275_7_4_a_home_agent_lifetime_of_zero_is_not_used() {
        let option = |lifetime| [0xff, 0xff, 0, 9, 0, lifetime];
        let information = NdOption::HomeAgentInformation { preference: 9, lifetime_s: 1 };
        assert_eq!(NdOption::raw(8, &option(1)), Ok(information));
        let body = option(0);
        let option = NdOption::raw(8, &body).unwrap();
        let NdOption::Malformed(_, error) = option else { panic!("{option:?}") };
        assert_eq!((error.field, error.offset, error.needed, error.have), (Field::Lifetime, 6, 1, 0));
        let zero = NdOption::HomeAgentInformation { preference: 9, lifetime_s: 0 };
        let refused = RouterSolicitation { options: List::new(&[zero], &Dialect::DEFAULT) }.to_vec();
        assert_eq!(refused, Err(EncodeError::TooShort { field: Field::Lifetime, min: 1 }));
    }

    #[test]
    fn what_is_no_option_is_refused() {
        let raw = |len| NdOption::raw(9, &[0; 2046][..len]);
        for len in [0, 5, 7, 2039] {
            assert_eq!(raw(len), Err(EncodeError::Unaligned { field: Field::OptionBody, unit: 8 }), "{len}");
        }
        assert_eq!(raw(2046), Err(EncodeError::TooLong { field: Field::OptionBody, max: 2038 }));
        assert!(NdOption::raw(9, &[0; 2038]).is_ok());
    }

    #[test]
    fn a_code_that_is_not_zero_discards_the_message() {
        let error = Message::parse(&[133, 1, 0, 0, 0, 0, 0, 0], &Dialect::DEFAULT).unwrap_err();
        assert_eq!((error.field, error.needed, error.have), (Field::Code, 0, 1));
    }
}
