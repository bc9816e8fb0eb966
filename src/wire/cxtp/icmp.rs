//! CXTP between a node and an access router: inside ICMPv6 (RFC 4067 3.2).
//!
//! CTAR and CTAA travel so, with hop limit 255, whole: head and all. What travels between routers goes over SCTP, or
//! here over UDP.
//!
//! ```
//! use multimob::wire::cxtp::{self, Activate, Address, icmp};
//! use multimob::wire::packet::{self, Payload};
//! use multimob::wire::{Dialect, List};
//!
//! let dialect = Dialect::DEFAULT;
//! let ask = Activate {
//!     acknowledge: true,
//!     previous_address: "2001:db8:1::5".parse::<std::net::IpAddr>()?.into(),
//!     router: "2001:db8:a::1".parse::<std::net::IpAddr>()?.into(),
//!     sequence: 0x0102_0304,
//!     token: 0xda17_54c4,
//!     blocks: List::default(),
//! };
//! let ask = Payload::CxtpIcmp(icmp::Message(cxtp::Message::Activate(ask)));
//! let mut buf = [0; 256];
//! let len = packet::build("fe80::5".parse()?, "fe80::1".parse()?, &ask, &mut buf)?;
//!
//! let received = packet::demux(&buf[..len], &dialect)?;
//! assert_eq!((received.hop_limit, received.payload), (255, ask));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

use crate::wire::error::{DecodeError, EncodeError, Field, Layer};
use crate::wire::out::{Encode, Inner, Out};
use crate::wire::read::{chunk, lift, wrong};
use crate::wire::{Dialect, Format};

/// A CXTP message in ICMPv6.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Message<'a>(pub super::Message<'a>);

impl<'a> Message<'a> {
    /// Reads one message, from its ICMPv6 type on. The checksum is not looked at: ask
    /// [`Pseudo::verify`](crate::wire::Pseudo::verify).
    ///
    /// # Errors
    /// Another type, code or subtype; what does not fit in the CXTP message, its offset counted from where that begins.
    pub fn parse(octets: &'a [u8], dialect: &Dialect) -> Result<Self, DecodeError> {
        let (rest, &[kind, code, _, _, subtype, _, _, _]) =
            chunk(Layer::Icmpv6, Field::Header, octets).map_err(|error| lift(error, octets.len()))?;
        for (field, at, needed, have) in
            [(Field::Type, 0, TYPE, kind), (Field::Code, 1, 0, code), (Field::Subtype, 4, SUBTYPE, subtype)]
        {
            if needed != have {
                let input = octets.get(at..).unwrap_or_default();
                let error = wrong(Layer::Icmpv6, field, input, needed.into(), have.into());
                return Err(lift(error, octets.len()));
            }
        }
        super::Message::parse(rest, dialect).map(Self)
    }

    /// Whether these octets, from the ICMPv6 type on, claim to be CXTP.
    #[must_use]
    pub const fn is_one(octets: &[u8]) -> bool {
        matches!(octets, [TYPE, _, _, _, SUBTYPE, ..])
    }
}

impl Encode for Message<'_> {
    const CHECKSUM_AT: Option<usize> = Some(2);

    fn write(&self, out: &mut impl Out, checksum: u16) -> Result<(), EncodeError> {
        let [high, low] = checksum.to_be_bytes();
        out.put(&[TYPE, 0, high, low, SUBTYPE, 0, 0, 0]);
        self.0.write(&mut Inner::new(out), 0)
    }
}

/// CXTP in ICMPv6 as a [`Format`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CxtpIcmp {}

impl Format for CxtpIcmp {
    type View<'a> = Message<'a>;

    fn parse<'a>(octets: &'a [u8], dialect: &Dialect) -> Result<Message<'a>, DecodeError> {
        Message::parse(octets, dialect)
    }
}

/// A CXTP message in ICMPv6 that owns its octets.
#[cfg(feature = "alloc")]
pub type Owned = crate::wire::Owned<CxtpIcmp>;

/// Experimental mobility protocols (RFC 4065 4).
const TYPE: u8 = 150;
/// CXTP among them (RFC 4065 8); CARD is 0.
const SUBTYPE: u8 = 1;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rfc4067_3_2_another_type_code_or_subtype_is_an_error_that_says_where() {
        let good = [150, 0, 0, 0, 1, 0xee, 0xee, 0xee, 0x3f, 0, 0, 4];
        let message = Message::parse(&good, &Dialect::DEFAULT).unwrap();
        assert_eq!(Some(message.0), crate::wire::cxtp::Message::other(31, 0, &[]));
        for (at, bad, field, needed) in
            [(0, 151, Field::Type, 150), (1, 7, Field::Code, 0), (4, 0, Field::Subtype, 1)]
        {
            let mut octets = good;
            octets[at] = bad;
            let error = Message::parse(&octets, &Dialect::DEFAULT).unwrap_err();
            assert_eq!((error.layer, error.field), (Layer::Icmpv6, field));
            assert_eq!((usize::from(error.offset), error.needed, error.have), (at, needed, bad.into()));
        }
        let error = Message::parse(&good[..7], &Dialect::DEFAULT).unwrap_err();
        assert_eq!((error.field, error.needed, error.have), (Field::Header, 8, 7));
    }
}
