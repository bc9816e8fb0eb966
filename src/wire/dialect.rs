//! Code points that the drafts left open, and bits that two documents claim: what a peer means by them is
//! configuration, never a guess (digest 2.3.1).

/// What one bit means in messages to and from a peer.
///
/// Draft asaeda's C, draft liu's Q and the F of RFC 5555 are the same bit, 0x0100 of a Binding Update; liu's Q of
/// a Binding Acknowledgement is the T of RFC 5845.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "kebab-case"))]
#[non_exhaustive]
pub enum FlagDialect {
    /// The registered meaning: F and T. C and Q have no bit; options alone tell a PBU-M and a PBU-Q.
    #[default]
    Registered,
    /// 0x0100 is C on every proxy registration (A52).
    AsaedaC,
    /// 0x0100 is Q on every proxy registration, 0x10 is Q on every acknowledgement (L15).
    LiuQ,
    /// 0x0100 is Q beside a Queried Home Address option, else C beside a Multicast State option, else F.
    Discriminated,
    /// C and Q at unassigned bits: for a laboratory, never for a network of others.
    Relocated {
        /// C of a Binding Update.
        c: u16,
        /// Q of a Binding Update.
        q: u16,
        /// Q of a Binding Acknowledgement.
        ba_q: u8,
    },
}

impl FlagDialect {
    /// [`FlagDialect::Relocated`] at the bits that the digest proposes.
    pub const RELOCATED: Self = Self::Relocated { c: 0x0008, q: 0x0004, ba_q: 0x01 };
}

/// Record types of MLD Hold (digest 1.B.6).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct HoldTypes {
    /// HOLD_INCLUDE.
    pub include: u8,
    /// HOLD_EXCLUDE.
    pub exclude: u8,
}

impl HoldTypes {
    /// Types that a plain MLDv2 router skips: the safe default.
    pub const PRIVATE: Self = Self { include: 0x81, exclude: 0x82 };
    /// The draft's own, which collide with MODE_IS_INCLUDE and MODE_IS_EXCLUDE.
    pub const LITERAL: Self = Self { include: 1, exclude: 2 };

    /// Whether one of them is the type of a current-state record too, so that who uses them states what it wants by
    /// other types: ALLOW_NEW_SOURCES and CHANGE_TO_EXCLUDE_MODE.
    #[must_use]
    pub const fn are_of_current_state(self) -> bool {
        matches!(self.include, 1 | 2) || matches!(self.exclude, 1 | 2)
    }
}

/// Types of the mobility options that the drafts left to be assigned (D-2, D-20, D-23).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct OptionTypes {
    /// Multicast State (asaeda 7.4, sarikaya 4.1).
    pub multicast_state: u8,
    /// Care-of Address (liu 8.3).
    pub care_of_address: u8,
    /// Queried Home Address (D-20).
    pub queried_home_address: u8,
}

/// Feature profile types of CXTP (digest 1.B.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
pub struct FeatureTypes {
    /// MLDv2 listener context, the M-CTD.
    pub listener_context: u16,
    /// MN-Identifier.
    pub mn_identifier: u16,
    /// Policy profile, opaque to this crate.
    pub policy_profile: u16,
}

/// All that a peer's configuration says about code points. Small and `Copy`; messages carry it with their lists.
///
/// ```
/// use multimob::wire::{Dialect, FlagDialect};
///
/// let towards_an_asaeda_lma = Dialect { flags: FlagDialect::AsaedaC, ..Dialect::default() };
/// assert_eq!(towards_an_asaeda_lma.options.multicast_state, 200);
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(default))]
pub struct Dialect {
    /// What C, Q, F and T mean.
    pub flags: FlagDialect,
    /// Option types.
    pub options: OptionTypes,
    /// Hold record types.
    pub hold: HoldTypes,
    /// Feature profile types.
    pub features: FeatureTypes,
    /// Whether a report drawn raw into the option area of a PBU-M is read (D-1). It is never written.
    pub accept_raw_pbu_m: bool,
}

impl Dialect {
    /// The defaults: registered flags, local option types 200 to 202, private Hold types, profile types from 0x8001.
    pub const DEFAULT: Self = Self {
        flags: FlagDialect::Registered,
        options: OptionTypes { multicast_state: 200, care_of_address: 201, queried_home_address: 202 },
        hold: HoldTypes::PRIVATE,
        features: FeatureTypes { listener_context: 0x8001, mn_identifier: 0x8002, policy_profile: 0x8003 },
        accept_raw_pbu_m: false,
    };

    /// The defaults with other flags.
    #[must_use]
    pub const fn with_flags(flags: FlagDialect) -> Self {
        Self { flags, ..Self::DEFAULT }
    }
}

impl Default for Dialect {
    fn default() -> Self {
        Self::DEFAULT
    }
}
