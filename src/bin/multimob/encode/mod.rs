//! `multimob encode`.
#![warn(clippy::arithmetic_side_effects, clippy::indexing_slicing)]

use core::time::Duration;
use std::fs::File;
use std::io::{BufRead, BufReader, BufWriter, Write, stdin, stdout};
use std::path::{Path, PathBuf};

use clap::Args as ClapArgs;
use multimob::wire::Dialect;
use pcap_file::pcap::{PcapHeader, PcapPacket, PcapWriter};
use pcap_file::{DataLink, Endianness, TsResolution};
use serde_json::Value;

use crate::dialect::Peer;
use crate::failure::Failure;
use crate::json::packet::{self, Packet};
use crate::json::{At, Fault, hex, without_place};

/// Make the octets of messages from JSON, one object a line, as `multimob decode` prints them
///
/// Prints one line of hexadecimal digits for each. Checksums, lengths and padding are made anew; what decode derives
/// ("frame", "reencode", "meaning", ...) is not read. A line without "src" and "dst" is a message without a
/// packet around it; one with them gets an IPv6 header and, for each entry of "outer", a tunnel header before it. Left out,
/// "hop_limit" and "router_alert" are what the standard of the protocol asks for, "options", "sources" and the like
/// are empty.
#[derive(ClapArgs)]
#[command(after_help = "\
Examples:
  multimob decode handover.pcap | multimob encode --skip --pcap again.pcap
  echo '{\"protocol\":\"mld\",\"type\":\"Done\",\"src\":\"fe80::5\",\"dst\":\"ff02::2\",\"group\":\"ff1e::1234\"}' |
    multimob encode | multimob decode --hex -

Exit codes: 0 done; 1 the output could not be written; 2 a line is no message: standard error says which line, where in
it, and what is allowed there.")]
pub(crate) struct Args {
    /// JSON lines; - is standard input
    #[arg(default_value = "-")]
    file: PathBuf,

    /// Write a capture of raw IP packets instead, with the time that each line tells
    #[arg(long, value_name = "FILE")]
    pcap: Option<PathBuf>,

    /// Pass over lines that hold no message of a known protocol, or one that could not be read in full
    #[arg(long)]
    skip: bool,

    #[command(flatten)]
    peer: Peer,
}

pub(crate) fn run(args: &Args) -> Result<(), Failure> {
    let name = args.file.display();
    let dialect = args.peer.dialect();
    let from: Box<dyn BufRead> = if args.file == Path::new("-") {
        Box::new(stdin().lock())
    } else {
        let file = File::open(&args.file).map_err(|error| Failure::usage(format!("{name}: {error}")))?;
        Box::new(BufReader::new(file))
    };
    let mut to = To::new(args.pcap.as_deref())?;
    let encode = || {
        for (number, text) in (1_u64..).zip(from.lines()) {
            let text = text.map_err(|error| Failure::usage(format!("{name}: {error}")))?;
            if text.trim().is_empty() {
                continue;
            }
            let fault = |fault| Failure::usage(format!("{name}: line {number}: {fault}"));
            let line = line(&text).map_err(fault)?;
            if args.skip && !is_message(&line) {
                continue;
            }
            let (packet, time) = read(&line, &dialect).map_err(|error| fault(error.to_string()))?;
            if !packet.is_datagram && matches!(to, To::Pcap(..)) {
                return Err(fault(
                    "$.src: missing; a capture holds packets, which have a source".to_string(),
                ));
            }
            to.write(&packet, time)?;
        }
        Ok(())
    };
    let outcome = encode();
    to.finish()?;
    outcome
}

fn line(text: &str) -> Result<Value, String> {
    serde_json::from_str(text).map_err(|error| {
        // It counts lines of its own; here there is one.
        format!("no JSON: {} at column {}", without_place(&error), error.column())
    })
}

/// Whether a line holds a message that was read in full.
fn is_message(line: &Value) -> bool {
    let is_known = line
        .get("protocol")
        .and_then(Value::as_str)
        .is_some_and(|name| crate::json::Protocol::NAMES.iter().any(|(known, _)| *known == name));
    is_known && line.get("ok").and_then(Value::as_bool).unwrap_or(true)
}

fn read(line: &Value, dialect: &Dialect) -> Result<(Packet, Duration), Fault> {
    let at = At::root(line);
    let packet = packet::read(&at, dialect)?;
    let time = at.object()?.get("time").or(Duration::ZERO, time)?;
    Ok((packet, time))
}

/// Seconds since 1970 and up to nine digits after the point.
fn time(at: &At<'_>) -> Result<Duration, Fault> {
    let text = at.text()?;
    let (seconds, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let nanos = format!("{fraction:0<9}");
    let is_number = |digits: &str| !digits.is_empty() && digits.bytes().all(|digit| digit.is_ascii_digit());
    // A capture has 32 bits for the seconds.
    match (seconds.parse::<u32>(), nanos.parse::<u32>()) {
        (Ok(seconds), Ok(nanos)) if is_number(fraction) && fraction.len() <= 9 => {
            Ok(Duration::new(seconds.into(), nanos))
        }
        _ => Err(at.fault(format_args!("{text:?}; seconds as text are wanted, \"1700000000.123456\""))),
    }
}

/// Where the octets go.
enum To<'a> {
    Hex(BufWriter<std::io::StdoutLock<'static>>),
    Pcap(PcapWriter<BufWriter<File>>, &'a Path),
}

impl<'a> To<'a> {
    fn new(pcap: Option<&'a Path>) -> Result<Self, Failure> {
        let Some(path) = pcap else { return Ok(Self::Hex(BufWriter::new(stdout().lock()))) };
        let file = File::create(path).map_err(|error| Failure::file(path, &error))?;
        let header = PcapHeader {
            datalink: DataLink::RAW,
            ts_resolution: TsResolution::NanoSecond,
            endianness: Endianness::Little,
            ..PcapHeader::default()
        };
        let writer = PcapWriter::with_header(BufWriter::new(file), header);
        Ok(Self::Pcap(writer.map_err(|error| unwritten(path, error))?, path))
    }

    fn write(&mut self, packet: &Packet, time: Duration) -> Result<(), Failure> {
        match self {
            Self::Hex(out) => Ok(writeln!(out, "{}", hex::text(&packet.octets))?),
            Self::Pcap(writer, path) => {
                let len = u32::try_from(packet.octets.len()).unwrap_or(u32::MAX);
                let packet = PcapPacket::new(time, len, &packet.octets);
                writer.write_packet(&packet).map(drop).map_err(|error| unwritten(path, error))
            }
        }
    }

    fn finish(self) -> Result<(), Failure> {
        match self {
            Self::Hex(mut out) => Ok(out.flush()?),
            Self::Pcap(writer, path) => {
                writer.into_writer().flush().map_err(|error| Failure::file(path, &error))
            }
        }
    }
}

fn unwritten(path: &Path, error: pcap_file::PcapError) -> Failure {
    match error {
        pcap_file::PcapError::IoError(error) => Failure::file(path, &error),
        other => Failure::run(format!("{}: {other}", path.display())),
    }
}
