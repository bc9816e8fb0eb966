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
