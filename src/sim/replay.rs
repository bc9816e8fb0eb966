//! Reports of a real host, played byte for byte in the place of a simulated one.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;
use core::net::Ipv6Addr;
use core::time::Duration;

use bytes::Bytes;
use pcap_file::DataLink;
use pcap_file::pcap::PcapReader;

use crate::channel::{Filter, FilterMode, SourceList};
use crate::time::Instant;
use crate::wire::mld::{Message, Record, RecordType};
use crate::wire::packet::{self, Payload};
use crate::wire::{DecodeError, Dialect};

/// What a capture has of one host: its MLD packets and when it sent them.
///
/// The times up to the first General Query of the capture count from the start; what follows a Query is sent as long
/// after a General Query of the domain as it came after the one of the capture.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replay {
    /// When the first packet is sent.
    pub at: Instant,
    packets: Vec<Packet>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Packet {
    /// Queries of the capture that came before.
    queries: usize,
    /// Since the last of them, or since the start.
    after: Duration,
    octets: Bytes,
}

/// Why a capture cannot be played.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ReplayError {
    /// Not a capture file of the classic kind.
    #[error("not a pcap file: {0}")]
    NotAPcap(alloc::string::String),
    /// Neither Ethernet nor raw IP.
    #[error("link type {0} of the capture; it must be Ethernet (1), raw IP (101) or IPv6 (229)")]
    LinkType(u32),
    /// A packet of MLD cannot be read.
    #[error("packet {0} of the capture cannot be read: {1}")]
    Unreadable(usize, DecodeError),
    /// The host sent nothing.
    #[error("no MLD report from {0} in it")]
    Nothing(Ipv6Addr),
}

const ETHERNET: usize = 14;
const ETHERTYPE_IPV6: [u8; 2] = [0x86, 0xdd];

impl Replay {
    /// What `host` sent, according to a classic pcap file; its first packet is to be sent at `at`.
    ///
    /// # Errors
    /// The file cannot be read, or the host sent nothing.
    pub fn from_capture(pcap: &[u8], host: Ipv6Addr, at: Instant) -> Result<Self, ReplayError> {
        let broken = |error: pcap_file::PcapError| ReplayError::NotAPcap(alloc::format!("{error}"));
        let mut reader = PcapReader::new(pcap).map_err(broken)?;
        let link = reader.header().datalink;
        let (mut packets, mut queries, mut base) = (Vec::new(), 0, None);
        let mut number = 0;
        while let Some(packet) = reader.next_packet() {
            let packet = packet.map_err(broken)?;
            number += 1;
            let Some(octets) = ipv6(link, &packet.data)? else { continue };
            let datagram = packet::demux(octets, &Dialect::DEFAULT)
                .map_err(|error| ReplayError::Unreadable(number, error))?;
            match datagram.payload {
                Payload::Mld(Message::Query(query)) if query.group.ip().is_unspecified() => {
                    queries += 1;
                    base = Some(packet.timestamp);
                }
                Payload::Mld(Message::Report(_)) if datagram.src == host => packets.push(Packet {
                    queries,
                    after: packet.timestamp.saturating_sub(*base.get_or_insert(packet.timestamp)),
                    octets: Bytes::copy_from_slice(octets),
                }),
                _ => {}
            }
        }
        if packets.is_empty() { Err(ReplayError::Nothing(host)) } else { Ok(Self { at, packets }) }
    }

    /// How many packets there are to play.
    #[must_use]
    pub const fn len(&self) -> usize {
        self.packets.len()
    }

    /// Never: a replay has at least one packet.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.packets.is_empty()
    }

    pub(super) fn start(&self) -> Playback {
        Playback { replay: self.clone(), next: 0, queries: 0, base: self.at, state: BTreeMap::new() }
    }
}

fn ipv6(link: DataLink, frame: &[u8]) -> Result<Option<&[u8]>, ReplayError> {
    match link {
        DataLink::ETHERNET => Ok(frame
            .split_at_checked(ETHERNET)
            .filter(|(header, _)| header.ends_with(&ETHERTYPE_IPV6))
            .map(|(_, packet)| packet)),
        DataLink::RAW | DataLink::IPV6 => Ok(Some(frame)),
        other => Err(ReplayError::LinkType(other.into())),
    }
}

/// A replay that is being played.
#[derive(Clone, Debug)]
pub(super) struct Playback {
    replay: Replay,
    next: usize,
    queries: usize,
    /// The start, or the General Query that packet `next` answers.
    base: Instant,
    state: BTreeMap<Ipv6Addr, Filter>,
}

impl Playback {
    fn upcoming(&self) -> Option<&Packet> {
        self.replay.packets.get(self.next)
    }

    /// When the next packet is to be sent; `None` while it waits for a query.
    pub(super) fn due(&self) -> Option<Instant> {
        self.upcoming().filter(|packet| packet.queries <= self.queries).map(|packet| self.base + packet.after)
    }

    pub(super) fn is_over(&self) -> bool {
        self.upcoming().is_none()
    }

    /// A General Query came.
    pub(super) fn queried(&mut self, now: Instant) {
        if let Some(packet) = self.upcoming().filter(|packet| packet.queries > self.queries) {
            self.queries = packet.queries;
            self.base = now;
        }
    }

    /// The packet that is due, and what the host wants of the groups it mentions from then on.
    pub(super) fn next(&mut self, now: Instant) -> Option<(Bytes, Vec<(Ipv6Addr, Filter)>)> {
        self.due().filter(|&due| due <= now)?;
        let octets = self.upcoming()?.octets.clone();
        self.next += 1;
        let told = match packet::demux(&octets, &Dialect::DEFAULT).map(|datagram| datagram.payload) {
            Ok(Payload::Mld(Message::Report(report))) => {
                report.records.iter().map(|r| self.told(&r)).collect()
            }
            _ => Vec::new(),
        };
        Some((octets, told))
    }

    /// A listener's own state after it said `record` (RFC 3810 4.2, 6.1).
    fn told(&mut self, record: &Record<'_>) -> (Ipv6Addr, Filter) {
        let group = record.group.ip();
        let sources: SourceList = record.sources.iter().map(|&octets| Ipv6Addr::from(octets)).collect();
        let filter = self.state.entry(group).or_default();
        let included = filter.mode == FilterMode::Include;
        match record.kind {
            RecordType::IS_IN | RecordType::TO_IN => *filter = Filter { mode: FilterMode::Include, sources },
            RecordType::IS_EX | RecordType::TO_EX => *filter = Filter { mode: FilterMode::Exclude, sources },
            RecordType::ALLOW if included => filter.sources = filter.sources.union(&sources),
            RecordType::BLOCK if included => filter.sources = filter.sources.difference(&sources),
            RecordType::ALLOW => filter.sources = filter.sources.difference(&sources),
            RecordType::BLOCK => filter.sources = filter.sources.union(&sources),
            _ => {}
        }
        (group, filter.clone())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HANDOVER: &[u8] = include_bytes!("../../testdata/captures/linux-handover.pcap");

    fn host() -> Ipv6Addr {
        "fe80::ff:fe00:11".parse().unwrap()
    }

    fn play(playback: &mut Playback, now: Instant) -> Vec<(Ipv6Addr, Filter)> {
        playback.next(now).unwrap().1
    }

    #[test]
    fn the_kernels_reports_come_at_the_kernels_times() {
        let start = Instant::from_secs(1);
        let replay = Replay::from_capture(HANDOVER, host(), start).unwrap();
        assert_eq!(replay.len(), 4);
        let mut playback = replay.start();
        let [s, g, any] =
            ["2001:db8:5::5", "ff3e::8000:1", "ff1e::1234"].map(|text| text.parse::<Ipv6Addr>().unwrap());

        assert_eq!(playback.due(), Some(start));
        assert_eq!(playback.next(Instant::ZERO), None);
        assert_eq!(play(&mut playback, start), [(g, Filter::include([s]))]);
        let second = start + Duration::from_micros(311_974);
        assert_eq!(playback.due(), Some(second));
        assert_eq!(play(&mut playback, second), [(any, Filter::EVERYTHING), (g, Filter::include([s]))]);
        play(&mut playback, Instant::from_secs(2));

        assert_eq!(playback.due(), None, "the last one answers a query");
        assert!(!playback.is_over());
        let query = Instant::from_secs(30);
        playback.queried(query);
        assert_eq!(playback.due(), Some(query + Duration::from_micros(67_825)));
        assert_eq!(play(&mut playback, Instant::from_secs(31)).len(), 3);
        assert!(playback.is_over());
    }

    #[test]
    fn a_leave_ends_with_nothing_wanted() {
        let capture = include_bytes!("../../testdata/captures/linux-join-leave.pcap");
        let mut playback = Replay::from_capture(capture, host(), Instant::ZERO).unwrap().start();
        let mut state = BTreeMap::new();
        while let Some((_, told)) = playback.next(Instant::from_secs(60)) {
            state.extend(told);
        }
        assert_eq!(state.len(), 2);
        assert!(state.values().all(Filter::is_nothing), "{state:?}");
    }

    #[test]
    fn what_is_no_capture_of_the_host_is_refused() {
        let other = "fe80::1".parse().unwrap();
        assert_eq!(Replay::from_capture(HANDOVER, other, Instant::ZERO), Err(ReplayError::Nothing(other)));
        assert!(matches!(
            Replay::from_capture(b"no capture", host(), Instant::ZERO),
            Err(ReplayError::NotAPcap(_))
        ));
        for len in 0..HANDOVER.len() {
            let _ = Replay::from_capture(&HANDOVER[..len], host(), Instant::ZERO);
        }
    }
}
