//! The protocols whose messages this program knows.

use multimob::wire::ipv6::next_header;
use multimob::wire::{
    DecodeError, Dialect, Encode, Format, cxtp as wire_cxtp, mh as wire_mh, mld as wire_mld, nd as wire_nd,
};

use super::{Fault, Fields, Object, cxtp, mh, mld, nd};

/// A protocol that names a line.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Protocol {
    Mh,
    Mld,
    Nd,
    Cxtp,
}

/// What a message says.
pub(crate) struct Said {
    pub(crate) kind: &'static str,
    pub(crate) fields: Fields,
    /// Octets of the message: more may follow it.
    pub(crate) len: usize,
}

impl Protocol {
    pub(crate) const NAMES: [(&'static str, Self); 4] =
        [("mh", Self::Mh), ("mld", Self::Mld), ("nd", Self::Nd), ("cxtp", Self::Cxtp)];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Mh => "mh",
            Self::Mld => "mld",
            Self::Nd => "nd",
            Self::Cxtp => "cxtp",
        }
    }

    pub(crate) const fn next_header(self) -> u8 {
        match self {
            Self::Mh => next_header::MOBILITY,
            Self::Mld | Self::Nd => next_header::ICMPV6,
            Self::Cxtp => next_header::UDP,
        }
    }

    /// Where the checksum of a message stands; CXTP leaves that to UDP.
    pub(crate) const fn checksum_at(self) -> Option<usize> {
        match self {
            Self::Mh => <wire_mh::Message<'_> as Encode>::CHECKSUM_AT,
            Self::Mld => <wire_mld::Message<'_> as Encode>::CHECKSUM_AT,
            Self::Nd => <wire_nd::Message<'_> as Encode>::CHECKSUM_AT,
            Self::Cxtp => <wire_cxtp::Message<'_> as Encode>::CHECKSUM_AT,
        }
    }

    /// Reads a message.
    pub(crate) fn write(self, octets: &[u8], dialect: &Dialect) -> Result<Said, DecodeError> {
        let ((kind, fields), len) = match self {
            Self::Mh => {
                let message = wire_mh::Message::parse(octets, dialect)?;
                let words = octets.get(1).copied().map_or(0, usize::from);
                (mh::write(&message, dialect), words.saturating_add(1).saturating_mul(8))
            }
            Self::Mld => {
                let message = wire_mld::Message::parse(octets, dialect)?;
                // Nothing is padded there.
                (mld::write(&message, dialect), message.encoded_len())
            }
            Self::Nd => (nd::write(&wire_nd::Message::parse(octets, dialect)?), octets.len()),
            Self::Cxtp => {
                let message = wire_cxtp::Message::parse(octets, dialect)?;
                let len = octets
                    .get(2..)
                    .and_then(|tail| tail.first_chunk())
                    .map_or(0, |len| u16::from_be_bytes(*len));
                (cxtp::write(&message, dialect), len.into())
            }
        };
        Ok(Said { kind, fields, len })
    }

    /// The octets of the message that these fields tell, its checksum zero.
    pub(crate) fn read(self, object: &Object<'_>, dialect: &Dialect) -> Result<Vec<u8>, Fault> {
        match self {
            Self::Mh => mh::read(object, dialect),
            Self::Mld => mld::read(object, dialect),
            Self::Nd => nd::read(object, dialect),
            Self::Cxtp => cxtp::read(object, dialect),
        }
    }

    /// The type of a message of which no more can be read.
    pub(crate) fn type_name(self, octets: &[u8]) -> Option<&'static str> {
        match self {
            Self::Mh => mh::type_name(octets),
            Self::Mld => octets.first().and_then(|&kind| mld::type_name(kind)),
            Self::Nd => octets.first().and_then(|&kind| nd::type_name(kind)),
            Self::Cxtp => octets.first().map(|&first| cxtp::type_name(first)),
        }
    }

    /// Whether both are messages that mean the same: other padding and other reserved bits at most.
    pub(crate) fn same(self, a: &[u8], b: &[u8], dialect: &Dialect) -> bool {
        fn equal<'a, F: Format>(a: &'a [u8], b: &'a [u8], dialect: &Dialect) -> bool {
            match (F::parse(a, dialect), F::parse(b, dialect)) {
                (Ok(a), Ok(b)) => a == b,
                _ => false,
            }
        }
        match self {
            Self::Mh => equal::<wire_mh::Mh>(a, b, dialect),
            Self::Mld => equal::<wire_mld::Mld>(a, b, dialect),
            Self::Nd => equal::<wire_nd::Nd>(a, b, dialect),
            Self::Cxtp => equal::<wire_cxtp::Cxtp>(a, b, dialect),
        }
    }
}
