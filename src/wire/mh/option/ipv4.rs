//! IPv4 addresses of dual-stack nodes: of Mobile IPv6 (RFC 5555 3) and of Proxy Mobile IPv6 (RFC 5844 3.3).

use core::net::Ipv4Addr;

use crate::wire::Out;
use crate::wire::code::code;
use crate::wire::error::{DecodeError, EncodeError};
use crate::wire::fields::{Bit, Body, Cursor, Part, Source, Upper6, Value, Visit, body};

/// IPv4 Home Address (29, RFC 5555 3.1.1), in a Binding Update.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ipv4HomeAddress {
    /// Length of the prefix that the node has or asks for, at most 32: 32 where it is an address alone. 0 is an error of
    /// the sender.
    pub length: u8,
    /// P: a mobile network prefix is asked for.
    pub prefix_wanted: bool,
    /// The address; 0.0.0.0 asks for one.
    pub address: Ipv4Addr,
}

/// P in the first octet, which it shares with the length.
const P: u8 = 0x02;

impl Body<'_> for Ipv4HomeAddress {
    fn read(mut from: Cursor<'_, '_>) -> Result<Self, DecodeError> {
        from.judge_len(6, false)?;
        let length = <Upper6>::read(&mut Cursor { ..from })?;
        let &[octet, _] = from.take()?;
        Ok(Self { length, prefix_wanted: octet & P != 0, address: Ipv4Addr::read(&mut from)? })
    }

    fn write(&self, out: &mut impl Out) -> Result<(), EncodeError> {
        if self.length > <Upper6>::MAX {
            return <Upper6>::write(&self.length, out);
        }
        out.put(&[self.length << 2 | if self.prefix_wanted { P } else { 0 }, 0]);
        Ipv4Addr::write(&self.address, out)
    }

    fn show(&self, visit: &mut Visit<'_>) {
        visit("length", Value::Int(self.length.into()));
        visit("prefix_wanted", Value::Bool(self.prefix_wanted));
        visit("address", Value::Ipv4(self.address));
    }

    fn build<S: Source>(from: &mut S, out: &mut impl Out) -> Result<(), S::Error> {
        let length = u8::try_from(from.int("length", <Upper6>::MAX.into())?).unwrap_or(<Upper6>::MAX);
        let body =
            Self { length, prefix_wanted: from.bool("prefix_wanted")?, address: from.ipv4("address")? };
        body.write(out).map_err(|why| from.refuse("length", why))
    }
}

code! {
    /// What became of an IPv4 home address (RFC 5555 3.2.1, RFC 5844 3.3.2). 128 and above are failures.
    Ipv4AddressStatus(u8) {
        /// Success.
        SUCCESS = 0,
        /// Failure, reason unspecified.
        UNSPECIFIED = 128,
        /// Administratively prohibited.
        PROHIBITED = 129,
        /// Incorrect IPv4 home address.
        INCORRECT_ADDRESS = 130,
        /// Invalid IPv4 address.
        INVALID_ADDRESS = 131,
        /// Dynamic IPv4 home address assignment not available.
        DYNAMIC_NOT_AVAILABLE = 132,
        /// Prefix allocation unauthorized (RFC 5555 only).
        PREFIX_UNAUTHORIZED = 133,
    }
}

body! {
    /// IPv4 Address Acknowledgement (30, RFC 5555 3.2.1).
    Ipv4AddressAck {
        /// Status.
        status: Ipv4AddressStatus,
        /// Length of the prefix, at most 32; says nothing where the status is a failure.
        length: u8 as Upper6,
        /// The address that is bound.
        address: Ipv4Addr,
    }
}

body! {
    /// NAT Detection (31, RFC 5555 3.2.2).
    NatDetection {
        /// F: UDP encapsulation is required, NAT or none.
        force_udp: bool as Bit<2, 0x8000>,
        /// When to refresh the NAT's binding, in seconds; all ones: never, 0: not said.
        refresh: u32,
    }
}

body! {
    /// IPv4 Care-of Address (32, RFC 5555 3.1.2).
    Ipv4CareOfAddress {
        /// The address.
        [2] address: Ipv4Addr,
    }
}

body! {
    /// IPv4 Home Address Request (36, RFC 5844 3.3.1), in a PBU.
    Ipv4HomeAddressRequest {
        /// Length of the prefix of the home network, at most 32.
        length: u8 as Upper6,
        /// The address; 0.0.0.0 asks for any.
        [1] address: Ipv4Addr,
    }
}

body! {
    /// IPv4 Home Address Reply (37, RFC 5844 3.3.2), in a PBA.
    Ipv4HomeAddressReply {
        /// Status.
        status: Ipv4AddressStatus,
        /// Length of the prefix of the home network, at most 32.
        length: u8 as Upper6,
        /// The address that the node was given.
        address: Ipv4Addr,
    }
}

body! {
    /// IPv4 Default-Router Address (38, RFC 5844 3.3.3), in a PBA.
    Ipv4DefaultRouter {
        /// The address.
        [2] address: Ipv4Addr,
    }
}

body! {
    /// IPv4 DHCP Support Mode (39, RFC 5844 3.3.4), in a PBA.
    DhcpSupportMode {
        /// S: the MAG is a DHCP server; not set: a relay.
        server: bool as Bit<2, 0x0001>,
    }
}
