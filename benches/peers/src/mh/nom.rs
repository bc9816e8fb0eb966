//! nom as its users write it: every option a value of an enum, all of them in a `Vec`.

use ::nom::bytes::complete::{tag, take};
use ::nom::combinator::{all_consuming, map, map_parser, rest};
use ::nom::multi::{length_data, many0};
use ::nom::number::complete::{be_u8, be_u16, be_u64};
use ::nom::{IResult, Parser};

use super::{Read, Visit};

enum Opt<'a> {
    Pad,
    Node(u8, &'a [u8]),
    Prefix(u8, [u8; 16]),
    Code(u8),
    Address([u8; 16]),
    Timestamp(u64),
    Records(Vec<Record<'a>>),
    Other(u8, &'a [u8]),
}

struct Record<'a> {
    kind: u8,
    group: [u8; 16],
    sources: &'a [u8],
}

pub struct Reader;

impl Read for Reader {
    #[inline(always)]
    fn read<V: Visit>(octets: &[u8], visit: &mut V) -> bool {
        let Ok((_, ((sequence, flags, lifetime), options))) = update(octets) else { return false };
        visit.head(sequence, flags, lifetime);
        for option in options {
            match option {
                Opt::Pad => {}
                Opt::Node(subtype, id) => visit.node(subtype, id),
                Opt::Prefix(len, prefix) => visit.prefix(len, prefix),
                Opt::Code(code) => visit.code(code),
                Opt::Address(address) => visit.address(address),
                Opt::Timestamp(stamp) => visit.timestamp(stamp),
                Opt::Records(records) => {
                    for record in records {
                        visit.record(record.kind, record.group);
                        for source in record.sources.as_chunks().0 {
                            visit.source(source);
                        }
                    }
                }
                Opt::Other(kind, body) => visit.other(kind, body),
            }
        }
        true
    }
}

type Update<'a> = ((u16, u16, u16), Vec<Opt<'a>>);

fn update(input: &[u8]) -> IResult<&[u8], Update<'_>> {
    let (_, (_, words)) = (tag(&[59][..]), be_u8).parse(input)?;
    let (after, message) = take((usize::from(words) + 1) * 8).parse(input)?;
    let (area, (_, _, _, _)) = (take(2_usize), tag(&[5][..]), be_u8, be_u16).parse(message)?;
    let (area, head) = (be_u16, be_u16, be_u16).parse(area)?;
    let (_, options) = all_consuming(many0(option)).parse(area)?;
    Ok((after, (head, options)))
}

fn option(input: &[u8]) -> IResult<&[u8], Opt<'_>> {
    let (input, kind) = be_u8(input)?;
    match kind {
        0 => Ok((input, Opt::Pad)),
        1 => map(length_data(be_u8), |_| Opt::Pad).parse(input),
        8 => body(map((be_u8, rest), |(subtype, id)| Opt::Node(subtype, id)), input),
        22 => body(map((be_u8, be_u8, address), |(_, len, prefix)| Opt::Prefix(len, prefix)), input),
        23 | 24 => body(map((be_u8, be_u8), |(_, code)| Opt::Code(code)), input),
        26 => body(map(address, Opt::Address), input),
        27 => body(map(be_u64, Opt::Timestamp), input),
        200 => body(map((take(8_usize), many0(record)), |(_, records)| Opt::Records(records)), input),
        _ => map(length_data(be_u8), |body| Opt::Other(kind, body)).parse(input),
    }
}

fn body<'a, P>(inner: P, input: &'a [u8]) -> IResult<&'a [u8], Opt<'a>>
where
    P: Parser<&'a [u8], Output = Opt<'a>, Error = ::nom::error::Error<&'a [u8]>>,
{
    map_parser(length_data(be_u8), all_consuming(inner)).parse(input)
}

fn address(input: &[u8]) -> IResult<&[u8], [u8; 16]> {
    map(take(16_usize), |octets: &[u8]| octets.try_into().unwrap_or_default()).parse(input)
}

fn record(input: &[u8]) -> IResult<&[u8], Record<'_>> {
    let (input, (kind, aux, number, group)) = (be_u8, be_u8, be_u16, address).parse(input)?;
    let (input, (sources, _)) = (take(usize::from(number) * 16), take(usize::from(aux) * 4)).parse(input)?;
    Ok((input, Record { kind, group, sources }))
}
