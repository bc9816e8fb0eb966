//! IGMP in tshark's names.
//!
//! It shows the Querier's Query Interval as its code, and no time to respond of version 1.

use serde_json::Value;

use crate::{Said, text};

pub(crate) const FIELDS: &[&str] = &[
    "ip.src",
    "ip.dst",
    "ip.ttl",
    "ip.dsfield",
    "ip.opt.ra",
    "igmp.type",
    "igmp.version",
    "igmp.checksum.status",
    "igmp.max_resp",
    "igmp.maddr",
    "igmp.s",
    "igmp.qrv",
    "igmp.qqic",
    "igmp.num_src",
    "igmp.saddr",
    "igmp.num_grp_recs",
    "igmp.record_type",
    "igmp.aux_data_len",
];

impl Said<'_> {
    pub(crate) fn igmp(&mut self, kind: &str) {
        let line = self.line;
        self.copy(&[("ip.src", "src"), ("ip.dst", "dst"), ("ip.ttl", "hop_limit")]);
        self.put("ip.dsfield", "0xc0".to_string());
        if line["router_alert"] == true {
            self.put("ip.opt.ra", "0".to_string());
        }
        let (code, version) = match kind {
            "Query" => ("0x11", 3),
            "QueryV2" => ("0x11", 2),
            "QueryV1" => ("0x11", 1),
            "Report" => ("0x22", 3),
            "ReportV2" => ("0x16", 2),
            "ReportV1" => ("0x12", 1),
            "Leave" => ("0x17", 2),
            other => panic!("{other}"),
        };
        self.put("igmp.type", code.to_string());
        self.put("igmp.version", version.to_string());
        self.put("igmp.checksum.status", "1".to_string());
        let tenths = || line["max_response_ms"].as_u64().map_or(0, |ms| ms / 100).to_string();
        match kind {
            "Query" => {
                self.put("igmp.max_resp", tenths());
                self.copy(&[("igmp.maddr", "group"), ("igmp.qrv", "qrv")]);
                self.put("igmp.s", u8::from(line["s"] == true).to_string());
                self.put("igmp.qqic", qqic(line["qqi_s"].as_u64().unwrap()).to_string());
                self.put("igmp.num_src", line["sources"].as_array().unwrap().len().to_string());
                self.list("igmp.saddr", &line["sources"]);
            }
            "Report" => {
                let records = line["records"].as_array().unwrap();
                self.put("igmp.num_grp_recs", records.len().to_string());
                for record in records {
                    let sources: &Value = &record["sources"];
                    self.put("igmp.record_type", text(&record["type"]));
                    self.put("igmp.aux_data_len", "0".to_string());
                    self.put("igmp.num_src", sources.as_array().unwrap().len().to_string());
                    self.put("igmp.maddr", text(&record["group"]));
                    self.list("igmp.saddr", sources);
                }
            }
            "QueryV1" => self.put("igmp.maddr", "0.0.0.0".to_string()),
            "ReportV1" => self.copy(&[("igmp.maddr", "group")]),
            _ => {
                self.put("igmp.max_resp", tenths());
                self.copy(&[("igmp.maddr", "group")]);
            }
        }
    }
}

/// RFC 3376 4.1.7, the other way round: the code of an interval that has one.
fn qqic(seconds: u64) -> u64 {
    let value = |code: u64| {
        if code < 0x80 { code } else { (code & 0x0f | 0x10) << ((code >> 4 & 7) + 3) }
    };
    (0..=0xff).find(|code| value(*code) == seconds).unwrap()
}
