//! nom without allocation, as its users write it.

use ::nom::bytes::complete::take;
use ::nom::number::complete::{be_u8, be_u16};
use ::nom::{IResult, Parser};

use super::{Read, Visit};

pub struct Reader;

impl Read for Reader {
    #[inline(always)]
    fn read<V: Visit>(octets: &[u8], visit: &mut V) -> bool {
        report(octets, visit).is_ok()
    }
}

#[inline(always)]
fn report<'a, V: Visit>(input: &'a [u8], visit: &mut V) -> IResult<&'a [u8], ()> {
    let (mut rest, (_, _, _, _, records)) =
        (::nom::bytes::complete::tag(&[143][..]), be_u8, be_u16, be_u16, be_u16).parse(input)?;
    for _ in 0..records {
        let (after, (kind, aux, number)) = (be_u8, be_u8, be_u16).parse(rest)?;
        let (after, (group, sources, _)) =
            (take(16_usize), take(usize::from(number) * 16), take(usize::from(aux) * 4)).parse(after)?;
        visit.record(kind, <[u8; 16]>::try_from(group).unwrap_or_default());
        for source in sources.as_chunks().0 {
            visit.source(source);
        }
        rest = after;
    }
    Ok((rest, ()))
}
