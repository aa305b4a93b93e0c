import { headers } from "next/headers";
import { redirect } from "next/navigation";
import { getSession } from "#server/services/identity/get-session.ts";
import { pathHeader } from "#server/services/identity/request-headers.ts";
import { apiContext } from "./context.ts";
import { createCallerFactory } from "./procedures.ts";
import { appRouter } from "./root.ts";

export { pathHeader };

const createCaller = createCallerFactory(appRouter);

/**
 * The API for a page that is drawn on the server, as whoever asks for the page. Who has to sign in for that is sent
 * there and comes back; other errors are TRPCError.
 */
export async function serverCaller() {
  const path = (await headers()).get(pathHeader) ?? "/";
  return createCaller(apiContext(await getSession()), {
    onError({ error }) {
      if (error.code === "UNAUTHORIZED") redirect(`/sign-in?return=${encodeURIComponent(path)}`);
    },
  });
}
