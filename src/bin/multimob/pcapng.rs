//! A capture of the run for Wireshark: an interface for each node, nanosecond times, a comment on each packet.

use core::time::Duration;
use std::borrow::Cow;
use std::io::{self, Write};

use multimob::Instant;
use multimob::sim::{EPOCH_UNIX_MICROS, Event, Observer, Scenario, describe};
use multimob::wire::packet;
use pcap_file::pcapng::PcapNgWriter;
use pcap_file::pcapng::blocks::enhanced_packet::{EnhancedPacketBlock, EnhancedPacketOption};
use pcap_file::pcapng::blocks::interface_description::{
    InterfaceDescriptionBlock, InterfaceDescriptionOption,
};
use pcap_file::{DataLink, PcapError};

/// epb_flags: direction (pcapng 4.3.1).
const INBOUND: u32 = 1;
const OUTBOUND: u32 = 2;
/// if_tsresol: 10^-9 s.
const NANOSECONDS: u8 = 9;

pub(crate) struct Capture<'s, W: Write> {
    writer: PcapNgWriter<W>,
    scenario: &'s Scenario,
    outcome: io::Result<()>,
}

impl<'s, W: Write> Capture<'s, W> {
    pub(crate) fn new(to: W, scenario: &'s Scenario) -> io::Result<Self> {
        let mut writer = PcapNgWriter::new(to).map_err(cause)?;
        for node in 0..scenario.nodes() {
            let options = vec![
                InterfaceDescriptionOption::IfName(Cow::Borrowed(scenario.names.of(node))),
                InterfaceDescriptionOption::IfTsResol(NANOSECONDS),
            ];
            let interface = InterfaceDescriptionBlock { linktype: DataLink::RAW, snaplen: 0, options };
            writer.write_pcapng_block(interface).map_err(cause)?;
        }
        Ok(Self { writer, scenario, outcome: Ok(()) })
    }

    /// The first error of all, after everything was written.
    pub(crate) fn finish(self) -> io::Result<()> {
        self.outcome?;
        self.writer.into_inner().flush()
    }

    fn write(
        &mut self,
        now: Instant,
        node: usize,
        octets: &[u8],
        direction: u32,
        route: &str,
    ) -> io::Result<()> {
        let names = &self.scenario.names;
        let said = match packet::demux(octets, &self.scenario.dialect) {
            Ok(datagram) => {
                let said = describe(&datagram, &self.scenario.dialect, names);
                format!("{route}: {} {}", said.name, said.detail)
            }
            Err(error) => format!("{route}: unreadable, {error}"),
        };
        let len = u32::try_from(octets.len()).map_err(io::Error::other)?;
        let block = EnhancedPacketBlock {
            interface_id: u32::try_from(node).map_err(io::Error::other)?,
            timestamp: Duration::from_micros(EPOCH_UNIX_MICROS.saturating_add(now.as_micros())),
            original_len: len,
            data: Cow::Borrowed(octets),
            options: vec![
                EnhancedPacketOption::Comment(Cow::Owned(said.trim_end().to_string())),
                EnhancedPacketOption::Flags(direction),
            ],
        };
        self.writer.write_pcapng_block(block).map_err(cause).map(drop)
    }
}

/// What kept a block from being written; `pcap_file` calls each a fault in reading.
fn cause(error: PcapError) -> io::Error {
    match error {
        PcapError::IoError(error) => error,
        other => io::Error::other(other),
    }
}

impl<W: Write> Observer for Capture<'_, W> {
    fn see(&mut self, now: Instant, event: &Event<'_>) {
        let names = &self.scenario.names;
        let (node, octets, direction, route) = match *event {
            Event::Sent { from, to, octets, .. } => {
                (from, octets, OUTBOUND, format!("{} sends to {}", names.of(from), names.of(to)))
            }
            Event::Received { from, to, octets, .. } => {
                (to, octets, INBOUND, format!("{} receives from {}", names.of(to), names.of(from)))
            }
            _ => return,
        };
        if self.outcome.is_ok() {
            self.outcome = self.write(now, node, octets, direction, &route);
        }
    }
}
