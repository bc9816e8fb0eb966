//! M-CTD: the multicast context of a receiver (asaeda 7.3, digest 1.B.5).

use super::head;
use crate::wire::error::{EncodeError, Field, Layer};
use crate::wire::mld::{Fault, Record, RecordType};
use crate::wire::read::{Read, chunk, wrong};
use crate::wire::{Addr, Out};

/// Filter mode of an M-CTD.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum FilterMode {
    /// From the listed sources.
    Include,
    /// From any source: the list is empty (A51).
    Exclude,
}

/// M-CTD (A49): what one receiver wants of one group. More sources than one block holds travel in several blocks of the
/// same receiver and group; the receiver of the blocks takes their union.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ListenerContext<'a> {
    /// The address of the node that sent the Report.
    pub receiver: Addr,
    /// Filter mode.
    pub mode: FilterMode,
    /// The group.
    pub group: Addr,
    /// Sources: 1 to 125 in [`FilterMode::Include`], none in [`FilterMode::Exclude`].
    pub sources: &'a [[u8; 16]],
}

impl<'a> ListenerContext<'a> {
    /// Sources of one block, at most.
    pub const MAX_SOURCES: usize = 125;

    /// The same context in blocks that can be written: the sources of an INCLUDE are divided.
    pub fn cut(self) -> impl Iterator<Item = Self> + Clone + use<'a> {
        let (first, more) = self.sources.split_at_checked(Self::MAX_SOURCES).unwrap_or((self.sources, &[]));
        core::iter::once(first)
            .chain(more.chunks(Self::MAX_SOURCES))
            .map(move |sources| Self { sources, ..self })
    }

    /// The context as the record of a current-state Report that says the same.
    #[must_use]
    pub const fn record(&self) -> Record<'a> {
        let kind = match self.mode {
            FilterMode::Include => RecordType::IS_IN,
            FilterMode::Exclude => RecordType::IS_EX,
        };
        Record { kind, group: self.group, sources: self.sources, aux: &[] }
    }

    /// Whether the addresses can be: a multicast group and unicast sources.
    ///
    /// # Errors
    /// What is wrong.
    pub fn judge(&self) -> Result<(), Fault> {
        self.record().judge()
    }

    pub(super) fn write(&self, feature: u16, out: &mut impl Out) -> Result<(), EncodeError> {
        let (mode, min, max) = match self.mode {
            FilterMode::Include => (INCLUDE, 1, Self::MAX_SOURCES),
            FilterMode::Exclude => (EXCLUDE, 0, 0),
        };
        let sources = self.sources.as_flattened();
        let too_long = EncodeError::TooLong { field: Field::Sources, max };
        if self.sources.len() < min {
            return Err(EncodeError::TooShort { field: Field::Sources, min });
        }
        if self.sources.len() > max {
            return Err(too_long);
        }
        let number = u16::try_from(self.sources.len()).map_err(|_| too_long)?;
        head(feature, 0, FIXED.saturating_add(sources.len()), out)?;
        out.put(&self.receiver.0);
        out.put(&[mode, 0]);
        out.put(&number.to_be_bytes());
        out.put(&self.group.0);
        out.bytes(sources);
        Ok(())
    }
}

pub(super) fn read(body: &[u8]) -> Read<'_, ListenerContext<'_>> {
    let (at_mode, receiver) = chunk(Layer::ContextData, Field::Address, body)?;
    let (at_group, &[mode, _, n0, n1]) = chunk(Layer::ContextData, Field::FilterMode, at_mode)?;
    let (at_sources, group) = chunk(Layer::ContextData, Field::MulticastAddress, at_group)?;
    let number = u16::from_be_bytes([n0, n1]);
    // The block ends with its last source: 40 + 16 N is always a multiple of 8.
    let (sources, ragged) = at_sources.as_chunks();
    if sources.len() != usize::from(number) || !ragged.is_empty() {
        let needed = usize::from(number).saturating_mul(16);
        return Err(wrong(Layer::ContextData, Field::Sources, at_sources, needed, at_sources.len()));
    }
    let at_number = at_mode.get(2..).unwrap_or_default();
    let mode = match (mode, number) {
        (INCLUDE, 0) => return Err(wrong(Layer::ContextData, Field::NumberOfSources, at_number, 1, 0)),
        (INCLUDE, _) => FilterMode::Include,
        (EXCLUDE, 0) => FilterMode::Exclude,
        (EXCLUDE, _) => {
            return Err(wrong(Layer::ContextData, Field::NumberOfSources, at_number, 0, number.into()));
        }
        _ => return Err(wrong(Layer::ContextData, Field::FilterMode, at_mode, INCLUDE.into(), mode.into())),
    };
    Ok((&[], ListenerContext { receiver: Addr(*receiver), mode, group: Addr(*group), sources }))
}

const INCLUDE: u8 = 1;
const EXCLUDE: u8 = 2;

/// Octets of the body before the sources.
const FIXED: usize = 36;

#[cfg(test)]
mod tests {
    use std::vec::Vec;

    use super::*;
    use crate::wire::Dialect;
    use crate::wire::cxtp::Block;
    use crate::wire::out::Count;

    const CONTEXT: ListenerContext<'_> = ListenerContext {
        receiver: Addr([0x20; 16]),
        mode: FilterMode::Include,
        group: Addr([0xff; 16]),
        sources: &[[0x21; 16]],
    };

    fn body(mode: u8, number: u8, sources: usize) -> Vec<u8> {
        let mut body = std::vec![0x20; 16];
        body.extend([mode, 0xaa, 0, number]);
        body.extend([0xff; 16]);
        body.extend(std::vec![0x21; 16 * sources]);
        body
    }

    fn read(body: &[u8]) -> Block<'_> {
        Block::other(0x8001, 0, body, &Dialect::DEFAULT)
    }

    fn fault(body: &[u8]) -> (Field, u16, u16, u16) {
        let block = read(body);
        let Block::Malformed(malformed) = block else { panic!("{block:?} is no fault") };
        let error = malformed.error();
        (error.field, error.offset, error.needed, error.have)
    }

    fn write(context: ListenerContext<'_>) -> Result<usize, EncodeError> {
        let mut out = Count(0);
        context.write(0x8001, &mut out).map(|()| out.0)
    }

    #[test]
    fn a49_a_block_tells_receiver_mode_group_and_sources() {
        assert_eq!(read(&body(1, 1, 1)), Block::Listener(CONTEXT));
        let exclude = ListenerContext { mode: FilterMode::Exclude, sources: &[], ..CONTEXT };
        assert_eq!(read(&body(2, 0, 0)), Block::Listener(exclude));
    }

    #[test]
    fn a51_exclude_has_no_sources() {
        assert_eq!(fault(&body(2, 1, 1)), (Field::NumberOfSources, 22, 0, 1));
        let exclude = ListenerContext { mode: FilterMode::Exclude, ..CONTEXT };
        assert_eq!(write(exclude), Err(EncodeError::TooLong { field: Field::Sources, max: 0 }));
        assert_eq!(write(ListenerContext { sources: &[], ..exclude }), Ok(40));
    }

    #[test]
    fn include_has_sources() {
        assert_eq!(fault(&body(1, 0, 0)), (Field::NumberOfSources, 22, 1, 0));
        let nothing = ListenerContext { sources: &[], ..CONTEXT };
        assert_eq!(write(nothing), Err(EncodeError::TooShort { field: Field::Sources, min: 1 }));
    }

    #[test]
    fn a_mode_or_number_that_cannot_be_is_malformed() {
        assert_eq!(fault(&body(3, 0, 0)), (Field::FilterMode, 20, 1, 3));
        assert_eq!(fault(&body(1, 2, 1)), (Field::Sources, 40, 32, 16));
        assert_eq!(fault(&body(1, 1, 2)), (Field::Sources, 40, 16, 32));
        let mut ragged = body(1, 1, 1);
        ragged.extend([0; 8]);
        assert_eq!(fault(&ragged), (Field::Sources, 40, 16, 24));
        assert_eq!(fault(&[0; 12]), (Field::Address, 4, 16, 12));
        assert_eq!(fault(&[0; 20]), (Field::MulticastAddress, 24, 16, 0));
    }

    #[test]
    fn more_sources_than_fit_travel_in_several_blocks() {
        let sources: Vec<_> = (0..=255).map(|n| [n; 16]).collect();
        let whole = ListenerContext { sources: &sources, ..CONTEXT };
        assert_eq!(write(whole), Err(EncodeError::TooLong { field: Field::Sources, max: 125 }));
        let parts: Vec<_> = whole.cut().collect();
        assert_eq!(parts.iter().map(|part| part.sources.len()).collect::<Vec<_>>(), [125, 125, 6]);
        assert_eq!(parts.iter().flat_map(|part| part.sources).copied().collect::<Vec<_>>(), sources);
        assert_eq!(write(parts[0]), Ok(2_040));
        let exclude = ListenerContext { mode: FilterMode::Exclude, sources: &[], ..CONTEXT };
        assert!(exclude.cut().eq([exclude]));
    }

    #[test]
    fn a_context_says_what_a_current_state_record_says() {
        let record = CONTEXT.record();
        assert_eq!((record.kind, record.group, record.sources.len()), (RecordType::IS_IN, CONTEXT.group, 1));
        let exclude = ListenerContext { mode: FilterMode::Exclude, sources: &[], ..CONTEXT };
        assert_eq!(exclude.record().kind, RecordType::IS_EX);
        assert_eq!(CONTEXT.judge(), Ok(()));
        let unicast = ListenerContext { group: Addr([0x20; 16]), ..CONTEXT };
        assert_eq!(unicast.judge(), Err(Fault::GroupNotMulticast));
    }
}
