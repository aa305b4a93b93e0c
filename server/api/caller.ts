import { headers } from "next/headers";
import { forbidden, redirect } from "next/navigation";
import { isAllowed } from "#server/domain/permissions.ts";
import { getSession } from "#server/services/identity/get-session.ts";
import { pathHeader } from "#server/services/identity/request-headers.ts";
import { type PagePattern, pageAccess } from "./access.ts";
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
  const asked = await headers();
  return createCaller(apiContext(await getSession(), asked), {
    onError({ error }) {
      if (error.code === "UNAUTHORIZED") redirect(signInPath(asked));
    },
  });
}

/** Every page begins with this: it lets in whom the table lets in, and gives the page its `serverCaller`. */
export async function openPage(page: PagePattern) {
  const access = pageAccess[page];
  if (access !== "none") {
    const session = await getSession();
    if (session === null) redirect(signInPath(await headers()));
    if (!isAllowed(session.user.role, access)) forbidden();
  }
  return serverCaller();
}

function signInPath(asked: Headers): string {
  return `/sign-in?return=${encodeURIComponent(asked.get(pathHeader) ?? "/")}`;
}
