//! The scenarios that come with the crate.

use alloc::string::ToString;

use super::scenario::Scenario;

/// Name and text of every scenario that comes with the crate; the first one is the one to show first.
pub const BUILTIN: &[(&str, &str)] = &[
    ("asaeda-fig6", include_str!("../../testdata/scenarios/asaeda-fig6.toml")),
    ("asaeda-fig4", include_str!("../../testdata/scenarios/asaeda-fig4.toml")),
    ("asaeda-fig7", include_str!("../../testdata/scenarios/asaeda-fig7.toml")),
    ("hundred-nodes", include_str!("../../testdata/scenarios/hundred-nodes.toml")),
    ("silent-node", include_str!("../../testdata/scenarios/silent-node.toml")),
    ("mobile-tuning", include_str!("../../testdata/scenarios/mobile-tuning.toml")),
    ("lossy", include_str!("../../testdata/scenarios/lossy.toml")),
];

/// The captures that they play.
const CAPTURES: &[(&str, &[u8])] =
    &[("../captures/linux-handover.pcap", include_bytes!("../../testdata/captures/linux-handover.pcap"))];

pub(super) fn scenario(name: &str) -> Option<Scenario> {
    let &(name, text) = BUILTIN.iter().find(|(known, _)| *known == name)?;
    let mut open = |path: &str| {
        let capture = CAPTURES.iter().find(|(known, _)| *known == path);
        capture
            .map(|(_, octets)| octets.to_vec())
            .ok_or_else(|| "not among the built-in captures".to_string())
    };
    Scenario::parse(name, text, &mut open).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_one_of_them_is_a_scenario() {
        for (name, text) in BUILTIN {
            let mut open =
                |path: &str| Ok(CAPTURES.iter().find(|(known, _)| *known == path).unwrap().1.to_vec());
            if let Err(error) = Scenario::parse(name, text, &mut open) {
                panic!("{error}");
            }
            assert!(scenario(name).is_some());
        }
        assert_eq!(scenario("nothing"), None);
    }
}
