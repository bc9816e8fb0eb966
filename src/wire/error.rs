//! Why octets could not be read or a value could not be written, and what the protocol does about it.

use core::fmt;

use super::Addr;
use super::mh::ErrorStatus;

/// Octets that are not a message: where, and what was missing.
///
/// Eight octets, `Copy`, built in one cold place. `offset` counts from the start of the layer named (for the body of
/// an option: from the start of the option, so that equal options give equal errors).
#[derive(Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[cfg_attr(feature = "serde", derive(serde::Serialize))]
#[non_exhaustive]
pub struct DecodeError {
    /// The format that could not be read.
    pub layer: Layer,
    /// The field that did not fit or did not hold.
    pub field: Field,
    /// Where the field starts, in octets.
    pub offset: u16,
    /// Octets that were needed there; for a field with a wrong value, the value that was needed.
    pub needed: u16,
    /// Octets that were left; for a field with a wrong value, the value found.
    pub have: u16,
}

impl DecodeError {
    /// The one place where it is built; lengths beyond 65,535 are shown as 65,535.
    #[cold]
    #[inline(never)]
    pub(crate) fn new(layer: Layer, field: Field, offset: usize, needed: usize, have: usize) -> Self {
        let cap = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
        Self { layer, field, offset: cap(offset), needed: cap(needed), have: cap(have) }
    }

    /// What the receiver of such a packet must do (RFC 6275 9.2, RFC 3810 5.1.14, digest 6.1 and 6.8).
    #[must_use]
    pub const fn reaction(&self) -> Reaction {
        match (self.layer, self.field) {
            (Layer::MobilityHeader, Field::PayloadProto) => Reaction::ParameterProblem { pointer: 0 },
            (Layer::MobilityHeader, Field::HeaderLength) => Reaction::ParameterProblem { pointer: 1 },
            _ => Reaction::Drop,
        }
    }
}

impl fmt::Display for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { layer, field, offset, needed, have } = self;
        write!(f, "{layer}: {field} at offset {offset} needs {needed}, has {have}")
    }
}

impl fmt::Debug for DecodeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// What the receiver of a bad packet does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reaction {
    /// Nothing is sent; count it.
    Drop,
    /// Nothing is sent; tell whoever runs the node (RFC 3810 5.1.14).
    DropAndLog,
    /// ICMPv6 Parameter Problem, code 0, with the pointer at this octet of the Mobility Header.
    ParameterProblem {
        /// Octets from the start of the Mobility Header.
        pointer: u32,
    },
    /// A Binding Error to the source of the IPv6 header, rate limited (RFC 6275 9.2, 9.3.3).
    BindingError {
        /// Status of the Binding Error.
        status: ErrorStatus,
        /// Its home address: that of a Home Address option, or `::`.
        home_address: Addr,
    },
}

macro_rules! names {
    ($(#[$doc:meta])* $name:ident { $($(#[$vdoc:meta])* $variant:ident => $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[cfg_attr(feature = "serde", derive(serde::Serialize), serde(rename_all = "kebab-case"))]
        #[repr(u8)]
        #[non_exhaustive]
        pub enum $name { $($(#[$vdoc])* $variant,)* }

        impl $name {
            /// The name, as errors show it.
            #[must_use]
            pub const fn as_str(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str(self.as_str())
            }
        }
    };
}

names! {
    /// The format in which an error lies.
    Layer {
        /// IPv6 header (RFC 8200).
        Ipv6 => "IPv6",
        /// IPv4 header (RFC 791).
        Ipv4 => "IPv4",
        /// Hop-by-hop options header (RFC 8200 4.3).
        HopByHop => "hop-by-hop options",
        /// Destination options header (RFC 8200 4.6).
        DestinationOptions => "destination options",
        /// Routing header (RFC 8200 4.4, RFC 6275 6.4).
        RoutingHeader => "routing header",
        /// UDP header (RFC 768).
        Udp => "UDP",
        /// ICMPv6 header (RFC 4443).
        Icmpv6 => "ICMPv6",
        /// Multicast Listener Discovery (RFC 2710, RFC 3810).
        Mld => "MLD",
        /// Internet Group Management Protocol (RFC 2236, RFC 3376).
        Igmp => "IGMP",
        /// An extension of MLD or IGMP (RFC 9279).
        Extension => "extension",
        /// Neighbor Discovery (RFC 4861).
        NeighborDiscovery => "neighbor discovery",
        /// Mobility Header (RFC 6275 6.1).
        MobilityHeader => "mobility header",
        /// A mobility option (RFC 6275 6.2).
        MobilityOption => "mobility option",
        /// Context Transfer Protocol (RFC 4067).
        Cxtp => "CXTP",
        /// A context data block (RFC 4067 2.4).
        ContextData => "context data block",
        /// Protocol Independent Multicast (RFC 7761 4.9).
        Pim => "PIM",
        /// An option of a PIM Hello (RFC 7761 4.9.2).
        HelloOption => "hello option",
    }
}

names! {
    /// The field that did not fit or did not hold.
    Field {
        /// The fixed part of a header.
        Header => "fixed header",
        /// Version.
        Version => "version",
        /// Payload length or message length.
        Length => "length",
        /// A type code.
        Type => "type",
        /// Code of an ICMPv6 message.
        Code => "code",
        /// Subtype of an ICMPv6 message of experimental mobility protocols.
        Subtype => "subtype",
        /// A checksum.
        Checksum => "checksum",
        /// Payload Proto of a Mobility Header.
        PayloadProto => "payload proto",
        /// Header Len of a Mobility Header.
        HeaderLength => "header length",
        /// An address.
        Address => "address",
        /// A multicast address.
        MulticastAddress => "multicast address",
        /// A list of sources.
        Sources => "sources",
        /// A multicast address record.
        Record => "record",
        /// The head of a multicast address record.
        RecordHeader => "record header",
        /// Auxiliary data of a record.
        AuxiliaryData => "auxiliary data",
        /// The type and length octets of an option.
        OptionHeader => "option header",
        /// The body of an option.
        OptionBody => "option body",
        /// Maximum Response Time of an IGMP Query.
        MaxResponse => "maximum response time",
        /// Number of sources.
        NumberOfSources => "number of sources",
        /// Filter mode of an M-CTD.
        FilterMode => "filter mode",
        /// Length octet of a context data block.
        BlockLength => "block length",
        /// Data of a context data block.
        BlockData => "block data",
        /// Presence vector of a context data block.
        PresenceVector => "presence vector",
        /// A key.
        Key => "key",
        /// An identifier.
        Identifier => "identifier",
        /// An authenticator.
        Authenticator => "authenticator",
        /// A lifetime.
        Lifetime => "lifetime",
        /// A prefix length.
        PrefixLength => "prefix length",
        /// Status entries of a CXTP reply.
        Statuses => "statuses",
        /// Payload of an encapsulating header.
        Payload => "payload",
        /// Segments Left of a routing header.
        SegmentsLeft => "segments left",
        /// A fragment, which is not reassembled here.
        Fragment => "fragment",
        /// Family of an encoded address.
        AddressFamily => "address family",
        /// Encoding of an encoded address.
        AddressEncoding => "address encoding",
        /// Number of groups or group ranges.
        NumberOfGroups => "number of groups",
        /// Number of rendezvous points.
        NumberOfRps => "number of RPs",
        /// A rendezvous point.
        Rp => "RP",
        /// Metric of an Assert, its preference included.
        Metric => "metric",
        /// Metric preference of an Assert.
        MetricPreference => "metric preference",
        /// Propagation delay of a link.
        PropagationDelay => "propagation delay",
    }
}

/// A value that cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum EncodeError {
    /// The buffer is too short.
    #[error("the buffer is too short: {needed} octets are needed")]
    Short {
        /// Octets that the whole message takes.
        needed: usize,
    },
    /// A part is longer than its length field, or a standard, allows.
    #[error("{field} is too long: at most {max}")]
    TooLong {
        /// The part.
        field: Field,
        /// The most that it may be, in its own unit.
        max: usize,
    },
    /// A part is shorter than its meaning allows.
    #[error("{field} is too short: at least {min}")]
    TooShort {
        /// The part.
        field: Field,
        /// The least that it may be, in its own unit.
        min: usize,
    },
    /// A part that stands for itself, so that no padding may be added, does not end where its format wants an end.
    #[error("{field} does not end on a multiple of {unit} octets")]
    Unaligned {
        /// The part.
        field: Field,
        /// The multiple, in octets from the start of the format.
        unit: usize,
    },
    /// Addresses of IPv4 and IPv6 in a message with one flag for all.
    #[error("{field}: IPv4 and IPv6 in one message")]
    TwoFamilies {
        /// The part.
        field: Field,
    },
    /// A part that must be the last stands before another one (RFC 6275 6.2.7).
    #[error("{field} must be the last part, and stands before another")]
    NotLast {
        /// The part.
        field: Field,
    },
    /// IGMP travels in IPv4, and this address of the header is none.
    #[error("IGMP travels in IPv4, and {0} is no IPv4 address")]
    NotIpv4(core::net::Ipv6Addr),
    /// What was written does not read back: an `Unknown` that bears a known type.
    #[error("what was written cannot be read: {0}")]
    Unreadable(DecodeError),
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decode_error_is_eight_octets_and_tells_all() {
        assert_eq!(size_of::<DecodeError>(), 8);
        let error = DecodeError::new(Layer::Mld, Field::Sources, 28, 70_000, 4);
        assert_eq!(std::format!("{error}"), "MLD: sources at offset 28 needs 65535, has 4");
    }
}
