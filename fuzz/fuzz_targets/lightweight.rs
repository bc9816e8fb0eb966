#![no_main]
libfuzzer_sys::fuzz_target!(|octets: &[u8]| multimob_fuzz::bodies::lightweight(octets));
