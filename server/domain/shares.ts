import { z } from "zod";

/** How traffic is divided while two releases of a service environment are served side by side. */

/** By what a visitor is told from another; who has none of it is drawn for anew with each request. */
export const stickySchema = z.strictObject({
  by: z.enum(["header", "cookie"]),
  name: z.string().regex(/^[!#$%&'*+.^_`|~0-9A-Za-z-]{1,100}$/, "Write the name of a header or a cookie."),
});
export type Sticky = z.output<typeof stickySchema>;
