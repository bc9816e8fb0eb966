//! Options of enhanced route optimization (RFC 4866 5).

use crate::wire::fields::body;

body! {
    /// CGA Parameters Request (11, RFC 4866 5.6).
    CgaParametersRequest {}
}

body! {
    /// CGA Parameters (12, RFC 4866 5.1). Parameters of more than 255 octets fill several options in a row.
    CgaParameters<'a> {
        /// Parameters, or a part of them: at most 255 octets.
        parameters: &'a [u8],
    }
}

body! {
    /// Signature (13, RFC 4866 5.2) over the CGA Parameters before it.
    Signature<'a> {
        /// The signature, at most 255 octets.
        signature: &'a [u8],
    }
}

body! {
    /// Permanent Home Keygen Token (14, RFC 4866 5.3).
    PermanentHomeKeygenToken<'a> {
        /// The token, encrypted, at most 255 octets.
        token: &'a [u8],
    }
}

body! {
    /// Care-of Test Init (15, RFC 4866 5.4).
    CareOfTestInit {}
}

body! {
    /// Care-of Test (16, RFC 4866 5.5).
    CareOfTest {
        /// Care-of Keygen Token.
        token: [u8; 8],
    }
}
