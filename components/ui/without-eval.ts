import { config } from "zod/v4/core";

// Zod tries whether it may compile its checks by eval. The portal's pages forbid that, and browsers report each try.
if (typeof window !== "undefined") config({ jitless: true });
