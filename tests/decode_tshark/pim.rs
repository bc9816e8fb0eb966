//! PIM in tshark's names.
//!
//! It shows every group twice, verifies no checksum of the dummy PIM header in a Null-Register, and of that header shows
//! type 0.

use multimob::wire::pim::MessageType;
use serde_json::{Value, json};

use crate::{Said, text};

pub(crate) const FIELDS: &[&str] = &[
    "pim.type",
    "pim.cksum.status",
    "pim.optiontype",
    "pim.holdtime",
    "pim.t",
    "pim.propagation_delay",
    "pim.override_interval",
    "pim.dr_priority",
    "pim.generation_id",
    "pim.address_list_ip6",
    "pim.register_flag.border",
    "pim.register_flag.null_register",
    "pim.upstream_neighbor_ip6",
    "pim.numgroups",
    "pim.numjoins",
    "pim.numprunes",
    "pim.group_ip6",
    "pim.mask_len",
    "pim.group_addr.flags.b",
    "pim.group_addr.flags.z",
    "pim.join_ip6",
    "pim.prune_ip6",
    "pim.source_ip6",
    "pim.source_addr.flags.s",
    "pim.source_addr.flags.w",
    "pim.source_addr.flags.r",
    "pim.rpt",
    "pim.metric_pref",
    "pim.metric",
    "pim.fragment_tag",
    "pim.hash_mask_len",
    "pim.bsr_priority",
    "pim.bsr_ip6",
    "pim.rp_count",
    "pim.frp_count",
    "pim.rp_ip6",
    "pim.priority",
    "pim.prefix_count",
];

/// S, W and R of an entry of a kind.
const KINDS: [(&str, [&str; 3]); 3] =
    [("(S,G)", ["1", "0", "0"]), ("(S,G,rpt)", ["1", "0", "1"]), ("(*,G)", ["1", "1", "1"])];

impl Said<'_> {
    pub(crate) fn pim(&mut self, kind: &str) {
        let line = self.line;
        let code = match kind {
            "Hello" => MessageType::HELLO,
            "Register" => MessageType::REGISTER,
            "RegisterStop" => MessageType::REGISTER_STOP,
            "JoinPrune" => MessageType::JOIN_PRUNE,
            "Bootstrap" => MessageType::BOOTSTRAP,
            "Assert" => MessageType::ASSERT,
            "CandidateRp" => MessageType::CANDIDATE_RP_ADVERTISEMENT,
            _ => MessageType(line["kind"].as_u64().unwrap() as u8),
        };
        self.put("pim.type", code.0.to_string());
        self.put("pim.cksum.status", "1".to_string());
        match kind {
            "Hello" => self.each("options", Self::hello_option),
            "Register" => self.register(),
            "RegisterStop" => {
                self.group(line);
                self.copy(&[("pim.source_ip6", "source")]);
            }
            "JoinPrune" => {
                self.copy(&[("pim.upstream_neighbor_ip6", "upstream"), ("pim.holdtime", "holdtime_s")]);
                self.put("pim.numgroups", line["groups"].as_array().unwrap().len().to_string());
                self.each("groups", Self::group_set);
            }
            "Bootstrap" => {
                let tag = line["fragment_tag"].as_u64().unwrap();
                self.put("pim.fragment_tag", format!("0x{tag:04x}"));
                self.copy(&[
                    ("pim.hash_mask_len", "hash_mask_length"),
                    ("pim.bsr_priority", "priority"),
                    ("pim.bsr_ip6", "bsr"),
                ]);
                self.each("ranges", Self::range);
            }
            "Assert" => {
                self.group(line);
                self.bit("pim.rpt", &line["rpt"]);
                self.copy(&[
                    ("pim.source_ip6", "source"),
                    ("pim.metric_pref", "preference"),
                    ("pim.metric", "metric"),
                ]);
            }
            "CandidateRp" => {
                self.put("pim.prefix_count", line["groups"].as_array().unwrap().len().to_string());
                self.copy(&[
                    ("pim.priority", "priority"),
                    ("pim.holdtime", "holdtime_s"),
                    ("pim.rp_ip6", "rp"),
                ]);
                self.each("groups", Self::group);
            }
            _ => {}
        }
    }

    fn each(&mut self, name: &str, say: fn(&mut Self, &Value)) {
        self.line[name].as_array().unwrap().iter().for_each(|value| say(self, value));
    }

    fn bit(&mut self, field: &'static str, flag: &Value) {
        self.put(field, u8::from(flag == &json!(true)).to_string());
    }

    fn hello_option(&mut self, option: &Value) {
        self.put("pim.optiontype", text(&option["type"]));
        let mut put = |field, name: &str| self.put(field, text(&option[name]));
        match option["name"].as_str().unwrap_or_default() {
            "HOLDTIME" => put("pim.holdtime", "seconds"),
            "LAN_PRUNE_DELAY" => {
                put("pim.propagation_delay", "propagation_ms");
                put("pim.override_interval", "override_ms");
                self.bit("pim.t", &option["t"]);
            }
            "DR_PRIORITY" => put("pim.dr_priority", "priority"),
            "GENERATION_ID" => put("pim.generation_id", "id"),
            "ADDRESS_LIST" => self.list("pim.address_list_ip6", &option["addresses"]),
            _ => {}
        }
    }

    /// The packet inside is taken apart as well.
    fn register(&mut self) {
        let line = self.line;
        self.bit("pim.register_flag.border", line.get("border").unwrap_or(&json!(false)));
        self.bit("pim.register_flag.null_register", &line["null"]);
        self.copy(&[("ipv6.src", "source"), ("ipv6.dst", "group")]);
        let packet = text(&line["packet"]);
        self.put("ipv6.hlim", u8::from_str_radix(&packet[14..16], 16).unwrap().to_string());
        if line["null"] == true {
            self.put("pim.type", "0".to_string());
            self.put("pim.cksum.status", "2".to_string());
        }
    }

    fn group(&mut self, group: &Value) {
        for _ in 0..2 {
            self.put("pim.group_ip6", text(&group["group"]));
        }
        self.mask_length(group);
        self.bit("pim.group_addr.flags.b", group.get("bidirectional").unwrap_or(&json!(false)));
        self.bit("pim.group_addr.flags.z", group.get("zone").unwrap_or(&json!(false)));
    }

    fn mask_length(&mut self, of: &Value) {
        self.put("pim.mask_len", of.get("mask_length").map_or("128".to_string(), text));
    }

    fn group_set(&mut self, set: &Value) {
        self.group(set);
        for (list, number, address) in
            [("joined", "pim.numjoins", "pim.join_ip6"), ("pruned", "pim.numprunes", "pim.prune_ip6")]
        {
            let sources = set[list].as_array().unwrap();
            self.put(number, sources.len().to_string());
            for source in sources {
                self.put(address, text(&source["address"]));
                self.source(source);
            }
        }
    }

    fn source(&mut self, source: &Value) {
        self.put("pim.source_ip6", text(&source["address"]));
        self.mask_length(source);
        let bits = match source["flags"].as_array() {
            Some(flags) => {
                ["S", "W", "R"].map(|letter| if flags.contains(&json!(letter)) { "1" } else { "0" })
            }
            None => KINDS.iter().find(|(kind, _)| source["kind"] == *kind).unwrap().1,
        };
        let fields = ["pim.source_addr.flags.s", "pim.source_addr.flags.w", "pim.source_addr.flags.r"];
        for (field, bit) in fields.into_iter().zip(bits) {
            self.put(field, bit.to_string());
        }
    }

    fn range(&mut self, range: &Value) {
        self.group(range);
        let rps = range["rps"].as_array().unwrap();
        self.put("pim.rp_count", text(&range["rp_count"]));
        self.put("pim.frp_count", rps.len().to_string());
        for rp in rps {
            self.put("pim.rp_ip6", text(&rp["rp"]));
            self.put("pim.holdtime", text(&rp["holdtime_s"]));
            self.put("pim.priority", text(&rp["priority"]));
        }
    }
}
