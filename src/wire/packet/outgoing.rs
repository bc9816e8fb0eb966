//! Datagrams to be sent.

use core::net::Ipv6Addr;

use super::{CXTP_PORT, Payload};
use crate::wire::error::EncodeError;
use crate::wire::ipv6::{self, Header, next_header};
use crate::wire::out::{Count, Encode, Inner, Out, Summing};
use crate::wire::{Pseudo, ipv4, udp};

/// A datagram to be sent: written in one go, headers, Router Alert, checksum and all.
///
/// ```
/// use multimob::wire::packet::{Outgoing, Payload, demux};
/// use multimob::wire::{Dialect, Encode, mld};
///
/// let query = Payload::Mld(mld::Message::Query(mld::Query::general()));
/// let (lma, mag) = ("2001:db8:b::1".parse()?, "2001:db8:a::1".parse()?);
/// let datagram = Outgoing::new("fe80::1".parse()?, "ff02::1".parse()?, query).in_tunnel(lma, mag);
///
/// let octets = datagram.to_vec()?;
/// let received = demux(&octets, &Dialect::DEFAULT)?;
/// assert_eq!(received.outer, Some((lma, mag)));
/// // Hop limit 1 and the Router Alert are those of the inner packet.
/// assert_eq!((received.hop_limit, received.router_alert), (1, true));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Outgoing<'a> {
    /// Source and destination of the tunnel header, when there is one (RFC 2473). Its hop limit is 64.
    pub outer: Option<(Ipv6Addr, Ipv6Addr)>,
    /// Source of the header; an IPv4 address is IPv4-mapped.
    pub src: Ipv6Addr,
    /// Destination of the header; an IPv4 address is IPv4-mapped.
    pub dst: Ipv6Addr,
    /// Goes into a Home Address option, and into the checksum instead of the source (RFC 6275 6.3).
    pub home_address: Option<Ipv6Addr>,
    /// Goes into a type 2 routing header, and into the checksum instead of the destination (RFC 6275 6.4).
    pub routing_header: Option<Ipv6Addr>,
    /// Hop limit of the IPv6 header, TTL of the IPv4 header.
    pub hop_limit: u8,
    /// Whether a Router Alert of value 0 goes before the message: in a hop-by-hop header, among the options of IPv4.
    pub router_alert: bool,
    /// The message.
    pub payload: Payload<'a>,
}

/// What IANA recommends where no standard says more.
const HOP_LIMIT: u8 = 64;
/// The precedence of IGMP, as a Type of Service (RFC 3376 4).
const INTERNETWORK_CONTROL: u8 = 0xc0;

impl<'a> Outgoing<'a> {
    /// The datagram as the standard of its payload wants it: MLD and IGMP with hop limit 1 and Router Alert (RFC 3810 5,
    /// RFC 3376 4), Neighbor Discovery and CXTP in ICMPv6 with hop limit 255 (RFC 4861 4, RFC 4067 3.2), PIM for all
    /// routers of a link with hop limit 1 (RFC 7761 4.9), all others with hop limit 64.
    #[must_use]
    pub const fn new(src: Ipv6Addr, dst: Ipv6Addr, payload: Payload<'a>) -> Self {
        let (hop_limit, router_alert) = match payload {
            Payload::Mld(_) | Payload::Igmp(_) => (1, true),
            Payload::Nd(_) | Payload::CxtpIcmp(_) => (255, false),
            Payload::Pim(message) if !message.kind().is_unicast() => (1, false),
            Payload::Mh(_) | Payload::Cxtp(_) | Payload::Pim(_) | Payload::Other { .. } => (HOP_LIMIT, false),
        };
        let (home_address, routing_header) = (None, None);
        Self { outer: None, src, dst, home_address, routing_header, hop_limit, router_alert, payload }
    }

    /// The same datagram behind a tunnel header from `src` to `dst`.
    #[must_use]
    pub const fn in_tunnel(self, src: Ipv6Addr, dst: Ipv6Addr) -> Self {
        Self { outer: Some((src, dst)), ..self }
    }

    /// The same datagram from a mobile node with this home address, `src` being its care-of address (RFC 6275 11.3.1).
    #[must_use]
    pub const fn from_home(self, home_address: Ipv6Addr) -> Self {
        Self { home_address: Some(home_address), ..self }
    }

    /// The same datagram to a mobile node with this home address, `dst` being its care-of address (RFC 6275 9.3.2).
    #[must_use]
    pub const fn to_home(self, home_address: Ipv6Addr) -> Self {
        Self { routing_header: Some(home_address), ..self }
    }

    const fn next_header(&self) -> u8 {
        match self.payload {
            Payload::Mh(_) => next_header::MOBILITY,
            Payload::Mld(_) | Payload::Nd(_) | Payload::CxtpIcmp(_) => next_header::ICMPV6,
            Payload::Igmp(_) => next_header::IGMP,
            Payload::Cxtp(_) => next_header::UDP,
            Payload::Pim(_) => next_header::PIM,
            Payload::Other { next_header, .. } => next_header,
        }
    }

    /// The header, where it is one of IPv4: of IGMP, and of user data between IPv4 addresses.
    fn ipv4(&self) -> Result<Option<ipv4::Header>, EncodeError> {
        let is_igmp = matches!(self.payload, Payload::Igmp(_));
        match self.home_address.or(self.routing_header) {
            Some(home) if is_igmp => return Err(EncodeError::NotIpv4(home)),
            Some(_) => return Ok(None),
            None => {}
        }
        let (src, dst) = match (self.src.to_ipv4_mapped(), self.dst.to_ipv4_mapped()) {
            (Some(src), Some(dst)) if is_igmp || matches!(self.payload, Payload::Other { .. }) => (src, dst),
            _ if !is_igmp => return Ok(None),
            (None, _) => return Err(EncodeError::NotIpv4(self.src)),
            _ => return Err(EncodeError::NotIpv4(self.dst)),
        };
        Ok(Some(ipv4::Header {
            tos: if self.next_header() == next_header::IGMP { INTERNETWORK_CONTROL } else { 0 },
            ttl: self.hop_limit,
            protocol: self.next_header(),
            src,
            dst,
            router_alert: self.router_alert,
        }))
    }

    /// Length and checksum of what follows the headers.
    fn measure(&self) -> Result<(usize, u16), EncodeError> {
        let covers = match self.payload {
            // User data brings its own checksum.
            Payload::Other { data, .. } => return Ok((data.len(), 0)),
            Payload::Pim(message) => message.checksum_covers(),
            _ => usize::MAX,
        };
        let mut all = Summing::new(covers);
        self.write_upper(&mut all, 0)?;
        let pseudo = Pseudo {
            src: self.src,
            dst: self.routing_header.unwrap_or(self.dst),
            next_header: self.next_header(),
            home_address: self.home_address,
        };
        Ok(all.finish(&pseudo))
    }

    fn write_upper(&self, out: &mut impl Out, checksum: u16) -> Result<(), EncodeError> {
        match &self.payload {
            Payload::Mh(message) => message.write(out, checksum),
            Payload::Mld(message) => message.write(out, checksum),
            Payload::Igmp(message) => message.write(out, checksum),
            Payload::Nd(message) => message.write(out, checksum),
            Payload::CxtpIcmp(message) => message.write(out, checksum),
            Payload::Pim(message) => message.write(out, checksum),
            Payload::Cxtp(message) => {
                let mut data = Count(0);
                message.write(&mut data, 0)?;
                udp::write_head(out, [CXTP_PORT; 2], data.0, checksum)?;
                message.write(&mut Inner::new(out), 0)
            }
            Payload::Other { data, .. } => {
                out.bytes(data);
                Ok(())
            }
        }
    }
}

/// A header before a packet of either family (RFC 2473 3).
const fn tunnel_header(next_header: u8, src: Ipv6Addr, dst: Ipv6Addr) -> Header {
    Header { traffic_class: 0, flow_label: 0, next_header, hop_limit: HOP_LIMIT, src, dst }
}

impl Encode for Outgoing<'_> {
    /// The checksum inside is made here: `checksum` is not used.
    fn write(&self, out: &mut impl Out, _checksum: u16) -> Result<(), EncodeError> {
        let &Self { outer, src, dst, home_address, routing_header, hop_limit, router_alert, .. } = self;
        let (len, checksum) = self.measure()?;
        if let Some(header) = self.ipv4()? {
            if let Some((src, dst)) = outer {
                let tunnel = tunnel_header(next_header::IPV4, src, dst);
                tunnel.write(out, len.saturating_add(header.encoded_len()))?;
            }
            header.write(out, len)?;
            return self.write_upper(&mut Inner::new(out), checksum);
        }
        // From the inside out: what comes next before each header.
        let upper = self.next_header();
        let after_routing = if home_address.is_some() { next_header::DESTINATION_OPTIONS } else { upper };
        let after_alert = if routing_header.is_some() { next_header::ROUTING } else { after_routing };
        let alert = router_alert.then(|| ipv6::router_alert(after_alert));
        let homes = home_address.iter().chain(&routing_header).count();
        let len = len
            .saturating_add(alert.map_or(0, |alert| alert.len()))
            .saturating_add(homes.saturating_mul(ipv6::HOME_ADDRESS_LEN));

        let header = Header {
            traffic_class: 0,
            flow_label: 0,
            next_header: if router_alert { next_header::HOP_BY_HOP } else { after_alert },
            hop_limit,
            src,
            dst,
        };
        if let Some((src, dst)) = outer {
            let tunnel = tunnel_header(next_header::IPV6, src, dst);
            tunnel.write(out, len.saturating_add(Header::LEN))?;
        }
        header.write(out, len)?;
        if let Some(alert) = alert {
            out.put(&alert);
        }
        if let Some(address) = routing_header {
            ipv6::routing_header(after_routing, address, out);
        }
        if let Some(address) = home_address {
            ipv6::home_address(upper, address, out);
        }
        self.write_upper(&mut Inner::new(out), checksum)
    }
}
