//! Capture files: pcap in both byte orders, of microseconds and nanoseconds, and pcapng.

use core::time::Duration;
use std::io::{self, Cursor, Read};

use pcap_file::pcap::PcapReader;
use pcap_file::pcapng::blocks::interface_description::{
    InterfaceDescriptionBlock, InterfaceDescriptionOption,
};
use pcap_file::pcapng::{Block, PcapNgReader};
use pcap_file::{PcapError, TsResolution};

/// One captured frame.
#[derive(Debug)]
pub(crate) struct Captured<'a> {
    pub(crate) link: u32,
    /// Since 1970 UTC; nothing where the file does not say.
    pub(crate) time: Option<Duration>,
    /// Octets of the frame before it was cut.
    pub(crate) len: usize,
    pub(crate) octets: &'a [u8],
}

/// Why a file cannot be read, or not to its end.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unreadable {
    #[error("{0}")]
    Io(#[from] io::Error),
    #[error("the file is empty")]
    Empty,
    #[error("neither pcap nor pcapng: it starts with {0}")]
    Magic(String),
    #[error("the file ends within its header")]
    NoHeader,
    #[error("after frame {after} the file ends within a record")]
    Cut { after: u64 },
    #[error("after frame {after}: {what}")]
    Record { after: u64, what: String },
}

/// Calls `visit` with every frame in its order.
pub(crate) fn read<E: From<Unreadable>>(
    mut from: impl Read,
    visit: &mut dyn FnMut(Captured<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let mut magic = Vec::new();
    from.by_ref().take(4).read_to_end(&mut magic).map_err(Unreadable::from)?;
    let whole = Cursor::new(magic.clone()).chain(from);
    match magic.as_slice() {
        [] => Err(Unreadable::Empty.into()),
        [0x0a, 0x0d, 0x0d, 0x0a] => pcapng(whole, visit),
        [0xa1, 0xb2, 0xc3, 0xd4]
        | [0xd4, 0xc3, 0xb2, 0xa1]
        | [0xa1, 0xb2, 0x3c, 0x4d]
        | [0x4d, 0x3c, 0xb2, 0xa1] => pcap(whole, visit),
        _ => Err(Unreadable::Magic(crate::json::hex::text(&magic)).into()),
    }
}

fn pcap<E: From<Unreadable>>(
    from: impl Read,
    visit: &mut dyn FnMut(Captured<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let mut reader = PcapReader::new(from).map_err(|error| unreadable(error, 0, Unreadable::NoHeader))?;
    let header = reader.header();
    // The upper bits tell of a frame check sequence.
    let link = u32::from(header.datalink) & 0xffff;
    let mut frame = 0_u64;
    // Raw records: the checked ones of this reader refuse a frame that was cut at the snapshot length.
    while let Some(record) = reader.next_raw_packet() {
        let record = record.map_err(|error| unreadable(error, frame, Unreadable::Cut { after: frame }))?;
        frame = frame.saturating_add(1);
        let nanos = match header.ts_resolution {
            TsResolution::MicroSecond => u64::from(record.ts_frac).saturating_mul(1_000),
            TsResolution::NanoSecond => record.ts_frac.into(),
        };
        let time = Duration::from_secs(record.ts_sec.into()).saturating_add(Duration::from_nanos(nanos));
        let len = usize::try_from(record.orig_len).unwrap_or(usize::MAX);
        visit(Captured { link, time: Some(time), len, octets: &record.data })?;
    }
    Ok(())
}

fn pcapng<E: From<Unreadable>>(
    from: impl Read,
    visit: &mut dyn FnMut(Captured<'_>) -> Result<(), E>,
) -> Result<(), E> {
    let mut reader = PcapNgReader::new(from).map_err(|error| unreadable(error, 0, Unreadable::NoHeader))?;
    let mut interfaces: Vec<Interface> = Vec::new();
    let mut frame = 0_u64;
    while let Some(block) = reader.next_block() {
        let block = block.map_err(|error| unreadable(error, frame, Unreadable::Cut { after: frame }))?;
        let after = frame;
        let interface = |id: u32| {
            let index = usize::try_from(id).unwrap_or(usize::MAX);
            let what = || format!("a packet of interface {id}, of which there is no description");
            interfaces.get(index).copied().ok_or_else(|| Unreadable::Record { after, what: what() })
        };
        let length = |len: u32| usize::try_from(len).unwrap_or(usize::MAX);
        let mut frame_of = |captured| {
            frame = frame.saturating_add(1);
            visit(captured)
        };
        match block {
            Block::SectionHeader(_) => interfaces.clear(),
            Block::InterfaceDescription(description) => interfaces.push(Interface::new(&description)),
            Block::EnhancedPacket(packet) => {
                let Interface { link, units, offset, .. } = interface(packet.interface_id)?;
                // The reader takes any count for nanoseconds.
                let count = u64::try_from(packet.timestamp.as_nanos()).unwrap_or(u64::MAX);
                let time = Some(since_1970(count, units, offset));
                frame_of(Captured { link, time, len: length(packet.original_len), octets: &packet.data })?;
            }
            Block::Packet(packet) => {
                let Interface { link, units, offset, .. } = interface(packet.interface_id.into())?;
                let time = Some(since_1970(packet.timestamp, units, offset));
                frame_of(Captured { link, time, len: length(packet.original_len), octets: &packet.data })?;
            }
            Block::SimplePacket(packet) => {
                let Interface { link, snaplen, .. } = interface(0)?;
                // It is padded, and says only how long it was.
                let len = length(packet.original_len);
                let kept = if snaplen == 0 { len } else { len.min(length(snaplen)) };
                let octets = packet.data.get(..kept).unwrap_or(&packet.data);
                frame_of(Captured { link, time: None, len, octets })?;
            }
            _ => {}
        }
    }
    Ok(())
}

/// What an interface description says of its packets.
#[derive(Clone, Copy)]
struct Interface {
    link: u32,
    snaplen: u32,
    /// Units of time in a second.
    units: u64,
    /// Seconds to add.
    offset: i64,
}

impl Interface {
    fn new(description: &InterfaceDescriptionBlock<'_>) -> Self {
        let mut interface = Self {
            link: u32::from(description.linktype),
            snaplen: description.snaplen,
            units: 1_000_000,
            offset: 0,
        };
        for option in &description.options {
            match option {
                InterfaceDescriptionOption::IfTsResol(code) => interface.units = units(*code),
                InterfaceDescriptionOption::IfTsOffset(seconds) => interface.offset = seconds.cast_signed(),
                _ => {}
            }
        }
        interface
    }
}

/// if_tsresol: a negative power of 10, or of 2 where the highest bit is set.
fn units(code: u8) -> u64 {
    let (base, power) = if code & 0x80 == 0 { (10_u64, code) } else { (2, code & 0x7f) };
    base.checked_pow(power.into()).unwrap_or(u64::MAX)
}

fn since_1970(count: u64, units: u64, offset: i64) -> Duration {
    let [seconds, rest] = [count.checked_div(units), count.checked_rem(units)].map(Option::unwrap_or_default);
    let nanos = u128::from(rest).saturating_mul(1_000_000_000).checked_div(units.into());
    let nanos = nanos.and_then(|nanos| u64::try_from(nanos).ok()).unwrap_or_default();
    Duration::from_secs(seconds.saturating_add_signed(offset)).saturating_add(Duration::from_nanos(nanos))
}

/// What the reader of the file says; `cut` where it found no more octets.
fn unreadable(error: PcapError, after: u64, cut: Unreadable) -> Unreadable {
    match error {
        PcapError::IncompleteBuffer => cut,
        PcapError::IoError(error) if error.kind() == io::ErrorKind::UnexpectedEof => cut,
        PcapError::IoError(error) => error.into(),
        other => Unreadable::Record { after, what: other.to_string() },
    }
}
