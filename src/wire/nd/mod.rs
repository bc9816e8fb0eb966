//! Neighbor Discovery (RFC 4861), as far as an access link of this domain shows it: Router Solicitation and Router
//! Advertisement with their options, those of home agents (RFC 6275 7) among them.

mod home_agent;
mod option;

pub use home_agent::HomeAgent;
pub use option::{NdOption, PrefixFlags, RawNdOption};

use super::error::{DecodeError, EncodeError, Field, Layer};
use super::flags::flags;
use super::out::{Encode, Out};
use super::read::{self, Read, chunk, lift, wrong};
use super::{Dialect, Format, List};

/// A Neighbor Discovery message.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub enum Message<'a> {
    /// Router Solicitation (133).
    Solicitation(RouterSolicitation<'a>),
    /// Router Advertisement (134).
    Advertisement(RouterAdvertisement<'a>),
}

/// Router Solicitation (RFC 4861 4.1).
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct RouterSolicitation<'a> {
    /// The options.
    pub options: List<'a, NdOption<'a>>,
}

flags! {
    /// Flags of a Router Advertisement (RFC 4861 4.2, RFC 6275 7.1); every bit is kept.
    RouterFlags(u8) {
        /// M: addresses come by DHCPv6.
        "M" MANAGED = 0x80,
        /// O: other configuration comes by DHCPv6.
        "O" OTHER = 0x40,
        /// H: the router is a home agent on this link.
        "H" HOME_AGENT = 0x20,
    }
}

/// Router Advertisement (RFC 4861 4.2).
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RouterAdvertisement<'a> {
    /// Current Hop Limit; 0: unspecified.
    pub hop_limit: u8,
    /// Flags.
    pub flags: RouterFlags,
    /// Router Lifetime, seconds.
    pub lifetime_s: u16,
    /// Reachable Time, milliseconds; 0: unspecified.
    pub reachable_ms: u32,
    /// Retrans Timer, milliseconds; 0: unspecified.
    pub retrans_ms: u32,
    /// The options.
    pub options: List<'a, NdOption<'a>>,
}

impl<'a> Message<'a> {
    /// Reads one message, from its ICMPv6 type on. The checksum is not looked at: ask [`super::Pseudo::verify`].
    ///
    /// # Errors
    /// What does not fit, and where; a type that is not read here; a code that is not 0 (RFC 4861 6.1).
    pub fn parse(octets: &'a [u8], dialect: &Dialect) -> Result<Self, DecodeError> {
        match message(octets, dialect) {
            Ok((_, message)) => Ok(message),
            Err(error) => Err(lift(error, octets.len())),
        }
    }

    /// Whether ICMPv6 messages of this type are read here.
    #[must_use]
    pub const fn is_type(icmpv6: u8) -> bool {
        matches!(icmpv6, SOLICITATION | ADVERTISEMENT)
    }
}

const SOLICITATION: u8 = 133;
const ADVERTISEMENT: u8 = 134;
const LAYER: Layer = Layer::NeighborDiscovery;

fn message<'a>(input: &'a [u8], dialect: &Dialect) -> Read<'a, Message<'a>> {
    let kind = read::of_type(LAYER, input, &[SOLICITATION, ADVERTISEMENT])?;
    let (rest, &[_, code, _, _]) = chunk(LAYER, Field::Header, input)?;
    if code != 0 {
        return Err(wrong(LAYER, Field::Code, input, 0, code.into()));
    }
    if kind == SOLICITATION {
        let (rest, _reserved) = chunk::<4>(LAYER, Field::Header, rest)?;
        let (rest, options) = option::list(rest, dialect)?;
        return Ok((rest, Message::Solicitation(RouterSolicitation { options })));
    }
    let (rest, &[hop_limit, flags, lifetime @ .., r0, r1, r2, r3, t0, t1, t2, t3]) =
        chunk::<12>(LAYER, Field::Header, rest)?;
    let (rest, options) = option::list(rest, dialect)?;
    let advertisement = RouterAdvertisement {
        hop_limit,
        flags: RouterFlags::from_bits_retain(flags),
        lifetime_s: u16::from_be_bytes(lifetime),
        reachable_ms: u32::from_be_bytes([r0, r1, r2, r3]),
        retrans_ms: u32::from_be_bytes([t0, t1, t2, t3]),
        options,
    };
    Ok((rest, Message::Advertisement(advertisement)))
}

impl Encode for Message<'_> {
    const CHECKSUM_AT: Option<usize> = Some(2);

    fn write(&self, out: &mut impl Out, checksum: u16) -> Result<(), EncodeError> {
        match self {
            Self::Solicitation(solicitation) => solicitation.write(out, checksum),
            Self::Advertisement(advertisement) => advertisement.write(out, checksum),
        }
    }
}

impl Encode for RouterSolicitation<'_> {
    const CHECKSUM_AT: Option<usize> = Some(2);

    fn write(&self, out: &mut impl Out, checksum: u16) -> Result<(), EncodeError> {
        let [sum_high, sum_low] = checksum.to_be_bytes();
        out.put(&[SOLICITATION, 0, sum_high, sum_low, 0, 0, 0, 0]);
        self.options.write(out)
    }
}

impl Encode for RouterAdvertisement<'_> {
    const CHECKSUM_AT: Option<usize> = Some(2);

    fn write(&self, out: &mut impl Out, checksum: u16) -> Result<(), EncodeError> {
        let [sum_high, sum_low] = checksum.to_be_bytes();
        let [high, low] = self.lifetime_s.to_be_bytes();
        out.put(&[ADVERTISEMENT, 0, sum_high, sum_low, self.hop_limit, self.flags.bits(), high, low]);
        out.put(&self.reachable_ms.to_be_bytes());
        out.put(&self.retrans_ms.to_be_bytes());
        self.options.write(out)
    }
}

/// Neighbor Discovery as a [`Format`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Nd {}

impl Format for Nd {
    type View<'a> = Message<'a>;
    fn parse<'a>(octets: &'a [u8], dialect: &Dialect) -> Result<Message<'a>, DecodeError> {
        Message::parse(octets, dialect)
    }
}

/// A Neighbor Discovery message that owns its octets.
#[cfg(feature = "alloc")]
pub type Owned = super::Owned<Nd>;
