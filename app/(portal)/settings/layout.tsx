import type { ReactNode } from "react";
import { SettingsFrame } from "#components/settings/settings-frame.tsx";
import { serverCaller } from "#server/api/caller.ts";

export default async function SettingsLayout({ children }: { children: ReactNode }) {
  const api = await serverCaller();
  const { may } = await api.session.current();
  return <SettingsFrame may={may}>{children}</SettingsFrame>;
}
