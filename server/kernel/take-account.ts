import type { Account } from "./service-accounts.ts";

/** This process gives up the rights of root for good, and goes on as the account; null leaves it as it is. */
export function takeAccount(account: Account): void {
  if (account === null) return;
  const { setgroups, setgid, setuid, getuid, getgid } = process;
  if (!setgroups || !setgid || !setuid) throw new Error("Only Unix has accounts to take.");
  setgroups([]);
  setgid(account.gid);
  setuid(account.uid);
  if (getuid?.() !== account.uid || getgid?.() !== account.gid) throw new Error("It is still another user.");
}
