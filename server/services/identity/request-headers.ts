/** What the bare server tells Next of a request; whatever a client sent under these names is overwritten. */

/** Where it came from. */
export const addressHeader = "x-anytime-address";
/** The path and query that are asked for, so that one comes back to them after signing in. */
export const pathHeader = "x-anytime-path";
/** What an inline script of this page must carry to be run. */
export const nonceHeader = "x-anytime-nonce";
