/**
 * The name of a file in a stack trace, without the folder that the service happened to run or be built in, and whether it
 * is the service's own.
 */

const mostCharacters = 300;

/** Where releases are unpacked and commits are checked out, and where images keep the service by custom. */
const runningFolders = [
  /^.{0,250}\/releases\/[^/]{1,60}\/\d{1,9}-[0-9a-f]{12}\//,
  /^.{0,250}\/workspaces\/[^/]{1,60}\/source\//,
  /^\/(?:usr\/src\/app|srv\/app|opt\/app|var\/task|workspace|app|code)\//,
];

/** Of the language itself or of what is installed beside the service, in whatever language. */
const foreign = [
  /^(?:node|deno|bun|internal):|^native$|^internal\/(?:modules|process|main|timers|streams|crypto|fs|bootstrap)\//,
  /[<[](?:anonymous|frozen|internal|native|unknown|string|stdin|eval|builtin)/i,
  /^(?:webpack\/|\/rustc\/|\/_\/src\/|\{main\})/,
  /(?:^|\/)(?:node_modules|site-packages|dist-packages|vendor|gems|rubygems|\.yarn|\.pnpm|\.cargo|pkg\/mod)\//,
  /\/(?:lib\/(?:python|ruby|jvm|php|go)|usr\/lib|usr\/share|python3?\.\d+|JetBrains)/,
  /(?:^|\/)go(?:root|lang)?[\d.-]{0,12}\/(?:[\d.]{1,12}\/)?(?:libexec\/)?src\/(?:runtime|net|internal|os|fmt|encoding|database|io|context|sync|testing|reflect|time|bufio|sort|strings|errors)\b/,
  /^(?:runtime|net|reflect|testing|internal|database\/sql|encoding\/[a-z]+)\/[a-z_/]+\.go$/,
  /@v\d+\.\d+\.\d+[^/]*\//,
  /\bextension:\/\//,
];

export interface FrameFile {
  file: string;
  isOwn: boolean;
}

export function frameFile(told: string): FrameFile {
  const path = withoutScheme(told.slice(-mostCharacters).trim().replaceAll("\\", "/"));
  const file = withoutFolder(path);
  return {
    file: file === "" ? "?" : file,
    isOwn: file !== "" && !foreign.some((pattern) => pattern.test(file)),
  };
}

/** `file:///srv/x.js`, `https://host/x.js?v=3`, `webpack-internal:///(rsc)/./src/x.ts`, `C:/x.cs`. */
function withoutScheme(path: string): string {
  const scheme = /^([a-z-]{2,20}):\/\/+/i.exec(path);
  if (scheme === null) return path.replace(/^[A-Za-z]:\//, "/");
  const rest = path.slice(scheme[0].length);
  const kind = scheme[1]?.toLowerCase() ?? "";
  if (kind === "file") return `/${rest}`.replace(/^\/[A-Za-z]:\//, "/");
  if (kind.endsWith("extension")) return path;
  const query = rest.search(/[?#]/);
  const plain = query === -1 ? rest : rest.slice(0, query);
  if (kind === "http" || kind === "https") return plain.slice(plain.indexOf("/") + 1);
  if (kind.startsWith("webpack")) return plain.replace(/^(?:\([^)]{1,40}\)|[^/.]{1,80})\/(?:\.\/)?/, "");
  return plain;
}

function withoutFolder(path: string): string {
  for (const folder of runningFolders) {
    const found = folder.exec(path);
    if (found !== null) return path.slice(found[0].length);
  }
  return path.replace(/^(?:\.\/)+/, "").replace(/^\/(?:home|Users)\/[^/]{1,100}\//, "~/");
}

/** Packages that belong to a language, or to what nearly everybody builds on. */
const foreignPackage =
  /^(?:java|javax|jakarta|jdk|sun|com\.sun|kotlin|kotlinx|scala|akka|groovy|clojure|android|androidx|io\.(?:netty|ktor|grpc|micronaut|quarkus|vertx|opentelemetry|sentry|undertow)|reactor|org\.(?:springframework|apache|eclipse|hibernate|junit|jboss|postgresql|slf4j)|com\.(?:zaxxer|fasterxml|google|mysql)|ch\.qos|System|Microsoft|Npgsql|Newtonsoft|Xunit|MySqlConnector|Grpc|OpenTelemetry|Sentry)(?:\.|$)/;

/** `com.acme.Cart` of `Cart.java` is `com/acme/Cart.java`, as it lies in its source folder. */
export function packageFile(folders: readonly string[], file: string): FrameFile {
  const isOwn = !foreignPackage.test([...folders, file].join("."));
  return { file: [...folders, file].join("/").slice(-mostCharacters), isOwn };
}
