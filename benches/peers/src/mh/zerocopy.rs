//! A walker and an emitter by hand, on the zerocopy crate: one pass each, for these options alone.

use ::zerocopy::network_endian::{U16, U64};
use ::zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use super::{Read, Sample, Visit};
use crate::mld::zerocopy as reports;

#[derive(FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
struct Head {
    proto: u8,
    words: u8,
    kind: u8,
    reserved: u8,
    checksum: U16,
    sequence: U16,
    flags: U16,
    lifetime: U16,
}

#[derive(FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
struct OptionHead {
    kind: u8,
    len: u8,
}

#[derive(FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
struct Prefix {
    reserved: u8,
    len: u8,
    prefix: [u8; 16],
}

#[derive(FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
struct Code {
    reserved: u8,
    code: u8,
}

pub struct Reader;

impl Read for Reader {
    #[inline(always)]
    fn read<V: Visit>(octets: &[u8], visit: &mut V) -> bool {
        walk(octets, visit).is_some()
    }
}

#[inline(always)]
fn walk<V: Visit>(octets: &[u8], visit: &mut V) -> Option<()> {
    let (head, _) = Head::ref_from_prefix(octets).ok()?;
    if head.proto != 59 || head.words == 0 || head.kind != 5 {
        return None;
    }
    let mut rest = octets.get(..(usize::from(head.words) + 1) * 8)?.get(size_of::<Head>()..)?;
    visit.head(head.sequence.get(), head.flags.get(), head.lifetime.get());
    while let Some(&kind) = rest.first() {
        if kind == 0 {
            rest = &rest[1..];
            continue;
        }
        let (option, after) = OptionHead::ref_from_prefix(rest).ok()?;
        let (body, after) = after.split_at_checked(option.len.into())?;
        rest = after;
        match kind {
            1 => {}
            8 => {
                let (&subtype, id) = body.split_first()?;
                visit.node(subtype, id);
            }
            22 => {
                let body = Prefix::ref_from_bytes(body).ok().filter(|body| body.len <= 128)?;
                visit.prefix(body.len, body.prefix);
            }
            23 | 24 => visit.code(Code::ref_from_bytes(body).ok()?.code),
            26 => visit.address(*<[u8; 16]>::ref_from_bytes(body).ok()?),
            27 => visit.timestamp(U64::ref_from_bytes(body).ok()?.get()),
            200 => reports::walk(body, visit, reports::judge)?,
            _ => visit.other(kind, body),
        }
    }
    Some(())
}

struct Writer<'a> {
    buf: &'a mut [u8],
    at: usize,
}

impl Writer<'_> {
    /// An option of one type and fixed size at its alignment.
    #[inline(always)]
    fn option(
        &mut self,
        (unit, at): (usize, usize),
        kind: u8,
        body: &(impl IntoBytes + Immutable),
    ) -> Option<()> {
        self.pad(unit, at)?;
        self.put(&OptionHead { kind, len: size_of_val(body) as u8 })?;
        self.put(body)
    }

    #[inline(always)]
    fn put<T: IntoBytes + Immutable + ?Sized>(&mut self, part: &T) -> Option<()> {
        part.write_to_prefix(self.buf.get_mut(self.at..)?).ok()?;
        self.at += size_of_val(part);
        Some(())
    }

    #[inline(always)]
    fn pad(&mut self, unit: usize, at: usize) -> Option<()> {
        match at.wrapping_sub(self.at) % unit {
            0 => Some(()),
            1 => self.put(&[0_u8]),
            missing => self.put([1, missing as u8 - 2, 0, 0, 0, 0, 0].get(..missing)?),
        }
    }
}

/// Writes an update with a checksum of zero.
#[inline(always)]
pub fn emit(sample: &Sample, buf: &mut [u8]) -> Option<usize> {
    let mut out = Writer { buf, at: size_of::<Head>() };
    out.put(&OptionHead { kind: 8, len: u8::try_from(sample.node.len() + 1).ok()? })?;
    out.put(&[1_u8])?;
    out.put(sample.node.as_slice())?;
    out.option((8, 4), 22, &Prefix { reserved: 0, len: 64, prefix: sample.prefix })?;
    out.option((1, 0), 23, &Code { reserved: 0, code: 3 })?;
    out.option((1, 0), 24, &Code { reserved: 0, code: 4 })?;
    out.option((8, 6), 26, &sample.link_local)?;
    out.option((8, 2), 27, &U64::new(sample.timestamp))?;
    if !sample.records.is_empty() {
        out.pad(4, 2)?;
        let start = out.at;
        out.at += size_of::<OptionHead>();
        out.put(&reports::ReportHead::of(sample.records.len()))?;
        for record in &sample.records {
            out.put(&reports::RecordHead::of(record))?;
            out.put(record.sources.as_slice())?;
        }
        let len = u8::try_from(out.at - start - size_of::<OptionHead>()).ok()?;
        OptionHead { kind: 200, len }.write_to_prefix(out.buf.get_mut(start..)?).ok()?;
    }
    out.pad(8, 0)?;
    let head = Head {
        proto: 59,
        words: u8::try_from(out.at / 8 - 1).ok()?,
        kind: 5,
        reserved: 0,
        checksum: U16::ZERO,
        sequence: U16::new(sample.sequence),
        flags: U16::new(sample.flags),
        lifetime: U16::new(sample.lifetime),
    };
    head.write_to_prefix(out.buf).ok()?;
    Some(out.at)
}
