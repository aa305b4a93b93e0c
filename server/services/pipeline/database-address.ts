/** What the driver understands in an address. All else it would ask of the server, such as Prisma's `schema`. */
const understood = new Set(["sslmode", "ssl", "target_session_attrs"]);

export function isPostgresAddress(address: string): boolean {
  return /^postgres(?:ql)?:\/\//.test(address);
}

export interface DriverAddress {
  url: string;
  /** The folder of a socket, which libpq's addresses name as a parameter. */
  host?: string;
}

/** A PostgreSQL address as the driver takes it, without what only some other client knows. */
export function driverAddress(address: string): DriverAddress {
  const [place = "", query = ""] = address.split("?", 2);
  const parameters = new URLSearchParams(query);
  const host = parameters.get("host");
  const kept = new URLSearchParams([...parameters].filter(([name]) => understood.has(name)));
  const url = kept.size === 0 ? place : `${place}?${kept}`;
  return host === null ? { url } : { url, host };
}
