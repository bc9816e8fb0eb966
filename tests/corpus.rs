//! Every file of the fuzz corpus through the body of its target.
#![cfg(feature = "arbitrary")]
mod bodies;
#[test]
fn quick() {
    for (name, body) in bodies::TARGETS {
        let mut seed = 1u64;
        for n in 0..300 {
            let tape: Vec<u8> = (0..n)
                .map(|_| {
                    seed = seed.wrapping_mul(6364136223846793005).wrapping_add(1442695040888963407);
                    (seed >> 56) as u8
                })
                .collect();
            body(&tape);
        }
        println!("{name}");
    }
}
