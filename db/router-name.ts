import { sql } from "drizzle-orm";
import { routers } from "./schema/traffic.ts";

/** How a router is named to people: `host:port`, with its process where several share the port. One row a router. */
export const routerName = sql<string>`
  ${routers.host} || ':' || ${routers.port} ||
  case when count(*) over (partition by ${routers.host}, ${routers.port}) > 1
    then ':' || ${routers.pid} else '' end`;
