//! Assert (RFC 7761 4.9.6).

use super::address::{Group, group, unicast, write_unicast};
use crate::wire::Addr;
use crate::wire::error::{EncodeError, Field, Layer};
use crate::wire::out::Out;
use crate::wire::read::{Read, chunk};

/// Assert: who forwards on a link.
///
/// R tells from where the route is, not which state is meant: an Assert that names a source goes to the (S,G) machine
/// first, whatever its R.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assert {
    /// The group.
    pub group: Group,
    /// The source; `::` for none.
    pub source: Addr,
    /// R: preference and metric are those of the route to the RP.
    pub rpt: bool,
    /// Preference of the route's protocol, 31 bits.
    pub preference: u32,
    /// Metric of the route.
    pub metric: u32,
}

impl Assert {
    /// The worst preference. With [`Assert::INFINITE_METRIC`] it stands for the infinite metric, to which RFC 7761 gives
    /// no value.
    pub const INFINITE_PREFERENCE: u32 = 0x7fff_ffff;

    /// The worst metric.
    pub const INFINITE_METRIC: u32 = u32::MAX;

    /// AssertCancel (RFC 7761 4.6.4): the winner has nothing to forward any more. That of (S,G) names its source, that
    /// of (\*,G) has `::`.
    #[must_use]
    pub const fn cancel(group: Addr, source: Addr) -> Self {
        let (preference, metric) = (Self::INFINITE_PREFERENCE, Self::INFINITE_METRIC);
        Self { group: Group::single(group), source, rpt: true, preference, metric }
    }

    /// Whether the metric is infinite.
    #[must_use]
    pub const fn is_infinite(&self) -> bool {
        self.preference == Self::INFINITE_PREFERENCE && self.metric == Self::INFINITE_METRIC
    }

    /// Whether it is an AssertCancel.
    #[must_use]
    pub const fn is_cancel(&self) -> bool {
        self.rpt && self.is_infinite()
    }

    pub(super) fn read(data: &[u8]) -> Read<'_, Self> {
        let (rest, group) = group(data)?;
        let (rest, source) = unicast(Layer::Pim, rest)?;
        let (rest, &[p0, p1, p2, p3, m0, m1, m2, m3]) = chunk(Layer::Pim, Field::Metric, rest)?;
        let first = u32::from_be_bytes([p0, p1, p2, p3]);
        let assert = Self {
            group,
            source,
            rpt: first > Self::INFINITE_PREFERENCE,
            preference: first & Self::INFINITE_PREFERENCE,
            metric: u32::from_be_bytes([m0, m1, m2, m3]),
        };
        Ok((rest, assert))
    }

    pub(super) fn write(&self, out: &mut impl Out) -> Result<(), EncodeError> {
        if self.preference > Self::INFINITE_PREFERENCE {
            let max = usize::try_from(Self::INFINITE_PREFERENCE).unwrap_or(usize::MAX);
            return Err(EncodeError::TooLong { field: Field::MetricPreference, max });
        }
        self.group.write(out);
        write_unicast(out, self.source);
        out.put(&(u32::from(self.rpt) << 31 | self.preference).to_be_bytes());
        out.put(&self.metric.to_be_bytes());
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const GROUP: Addr = Addr([0xff; 16]);
    const SOURCE: Addr = Addr([0x20; 16]);

    #[test]
    fn rfc7761_4_6_4_a_cancel_is_an_infinite_metric_of_the_shared_tree() {
        for source in [SOURCE, Addr::UNSPECIFIED] {
            let cancel = Assert::cancel(GROUP, source);
            assert!(cancel.is_cancel() && cancel.is_infinite());
            assert!(!Assert { rpt: false, ..cancel }.is_cancel());
            assert!(!Assert { metric: u32::MAX - 1, ..cancel }.is_cancel());
            assert!(!Assert { preference: 0x7fff_fffe, ..cancel }.is_infinite());
        }
    }

    #[test]
    fn a_preference_of_more_than_31_bits_is_refused() {
        let assert = Assert { preference: 0x8000_0000, ..Assert::cancel(GROUP, SOURCE) };
        let refused = EncodeError::TooLong { field: Field::MetricPreference, max: 0x7fff_ffff };
        assert_eq!(assert.write(&mut crate::wire::out::Count(0)), Err(refused));
    }
}
