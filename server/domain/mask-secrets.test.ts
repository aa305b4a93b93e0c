import { createHash } from "node:crypto";
import fc from "fast-check";
import { expect, test } from "vitest";
import { maskSecrets } from "./mask-secrets.ts";

const encode = (text: string) => new TextEncoder().encode(text);
const decode = (bytes: Uint8Array) => new TextDecoder().decode(bytes);

function masked(secrets: string[], ...pieces: (string | Uint8Array)[]): string {
  const output = maskSecrets(secrets).open();
  const parts = pieces.map((piece) => output.push(typeof piece === "string" ? encode(piece) : piece));
  return decode(Buffer.concat([...parts, output.end()]));
}

const pem = `-----BEGIN KEY-----\n${"MIIEvQIBADANBg/kqh+kiG9w".repeat(2)}\n${"AoIBAQC7VJTUt9Us8cKj".repeat(2)}\n-----END KEY-----\n`;

/** What programs print of a secret, by libraries other than ours. */
const encodings: Record<string, (secret: string) => string[]> = {
  "as it is": (secret) => [secret],
  "base64 at each place": (secret) =>
    ["", "x", "xy"].map((before) => Buffer.from(`${before}${secret}`).toString("base64")),
  "base64 for URLs": (secret) =>
    ["", "x", "xy"].map((before) => Buffer.from(`${before}${secret}`).toString("base64url")),
  "URL-encoded": (secret) => {
    const upper = encodeURIComponent(secret);
    const lower = upper.replaceAll(/%../g, (found) => found.toLowerCase());
    const form = new URLSearchParams({ s: secret }).toString().slice(2);
    return [upper, lower, upper.replaceAll("%20", "+"), form];
  },
  "a JSON string": (secret) => [JSON.stringify(secret), JSON.stringify(secret).replaceAll("/", "\\/")],
  hexadecimal: (secret) => {
    const lower = Buffer.from(secret).toString("hex");
    return [lower, lower.toUpperCase()];
  },
};

/** At each edge of base64 stand up to three characters that are not the secret's alone, padding included. */
const mayStay: Record<string, number> = {
  "base64 at each place": 6,
  "base64 for URLs": 6,
  "a JSON string": 2,
};

const samples = [
  'hunter2/+&=\u00e9 x"\\<y>',
  "abcd",
  "p\u00e4ss w\u00f6rd~!*'()",
  "+/+/??>>~~",
  pem,
  pem.replaceAll("\n", "\r\n"),
];

for (const [name, write] of Object.entries(encodings)) {
  test(`a secret is masked ${name}, split at every place`, () => {
    for (const secret of samples) {
      for (const form of write(secret)) {
        const bytes = encode(`before ${form} after`);
        const mask = maskSecrets([secret, "another secret"]);
        for (let at = 0; at <= bytes.length; at += 1) {
          const output = mask.open();
          const parts = [output.push(bytes.subarray(0, at)), output.push(bytes.subarray(at)), output.end()];
          const shown = decode(Buffer.concat(parts));
          const rest = shown
            .replace(/^before /, "")
            .replace(/ after$/, "")
            .replaceAll(/\*\*\*[\r\n]*/g, "");
          expect(shown).toMatch(/^before [\s\S]*\*\*\*[\s\S]* after$/);
          expect(rest.replaceAll(/-----(BEGIN|END) KEY-----|[\r\n]/g, "").length).toBeLessThanOrEqual(
            mayStay[name] ?? 0,
          );
        }
      }
    }
  });
}

test("a secret is found whatever line breaks were put into it, and the line breaks stay", () => {
  fc.assert(
    fc.property(fc.nat(19), fc.constantFrom("\n", "\r\n"), (at, lineBreak) => {
      const secret = "0123456789abcdefghij";
      const cut = `${secret.slice(0, at)}${lineBreak}${secret.slice(at)}`;
      expect(masked([secret], `x ${cut} y`)).toBe(
        at === 0 ? `x ${lineBreak}*** y` : `x ***${lineBreak}*** y`,
      );
    }),
  );
  expect(masked([pem], `key:\n${pem.replaceAll("\n", "\r\n")}end`)).toBe(
    "key:\n***\r\n***\r\n***\r\n***\r\nend",
  );
  const wrapped = Buffer.from(pem).toString("base64").replaceAll(/.{76}/g, "$&\n");
  expect(masked([pem], wrapped).replaceAll(/[*\n]/g, "").length).toBeLessThanOrEqual(4);
});

test("each line of a secret of several lines is masked by itself, its frame is not", () => {
  const [begin, line = ""] = pem.split("\n");
  expect(masked([pem], `[key] ${begin}\n[key] ${line}\n`)).toBe("[key] -----BEGIN KEY-----\n[key] ***\n");
});

/** Few letters, so that secrets overlap, repeat and contain each other. */
const word = fc.string({ unit: fc.constantFrom("a", "b", "c"), minLength: 4, maxLength: 9 });

test("exactly the bytes of occurrences are masked, however the output is cut", () => {
  const text = fc.string({ unit: fc.constantFrom("a", "b", "c", "\n", " "), maxLength: 80 });
  fc.assert(
    fc.property(
      fc.array(word, { minLength: 1, maxLength: 6 }),
      text,
      fc.array(fc.nat(80)),
      (secrets, printed, cuts) => {
        const edges = [
          0,
          ...cuts.map((cut) => Math.min(cut, printed.length)).sort((a, b) => a - b),
          printed.length,
        ];
        const pieces = edges.slice(1).map((edge, index) => printed.slice(edges[index], edge));
        expect(masked(secrets, ...pieces)).toBe(expected(secrets, printed));
      },
    ),
    { numRuns: 1_000 },
  );
});

/** By looking for each secret at each place. */
function expected(secrets: string[], printed: string): string {
  const places = [...printed].flatMap((character, at) => (character === "\n" ? [] : [at]));
  const plain = printed.replaceAll("\n", "");
  const covered = new Set<number>();
  for (const secret of secrets) {
    for (let at = plain.indexOf(secret); at !== -1; at = plain.indexOf(secret, at + 1)) {
      const [from = 0, to = 0] = [places[at], places[at + secret.length - 1]];
      for (let place = from; place <= to; place += 1) covered.add(place);
    }
  }
  let shown = "";
  let isInRun = false;
  for (const [at, character] of [...printed].entries()) {
    const isMasked = covered.has(at) && character !== "\n";
    if (!isMasked) shown += character;
    else if (!isInRun) shown += "***";
    isInRun = isMasked;
  }
  return shown;
}

test("nothing of a secret is handed out before it is over, and all that cannot begin one is", () => {
  const output = maskSecrets(["correct horse"]).open();
  expect(decode(output.push(encode("a line\ncorr")))).toBe("a line\n");
  expect(decode(output.settle())).toBe("");
  expect(decode(output.push(encode("ect horses")))).toBe("***s");
});

test("a pause hands out a line that only might begin a secret; the rest of one is masked all the same", () => {
  const output = maskSecrets(["enormous secret"]).open();
  expect(decode(output.push(encode("done\n")))).toBe("don");
  expect(decode(output.settle())).toBe("e\n");
  expect(decode(output.push(encode("normous secret\nnext")))).toBe("***\nnext");
});

test("a line that ends with a secret need not wait for the next one, unless a longer secret begins so", () => {
  const output = maskSecrets(["correct horse", "battery", "battery staple"]).open();
  expect(decode(output.push(encode("with correct horse\n"))) + decode(output.settle())).toBe("with ***\n");
  expect(decode(output.push(encode("next battery\n"))) + decode(output.settle())).toBe("next ");
  expect(decode(output.push(encode(" staple, and more\n")))).toBe("***\n***, and more\n");
});

test("a value of fewer than four bytes is not masked, and without secrets nothing changes", () => {
  expect(masked(["abc", ""], "abc abcd")).toBe("abc abcd");
  const bytes = new Uint8Array([0, 255, 10, 13, 42]);
  expect(maskSecrets([]).open().push(bytes)).toEqual(bytes);
});

test("bytes that are no text pass unchanged around secrets", () => {
  const output = maskSecrets(["secret"]).open();
  const pieces = [output.push(new Uint8Array([255, 0, ...encode("secret"), 254])), output.end()];
  expect([...Buffer.concat(pieces)]).toEqual([255, 0, ...encode("***"), 254]);
});

test("each of many secrets is masked, in each form, however many there are beside it", () => {
  const secretOf = (seed: string) => createHash("sha256").update(seed).digest("base64");
  for (let count = 1; count <= 160; count += 1) {
    const secrets = Array.from({ length: count }, (_, index) => secretOf(`${count}-${index}`));
    const forms = secrets.flatMap((secret) => [
      secret,
      encodeURIComponent(secret),
      Buffer.from(secret).toString("hex"),
    ]);
    const text = masked(secrets, forms.join(" "));
    expect(forms.filter((form) => text.includes(form))).toEqual([]);
  }
});

test("hundreds of keys stay small, and an output made to be like one costs no more than another", () => {
  const keys = Array.from({ length: 100 }, (_, key) =>
    Array.from({ length: 10 }, (_, line) =>
      Buffer.from(`${key} ${line} ${"k".repeat(30)}`).toString("base64"),
    ).join("\n"),
  );
  const mask = maskSecrets([...keys, "a".repeat(2_000)]);
  const output = mask.open();
  const almost = encode(`${"a".repeat(1_999)}b`.repeat(50));
  let shown = "";
  for (let at = 0; at < almost.length; at += 997) shown += decode(output.push(almost.subarray(at, at + 997)));
  expect(shown + decode(output.end())).toBe(decode(almost));
  expect(masked(["a".repeat(2_000)], "a".repeat(100_000))).toBe("***");
});
