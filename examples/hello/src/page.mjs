const escapes = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#39;" };
const escaped = (text) => String(text).replace(/[&<>"']/g, (character) => escapes[character]);

/** The page, as it is now; its script follows the stream and tells when another release takes over. */
export function renderPage(facts) {
  const pool = facts.pool === "green" ? "green" : "blue";
  const row = (name, value) => `<div><dt>${name}</dt><dd id="${name}">${escaped(value)}</dd></div>`;
  return `<!doctype html>
<html lang="en" data-pool="${pool}">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escaped(facts.greeting)} · release ${escaped(facts.release)}</title>
<style>${style}</style>
</head>
<body>
<main>
<h1 id="greeting">${escaped(facts.greeting)}</h1>
<p class="release">release <strong id="release">${escaped(facts.release)}</strong></p>
<dl>
${row("environment", facts.environment)}
${row("pool", facts.pool)}
${row("instance", facts.instance)}
${row("build", facts.build)}
</dl>
<p id="live" role="status">connecting</p>
</main>
<script>${script}</script>
</body>
</html>
`;
}

const style = `
:root { color-scheme: light dark; --hue: 250; font: 16px/1.5 system-ui, sans-serif; }
[data-pool=green] { --hue: 155; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center;
  background: light-dark(oklch(97% .012 var(--hue)), oklch(19% .025 var(--hue))); transition: background .6s; }
main { box-sizing: border-box; width: min(30rem, 92vw); padding: 2.5rem; border-radius: 1rem;
  background: light-dark(white, oklch(24% .025 var(--hue))); border-top: .3rem solid oklch(62% .15 var(--hue)); }
h1 { margin: 0; font-size: 2rem; line-height: 1.2; }
.release { margin: .25rem 0 1.5rem; font-size: 1.125rem; }
.release strong { color: light-dark(oklch(45% .15 var(--hue)), oklch(80% .12 var(--hue))); }
dl { margin: 0; display: grid; grid-template-columns: 1fr 1fr; gap: 1rem; }
dt { font-size: .8125rem; color: light-dark(#5b6270, #a8b0be); }
dd { margin: 0; font-family: ui-monospace, monospace; font-size: .9375rem; overflow-wrap: anywhere; }
#live { margin: 1.5rem 0 0; font-size: .8125rem; color: light-dark(#5b6270, #a8b0be); }
`;

/** Addresses are relative: the page also works beneath a path. */
const script = `
const shown = ["greeting", "release", "environment", "pool", "instance", "build"];
const live = document.getElementById("live");
const stream = new EventSource("stream");
stream.onmessage = ({ data }) => {
  const facts = JSON.parse(data);
  for (const name of shown) document.getElementById(name).textContent = facts[name];
  document.documentElement.dataset.pool = facts.pool === "green" ? "green" : "blue";
  document.title = facts.greeting + " \\u00b7 release " + facts.release;
  live.textContent = "live, up " + facts.upSeconds + " s";
};
stream.onerror = () => { live.textContent = "reconnecting"; };
`;
