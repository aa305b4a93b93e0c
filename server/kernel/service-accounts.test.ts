import { expect, test } from "vitest";
import { loadEnvironment } from "./env.ts";
import { canIsolateServices, serviceAccounts, usersWithin } from "./service-accounts.ts";

test.skipIf(!canIsolateServices())(
  "each service has a uid of its own, and none a second time (skipped for anybody but root)",
  () => {
    const accountOf = serviceAccounts({ first: 20_000, last: 20_002 });
    expect([1, 2].map(accountOf)).toEqual([
      { uid: 20_001, gid: 20_001 },
      { uid: 20_002, gid: 20_002 },
    ]);
    expect(() => accountOf(3)).toThrow("set ANYTIME_SERVICE_UIDS to more than 20000-20002");
  },
);

test("users of the machine who have uids of services are found", () => {
  const passwd =
    "root:x:0:0::/root:/bin/sh\nada:x:20000:100::/home/ada:/bin/sh\nnobody:x:65534:65534::/:\n\n";
  expect(usersWithin({ first: 20_000, last: 59_999 }, passwd)).toEqual(["ada"]);
});

test("the range of uids is read from the environment; a wrong one is refused by name", () => {
  expect(loadEnvironment({}).serviceUids).toEqual({ first: 20_000, last: 59_999 });
  expect(loadEnvironment({ ANYTIME_SERVICE_UIDS: "300000-399999" }).serviceUids.first).toBe(300_000);
  for (const wrong of ["20000", "0000-9999", "30000-20000", "many"]) {
    expect(() => loadEnvironment({ ANYTIME_SERVICE_UIDS: wrong })).toThrow(/ANYTIME_SERVICE_UIDS: /);
  }
});
