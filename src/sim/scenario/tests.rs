//! Faults in scenario files: where they are, what is wrong, what is allowed.

use alloc::format;
use alloc::string::{String, ToString};
use alloc::vec::Vec;
use core::time::Duration;

use super::{Act, Scenario, ScenarioError};
use crate::channel::Filter;
use crate::time::Instant;

const SCENARIO: &str = r#"
title = "one node"
until = "10 s"
figure = ["mn -> mag1: MLD Report (S,G)"]

[names]
S = "2001:db8:5::5"
G = "ff3e::8000:1"

[[lma]]
name = "lma"
address = "2001:db8:1::1"
link-local = "fe80::1"

[[mag]]
name = "mag1"
address = "2001:db8:2::1"
link-local = "fe80::2"

[[mag]]
name = "mag2"
address = "2001:db8:3::1"
link-local = "fe80::3"

[[node]]
name = "mn"

[[stream]]
source = "S"
group = "G"
from = "1 s"
until = "2 s"
every = "20 ms"

[[step]]
at = "0 s"
node = "mn"
attach = "mag1"

[[step]]
at = "5 s"
node = "mn"
move = { to = "mag2", gap = "50 ms" }

[[step]]
at = "2 s"
node = "mn"
join = { group = "G", sources = ["S"] }
"#;

fn parse(text: &str) -> Result<Scenario, ScenarioError> {
    Scenario::parse("mine.toml", text, &mut |name| Err(format!("no file {name}")))
}

fn fault(from: &str, to: &str) -> ScenarioError {
    assert!(SCENARIO.contains(from), "{from}");
    parse(&SCENARIO.replacen(from, to, 1)).unwrap_err()
}

#[test]
fn a_scenario_is_what_its_file_says() {
    let scenario = parse(SCENARIO).unwrap();
    assert_eq!((scenario.nodes(), scenario.seed), (5, 1));
    let acts: Vec<(Instant, &Act)> = scenario.steps.iter().map(|step| (step.at, &step.act)).collect();
    let [s, g] = ["S", "G"].map(|name| scenario.names.lookup(name).unwrap());
    assert_eq!(
        acts,
        [
            (Instant::ZERO, &Act::Attach { gateway: 0, tell_previous: true }),
            (Instant::from_secs(2), &Act::Want { group: g, filter: Filter::include([s]) }),
            (Instant::from_secs(5), &Act::Detach),
            (Instant::from_millis(5_050), &Act::Attach { gateway: 1, tell_previous: true }),
        ],
        "in order of time, a move in its two parts"
    );
    assert_eq!(scenario.streams[0].packets(), 50);
    assert_eq!(scenario.links.access.delay, Duration::from_millis(2));
    let lma = scenario.anchors[0].config.address;
    assert!(
        scenario.gateways.iter().all(|mag| mag.config.lmas[0].address == lma && mag.config.mags.len() == 1)
    );
}

#[test]
fn a_group_of_nodes_is_counted_and_staggered() {
    let text = SCENARIO
        .replace("name = \"mn\"", "name = \"mn\"\ncount = 3")
        .replace("attach = \"mag1\"", "attach = \"mag1\"\nstagger = \"10 ms\"");
    let scenario = parse(&text).unwrap();
    let names: Vec<&str> = scenario.mobiles.iter().map(|mobile| mobile.name.as_str()).collect();
    assert_eq!(names, ["mn-1", "mn-2", "mn-3"]);
    assert_eq!(scenario.steps[2].at, Instant::from_millis(20));
    let one = parse(&text.replace("node = \"mn\"", "node = \"mn-2\"")).unwrap();
    assert!(one.steps.iter().all(|step| step.mobile == 1));
}

#[test]
fn every_fault_is_shown_in_its_place_with_what_is_allowed() {
    for (from, to, place, said) in [
        ("until = \"10 s\"", "until = \"10\"", Some((3, 9)), "as in \"20 ms\""),
        ("until = \"10 s\"", "until = 10", Some((3, 9)), "expected a time with its unit, as in \"20 ms\""),
        ("until = \"10 s\"", "until = \"4 s\"", Some((40, 1)), "after the end of the run"),
        ("group = \"G\", sources = [\"S\"]", "group = \"G\"", Some((48, 18)), "a join names its sources"),
        ("until = \"10 s\"\n", "", Some((1, 1)), "missing field `until`"),
        ("[names]", "[nmaes]", Some((6, 2)), "expected one of"),
        ("title = \"one node\"", "title = \"one node", Some((2, 18)), "string"),
        ("node = \"mn\"", "node = \"nm\"", Some((37, 8)), "no mobile node \"nm\"; there is mn"),
        ("attach = \"mag1\"", "attach = \"mag9\"", Some((38, 10)), "no MAG \"mag9\"; there is mag1, mag2"),
        ("attach = \"mag1\"", "", Some((35, 1)), "exactly one of attach"),
        ("attach = \"mag1\"", "attach = \"mag1\"\ndetach = true", Some((35, 1)), "exactly one of attach"),
        (
            "attach = \"mag1\"",
            "attach = \"mag1\"\nfall-silent = true",
            Some((35, 1)),
            "exactly one of attach, detach = true, fall-silent = true, move, join, leave",
        ),
        ("to = \"mag2\"", "to = \"lma\"", Some((43, 15)), "there is mag1, mag2"),
        ("sources = [\"S\"]", "sources = [\"G\"]", Some((48, 34)), "cannot be the source"),
        ("group = \"G\", sources", "group = \"S\", sources", Some((48, 18)), "no multicast address"),
        ("group = \"G\", sources", "group = \"H\", sources", Some((48, 18)), "[names]: G, S"),
        ("every = \"20 ms\"", "every = \"0 s\"", Some((28, 1)), "must not be zero"),
        ("every = \"20 ms\"", "every = \"20 ms\"\noctets = 4", Some((28, 1)), "between 16 and 1412"),
        ("until = \"2 s\"", "until = \"99 h\"", Some((28, 1)), "more than 10000000"),
        ("link-local = \"fe80::2\"", "link-local = \"2001::2\"", Some((15, 1)), "no link-local address"),
        ("name = \"mag2\"", "name = \"mag1\"", None, "two nodes are called \"mag1\""),
        ("name = \"mn\"", "name = \"m n\"", Some((26, 8)), "letters, digits"),
        ("name = \"mn\"", "name = \"mn\"\nprefix = \"2001::\"", Some((27, 10)), "2001:db8:100::/64"),
        (
            "[[node]]",
            "[[node]]\nname = \"a\"\nprefix = \"2001:db8:f000:2::/64\"\n\n[[node]]",
            Some((29, 1)),
            "belongs to another",
        ),
        ("name = \"mn\"", "name = \"mn\"\nlma = \"x\"", Some((27, 7)), "no LMA \"x\"; there is lma"),
        ("mn -> mag1", "mn -> mag7", Some((4, 11)), "no node \"mag7\"; there is mn, mag1"),
        ("mn -> mag1: MLD", "mn mag1 MLD", Some((4, 11)), "reads \"from -> to"),
        ("(S,G)\"", "(S;G)\"", Some((4, 11)), "a channel reads"),
    ] {
        let error = fault(from, to);
        assert_eq!(error.place, place, "{to}: {error}");
        assert!(error.to_string().contains(said), "{to}: {error}");
    }
}

#[test]
fn the_place_is_marked() {
    let shown = fault("attach = \"mag1\"", "attach = \"mag9\"").to_string();
    let lines: Vec<&str> = shown.lines().collect();
    assert_eq!(
        lines,
        [
            "mine.toml:38:10: no MAG \"mag9\"; there is mag1, mag2",
            "   |",
            "38 | attach = \"mag9\"",
            "   |          ^^^^^^"
        ]
    );
}

#[test]
fn a_capture_that_cannot_be_read_is_a_fault() {
    let replay = "name = \"mn\"\nreplay = { capture = \"x.pcap\", at = \"1 s\" }";
    let error = fault("name = \"mn\"", replay);
    assert!(error.to_string().contains("cannot read the capture \"x.pcap\": no file x.pcap"), "{error}");
}

#[test]
fn settings_reach_the_machines() {
    let settings = "[settings.mag]\ncontext-wait = \"1 s\"\n[settings.mag.access]\nrobustness = 5\n\
                    [settings.lma]\nupstream-linger = \"0 s\"\n[settings.node]\nunsolicited-report-interval = \"3 s\"\n\n[names]";
    let scenario = parse(&SCENARIO.replacen("[names]", settings, 1)).unwrap();
    let mag = &scenario.gateways[1].config;
    assert_eq!((mag.context_wait, mag.access.timing.robustness), (Duration::from_secs(1), 5));
    assert!(scenario.anchors[0].config.upstream_linger.is_zero());
    assert_eq!(scenario.mobiles[0].timing.unsolicited_report_interval, Duration::from_secs(3));
}

#[test]
fn a_preset_of_timers_is_what_the_others_change() {
    let settings = "[settings.mag.access]\npreset = \"mobile\"\nrobustness = 5\n\n[names]";
    let scenario = parse(&SCENARIO.replacen("[names]", settings, 1)).unwrap();
    let timing = scenario.gateways[0].config.access.timing;
    assert_eq!(timing, crate::mld::Timing { robustness: 5, ..crate::mld::Timing::mobile() });
    let settings = "[settings.node]\npreset = \"swift\"\n\n[names]";
    let error = fault("[names]", settings);
    assert!(
        error.to_string().contains("unknown variant `swift`, expected `standard` or `mobile`"),
        "{error}"
    );
}

#[test]
fn any_prefix_of_a_scenario_is_read_without_a_panic() {
    let cuts: Vec<usize> = (0..SCENARIO.len()).filter(|&at| SCENARIO.is_char_boundary(at)).collect();
    let read: Vec<String> =
        cuts.iter().filter_map(|&at| parse(&SCENARIO[..at]).err()).map(|e| e.to_string()).collect();
    assert!(!read.is_empty());
}
