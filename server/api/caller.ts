import { getSession } from "#server/services/identity/get-session.ts";
import { apiContext } from "./context.ts";
import { createCallerFactory } from "./procedures.ts";
import { appRouter } from "./root.ts";

export { pathHeader } from "#server/services/identity/request-headers.ts";

const createCaller = createCallerFactory(appRouter);

/** The API for a page that is drawn on the server, as whoever asks for the page. Errors are TRPCError. */
export async function serverCaller() {
  return createCaller(apiContext(await getSession()));
}
