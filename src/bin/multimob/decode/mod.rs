//! `multimob decode`.
#![warn(clippy::arithmetic_side_effects, clippy::indexing_slicing)]

mod capture;
mod datagram;
mod frame;
mod mend;
#[cfg(test)]
mod tests;

use core::time::Duration;
use std::fs::File;
use std::io::{BufWriter, Read, Write, stdin, stdout};
use std::path::{Path, PathBuf};

use clap::{Args as ClapArgs, ValueEnum};
use multimob::wire::ipv6::Header;
use multimob::wire::{Dialect, ipv4};
use serde_json::{Value, json};

use self::capture::{Captured, Unreadable};
use self::frame::Network;
use crate::dialect::Peer;
use crate::failure::Failure;
use crate::json::{Fields, Protocol, fields, hex};

/// Say what the packets of a capture mean, one JSON object a line
///
/// Reads pcap and pcapng of Ethernet (VLAN tags too), raw IP and Linux cooked frames, or octets given with --hex. The
/// innermost message that is known names the line: "protocol" mh, mld, igmp, nd, pim, cxtp (over UDP) or cxtp-icmp;
/// "outer" lists the tunnels around it. Anything else is a line with "protocol":"other".
///
/// Where "ok" is false, "error" says in which layer and field reading had to stop, how many octets were needed there
/// and how many there were ("also": what else was wrong further on); the fields beside it are what could be read before.
/// A wrong checksum is such an error as well: needed is the right one.
///
/// Every message is written again from the values of its line alone. "reencode" says what came of it: the identical
/// octets; canonical ones, which mean the same with other padding or reserved bits; refused, where it reads and must
/// not be written (options behind the authenticator, RFC 6275 6.2.7); or octets that differ, which is a fault of this
/// program.
///
/// Codes are shown as numbers and, where they have one, by name. Flags are letters, by the dialect of the sender: the bit
/// 0x0100 of a Binding Update is F as registered, C in draft asaeda and Q in draft liu.
#[derive(ClapArgs)]
#[command(after_help = "\
Examples:
  multimob decode handover.pcapng
  multimob decode - < handover.pcap | jq -c 'select(.protocol == \"mh\") | [.meaning, .sequence, .flags]'
  multimob decode --link mh --dialect liu --hex '3b 03 05 00 e7f4 0008 8300 0001 01:00:ca:10 20010db8000200000000000000000002'
  multimob decode handover.pcap | multimob encode --skip | multimob decode --hex -

Exit codes: 0 the file was read, whatever is in it; 2 it could not be read, and standard error says why.")]
pub(crate) struct Args {
    /// A capture file, pcap or pcapng; - is standard input
    #[arg(required_unless_present = "hex", conflicts_with = "hex")]
    file: Option<PathBuf>,

    /// A packet as hexadecimal digits, with spaces, colons and newlines as you like; - reads them from standard input.
    /// IP packets may follow one another
    #[arg(long, value_name = "OCTETS")]
    hex: Option<String>,

    /// What the octets of --hex begin with
    #[arg(long, value_enum, default_value = "ipv6", requires = "hex")]
    link: Link,

    #[command(flatten)]
    peer: Peer,
}

/// What octets may begin with.
#[derive(Clone, Copy, ValueEnum)]
enum Link {
    /// An Ethernet header
    Ethernet,
    /// An IPv6 header, or an IPv4 header
    Ipv6,
    /// A Mobility Header; its checksum is shown, not judged
    Mh,
    /// An MLD message; its checksum is shown, not judged
    Mld,
    /// An IGMP message; its checksum is shown, not judged
    Igmp,
    /// A CXTP message
    Cxtp,
    /// A CXTP message in ICMPv6; its checksum is shown, not judged
    CxtpIcmp,
    /// A PIM message; its checksum is shown, not judged
    Pim,
}

pub(crate) fn run(args: &Args) -> Result<(), Failure> {
    let dialect = args.peer.dialect();
    let mut out = BufWriter::new(stdout().lock());
    let outcome = match (&args.hex, &args.file) {
        (Some(digits), _) => {
            let octets = octets(digits)?;
            match args.link {
                Link::Ethernet => {
                    print(&mut out, numbered(1, framed(frame::link::ETHERNET, &octets, &dialect)))
                }
                Link::Ipv6 => (1_u64..).zip(packets(&octets)).try_for_each(|(number, packet)| {
                    print(&mut out, numbered(number, datagram::datagram(packet, &dialect)))
                }),
                Link::Mh => print(&mut out, numbered(1, datagram::bare(Protocol::Mh, &octets, &dialect))),
                Link::Mld => print(&mut out, numbered(1, datagram::bare(Protocol::Mld, &octets, &dialect))),
                Link::Igmp => print(&mut out, numbered(1, datagram::bare(Protocol::Igmp, &octets, &dialect))),
                Link::Cxtp => print(&mut out, numbered(1, datagram::bare(Protocol::Cxtp, &octets, &dialect))),
                Link::CxtpIcmp => {
                    print(&mut out, numbered(1, datagram::bare(Protocol::CxtpIcmp, &octets, &dialect)))
                }
                Link::Pim => print(&mut out, numbered(1, datagram::bare(Protocol::Pim, &octets, &dialect))),
            }
        }
        (None, file) => captured(file.as_deref().unwrap_or(Path::new("-")), &dialect, &mut out),
    };
    // What could be read is shown, also before an error.
    out.flush()?;
    outcome
}

/// The octets of --hex.
fn octets(digits: &str) -> Result<Vec<u8>, Failure> {
    let mut text = digits.to_string();
    if digits == "-" {
        text.clear();
        let read = stdin().lock().read_to_string(&mut text);
        read.map_err(|error| Failure::usage(format!("standard input: {error}")))?;
    }
    let octets = hex::read(&text).map_err(|error| Failure::usage(format!("--hex: {error}")))?;
    if octets.is_empty() { Err(Failure::usage("--hex: no octets")) } else { Ok(octets) }
}

/// IP packets, one behind the other: each tells its length. What cannot be read as one is the last.
fn packets(mut octets: &[u8]) -> impl Iterator<Item = &[u8]> {
    core::iter::from_fn(move || {
        let len = match (Header::parse(octets), ipv4::Packet::parse(octets)) {
            (Ok((_, body)), _) => Header::LEN.saturating_add(body.len()),
            (_, Ok(packet)) => packet.octets.len(),
            _ => octets.len(),
        };
        let (packet, rest) = octets.split_at_checked(len).filter(|(packet, _)| !packet.is_empty())?;
        octets = rest;
        Some(packet)
    })
}

fn captured(file: &Path, dialect: &Dialect, out: &mut impl Write) -> Result<(), Failure> {
    let name = file.display();
    let from: Box<dyn Read> = if file == Path::new("-") {
        Box::new(stdin().lock())
    } else {
        Box::new(File::open(file).map_err(|error| Failure::usage(format!("{name}: {error}")))?)
    };
    let mut number = 0_u64;
    let read = capture::read(from, &mut |captured| {
        number = number.saturating_add(1);
        Ok(print(out, line(number, &captured, dialect))?)
    });
    read.map_err(|stopped| match stopped {
        Stopped::Unreadable(error) => Failure::usage(format!("{name}: {error}")),
        Stopped::Failure(failure) => failure,
    })
}

/// Why a capture was not read to its end.
enum Stopped {
    Unreadable(Unreadable),
    Failure(Failure),
}

impl From<Unreadable> for Stopped {
    fn from(error: Unreadable) -> Self {
        Self::Unreadable(error)
    }
}

impl From<Failure> for Stopped {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

fn print(out: &mut impl Write, line: Fields) -> Result<(), Failure> {
    Ok(writeln!(out, "{}", Value::Object(line))?)
}

/// The line of a captured frame.
fn line(number: u64, captured: &Captured<'_>, dialect: &Dialect) -> Fields {
    let &Captured { link, time, len, octets } = captured;
    let mut all = Fields::new();
    if let Some(time) = time {
        all.insert("time".into(), json!(seconds(time)));
    }
    if octets.len() < len {
        all.insert("truncated".into(), json!({ "captured": octets.len(), "length": len }));
    }
    all.extend(framed(link, octets, dialect));
    numbered(number, all)
}

fn numbered(number: u64, line: Fields) -> Fields {
    let mut all = fields([("frame", json!(number))]);
    all.extend(line);
    all
}

/// What a frame of this link type carries.
fn framed(link: u32, octets: &[u8], dialect: &Dialect) -> Fields {
    let frame = frame::read(link, octets);
    let mut all = Fields::new();
    if !frame.vlans.is_empty() {
        all.insert("vlan".into(), json!(frame.vlans));
    }
    all.extend(match frame.network {
        Network::Ip(octets) => datagram::datagram(octets, dialect),
        Network::Other { ethertype, len } => fields([
            ("protocol", json!("other")),
            ("ok", json!(true)),
            ("ethertype", json!(format!("{ethertype:#06x}"))),
            ("length", json!(len)),
        ]),
        Network::Unknown { link, len } => fields([
            ("protocol", json!("other")),
            ("ok", json!(true)),
            ("link_type", json!(link)),
            ("length", json!(len)),
        ]),
        Network::Short { layer, needed, have } => fields([
            ("protocol", json!("other")),
            ("ok", json!(false)),
            (
                "error",
                json!({ "layer": layer, "field": "header", "offset": 0, "needed": needed, "have": have }),
            ),
        ]),
    });
    all
}

/// Seconds with six digits, or nine where six do not tell all.
fn seconds(time: Duration) -> String {
    let nanos = time.subsec_nanos();
    if nanos.is_multiple_of(1_000) {
        format!("{}.{:06}", time.as_secs(), nanos / 1_000)
    } else {
        format!("{}.{nanos:09}", time.as_secs())
    }
}
