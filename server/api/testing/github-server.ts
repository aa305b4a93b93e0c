import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { listenOnFreePort, type TestServer } from "#server/services/identity/testing/listen.ts";

/** Answers as GitHub Enterprise documents it, for one person: where the real one cannot be asked. */
export function openGithubServer(person: {
  id: number;
  email: string;
  verified: boolean;
}): Promise<TestServer> {
  const challenges = new Map<string, string>();
  return listenOnFreePort((url) => (request, response) => {
    void answer(url, request, response, { person, challenges });
  });
}

interface State {
  person: { id: number; email: string; verified: boolean };
  challenges: Map<string, string>;
}

async function answer(base: string, request: IncomingMessage, response: ServerResponse, state: State) {
  const { pathname, searchParams } = new URL(request.url ?? "/", base);
  const json = (status: number, body: unknown) =>
    response.writeHead(status, { "content-type": "application/json" }).end(JSON.stringify(body));
  if (pathname === "/login/oauth/authorize") {
    const code = `code-${state.challenges.size}`;
    state.challenges.set(code, searchParams.get("code_challenge") ?? "");
    const back = new URL(searchParams.get("redirect_uri") ?? "");
    back.searchParams.set("code", code);
    back.searchParams.set("state", searchParams.get("state") ?? "");
    return response.writeHead(302, { location: back.href }).end();
  }
  if (pathname === "/login/oauth/access_token") {
    const form = new URLSearchParams(await bodyOf(request));
    const challenge = createHash("sha256")
      .update(form.get("code_verifier") ?? "")
      .digest("base64url");
    if (state.challenges.get(form.get("code") ?? "") !== challenge)
      return json(400, { error: "invalid_grant" });
    return json(200, { access_token: "token", token_type: "bearer", scope: "read:user,user:email" });
  }
  if (request.headers.authorization !== "Bearer token") return json(401, {});
  const { id, email, verified } = state.person;
  if (pathname === "/api/v3/user") return json(200, { id, login: "octo", name: null });
  return json(200, [
    { email: "other@example.org", primary: false, verified: true },
    { email, primary: true, verified },
  ]);
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  let text = "";
  for await (const chunk of request.setEncoding("utf8")) text += chunk;
  return text;
}
