//! Packets as octets: built, encapsulated, forwarded, and the numbered datagrams that streams send.

use alloc::vec::Vec;
use core::net::Ipv6Addr;

use super::scenario::Stream;
use crate::wire::Pseudo;
use crate::wire::ipv6::{Header, next_header};
use crate::wire::packet::{self, Payload};

const IPV6: usize = Header::LEN;
const UDP: usize = 8;
/// Where the streams' datagrams go; anything but a port that means something else here.
const DATA_PORT: u16 = 5001;
const MARK: [u8; 4] = *b"mmob";

/// Octets of the smallest and largest datagram of a stream: its number, and what a tunnel can carry in 1,500.
pub(super) const LEAST_DATA: usize = 16;
pub(super) const MOST_DATA: usize = 1_500 - 2 * IPV6 - UDP;

/// What the crate sends is at most one MTU; a build that needs more says so and gets it.
const MTU: usize = 1_500;

/// A numbered datagram of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Data {
    /// Which stream, from 0.
    pub stream: usize,
    /// Its number in the stream, from 0.
    pub sequence: u64,
    /// Whether it was seen inside a tunnel.
    pub tunnelled: bool,
}

/// Reads the number of a stream's datagram, through a tunnel header if there is one. `None`: something else.
#[must_use]
pub fn multicast_data(octets: &[u8]) -> Option<Data> {
    let (header, body) = octets.split_at_checked(IPV6)?;
    match header[6] {
        next_header::IPV6 => multicast_data(body).map(|data| Data { tunnelled: true, ..data }),
        next_header::UDP if header[24] == 0xff => {
            let payload = body.get(UDP..)?.strip_prefix(&MARK)?;
            let (stream, rest) = payload.split_first_chunk::<4>()?;
            let sequence = rest.first_chunk::<8>()?;
            let stream = usize::try_from(u32::from_be_bytes(*stream)).ok()?;
            Some(Data { stream, sequence: u64::from_be_bytes(*sequence), tunnelled: false })
        }
        _ => None,
    }
}

/// Datagram `sequence` of stream number `stream`.
pub(super) fn datagram(stream: usize, spec: &Stream, sequence: u64) -> Vec<u8> {
    let mut data = Vec::with_capacity(UDP + usize::from(spec.octets));
    let port = DATA_PORT.to_be_bytes();
    let len = u16::try_from(UDP).unwrap_or(u16::MAX).saturating_add(spec.octets);
    data.extend([port, port, len.to_be_bytes(), [0, 0]].as_flattened());
    data.extend(MARK);
    data.extend(u32::try_from(stream).unwrap_or(u32::MAX).to_be_bytes());
    data.extend(sequence.to_be_bytes());
    data.resize(UDP + usize::from(spec.octets).max(LEAST_DATA), 0);
    let sum = Pseudo::udp(spec.source, spec.group).checksum(&data);
    // RFC 768: a sum of zero is sent as all ones, zero means none, which IPv6 does not allow.
    data[6..UDP].copy_from_slice(&if sum == 0 { 0xffff_u16 } else { sum }.to_be_bytes());
    build(spec.source, spec.group, &Payload::Other { next_header: next_header::UDP, data: &data })
        .unwrap_or_default()
}

/// The packet of `payload`; `None` when it cannot be written.
pub(super) fn build(src: Ipv6Addr, dst: Ipv6Addr, payload: &Payload<'_>) -> Option<Vec<u8>> {
    let mut octets = alloc::vec![0; MTU];
    let len = match packet::build(src, dst, payload, &mut octets) {
        Err(crate::wire::EncodeError::Short { needed }) => {
            octets.resize(needed, 0);
            packet::build(src, dst, payload, &mut octets).ok()?
        }
        built => built.ok()?,
    };
    octets.truncate(len);
    Some(octets)
}

/// `inner` inside a tunnel header (RFC 2473); `None` when it is too long for another header.
pub(super) fn encapsulate(local: Ipv6Addr, remote: Ipv6Addr, inner: &[u8]) -> Option<Vec<u8>> {
    build(local, remote, &Payload::Other { next_header: next_header::IPV6, data: inner })
}

/// The packet as the next hop gets it; `None` when its hop limit is used up (RFC 8200 3).
pub(super) fn forwarded(octets: &[u8]) -> Option<Vec<u8>> {
    let mut copy = octets.to_vec();
    let hop_limit = copy.get_mut(7)?;
    *hop_limit = hop_limit.checked_sub(1).filter(|&left| left > 0)?;
    Some(copy)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::time::Instant;
    use core::time::Duration;

    fn stream() -> Stream {
        Stream {
            source: "2001:db8:5::5".parse().unwrap(),
            group: "ff3e::8000:1".parse().unwrap(),
            from: Instant::ZERO,
            until: Instant::from_secs(1),
            every: Duration::from_millis(20),
            octets: 100,
        }
    }

    #[test]
    fn a_datagram_carries_its_number_through_a_tunnel() {
        let plain = datagram(3, &stream(), 77);
        assert_eq!(multicast_data(&plain), Some(Data { stream: 3, sequence: 77, tunnelled: false }));
        let inside =
            encapsulate("2001:db8::1".parse().unwrap(), "2001:db8::2".parse().unwrap(), &plain).unwrap();
        assert_eq!(multicast_data(&inside), Some(Data { stream: 3, sequence: 77, tunnelled: true }));
        for len in 0..inside.len() - 84 {
            assert_eq!(multicast_data(&inside[..len]), None, "{len}");
        }
    }

    /// Judged by somebody else's code.
    #[test]
    fn etherparse_agrees_with_the_headers() {
        let inside = encapsulate(
            "2001:db8::1".parse().unwrap(),
            "2001:db8::2".parse().unwrap(),
            &datagram(0, &stream(), 1),
        )
        .unwrap();
        let outer = etherparse::Ipv6Slice::from_slice(&inside).unwrap();
        assert_eq!(outer.header().next_header(), etherparse::ip_number::IPV6);
        let inner = etherparse::Ipv6Slice::from_slice(outer.payload().payload).unwrap();
        let udp = etherparse::UdpSlice::from_slice(inner.payload().payload).unwrap();
        let sum = udp
            .to_header()
            .calc_checksum_ipv6_raw(inner.header().source(), inner.header().destination(), udp.payload())
            .unwrap();
        assert_eq!(udp.checksum(), sum);
    }

    #[test]
    fn a_hop_limit_runs_out() {
        let mut octets = datagram(0, &stream(), 1);
        assert_eq!(forwarded(&octets).unwrap()[7], 63);
        octets[7] = 1;
        assert_eq!(forwarded(&octets), None);
        assert_eq!(forwarded(&[]), None);
    }
}
