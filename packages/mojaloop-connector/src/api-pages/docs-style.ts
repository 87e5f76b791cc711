/** The style of the page `/docs`: light and dark after the reader's system, one column on a phone, legible on paper. */
export const DOCS_STYLE = `
:root { color-scheme: light dark;
  --page: #f6f7f9; --card: #ffffff; --ink: #16202c; --soft: #55616f; --line: #dfe4ea; --accent: #0b6e66; --tint: #e6f3f1;
  --code: #f0f3f6; --key: #0b5c8a; --text: #2c6a1f; --value: #8a3d0b; --warn: #8a5200; --warn-tint: #fdf3df;
  --get: #1d6b3a; --post: #1f57a8; --put: #8a5200; }
@media (prefers-color-scheme: dark) { :root {
  --page: #0f151b; --card: #161e27; --ink: #e4eaf0; --soft: #9dabba; --line: #2a3541; --accent: #5cc9bd; --tint: #15302e;
  --code: #0f1720; --key: #7cc0ec; --text: #94cf83; --value: #eaa777; --warn: #f0bf6a; --warn-tint: #2f2614;
  --get: #6fcf92; --post: #83b4f5; --put: #f0bf6a; } }
* { box-sizing: border-box; }
html { scroll-behavior: smooth; scroll-padding-top: 1.25rem; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body { margin: 0; background: var(--page); color: var(--ink); font: 16px/1.6 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif; }
a { color: var(--accent); text-underline-offset: .15em; }
a:focus-visible, summary:focus-visible { outline: 2px solid var(--accent); outline-offset: 2px; border-radius: 4px; }
code, pre { font-family: ui-monospace, "SF Mono", Menlo, Consolas, monospace; font-size: .875em; }
code { background: var(--code); padding: .1em .35em; border-radius: 4px; overflow-wrap: anywhere; }
pre { background: var(--code); border: 1px solid var(--line); border-radius: 8px; margin: .75rem 0; padding: .875rem 1rem; overflow-x: auto; line-height: 1.5; tab-size: 2; }
pre code { background: none; padding: 0; overflow-wrap: normal; }
.k { color: var(--key); } .s { color: var(--text); } .v { color: var(--value); }
header { padding: 2.75rem 1.5rem 1.75rem; max-width: 78rem; margin: 0 auto; }
header p { margin: .4rem 0 0; color: var(--soft); max-width: 46rem; font-size: 1.0625rem; }
h1 { font-size: 1.9rem; line-height: 1.2; margin: 0; letter-spacing: -.015em; }
h2 { font-size: 1.35rem; line-height: 1.3; margin: 2.75rem 0 .75rem; letter-spacing: -.01em; }
h3 { font-size: 1.0625rem; margin: 0; }
h4 { font-size: .8125rem; margin: 1.4rem 0 .4rem; color: var(--soft); text-transform: uppercase; letter-spacing: .06em; }
.layout { display: grid; grid-template-columns: 15rem minmax(0, 1fr); gap: 2.5rem; max-width: 78rem; margin: 0 auto; padding: 0 1.5rem 5rem; }
nav { position: sticky; top: 0; align-self: start; max-height: 100vh; overflow-y: auto; padding: 1rem 0; font-size: .9rem; }
nav strong { display: block; margin: 1rem 0 .3rem; font-size: .75rem; text-transform: uppercase; letter-spacing: .07em; color: var(--soft); }
nav strong:first-child { margin-top: 0; }
nav a { display: flex; gap: .5rem; align-items: baseline; padding: .22rem .6rem; margin-left: -.6rem; border-radius: 6px; color: var(--ink); text-decoration: none; }
nav a:hover { background: var(--tint); }
main > section:first-child h2 { margin-top: .5rem; }
.card { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 1.25rem 1.4rem; margin: 1rem 0; }
.card > p { margin: .6rem 0; }
.head { display: flex; flex-wrap: wrap; gap: .5rem .75rem; align-items: center; }
.head code { font-size: .95rem; background: none; padding: 0; font-weight: 600; }
.head h3 { flex-basis: 100%; }
.m { font: 700 .72rem/1 ui-monospace, Menlo, Consolas, monospace; letter-spacing: .04em; padding: .32rem .5rem; border-radius: 5px; border: 1px solid currentColor; }
nav .m { padding: 0; border: 0; min-width: 2.4rem; font-size: .66rem; }
.get { color: var(--get); } .post { color: var(--post); } .put { color: var(--put); }
.note { background: var(--tint); border-left: 4px solid var(--accent); border-radius: 0 8px 8px 0; padding: .8rem 1.1rem; margin: 1rem 0; }
.warn { background: var(--warn-tint); border-left-color: var(--warn); }
.note p { margin: .3rem 0; }
.scroll { overflow-x: auto; }
table { border-collapse: collapse; width: 100%; font-size: .9rem; }
th { text-align: left; font-weight: 600; color: var(--soft); font-size: .8rem; }
th, td { padding: .5rem .75rem .5rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
tr:last-child td { border-bottom: 0; }
td:first-child { white-space: nowrap; }
.limits { color: var(--soft); display: block; font-size: .82rem; overflow-wrap: anywhere; }
.must { color: var(--warn); font-size: .75rem; font-weight: 600; margin-left: .3rem; }
ol.steps { list-style: none; counter-reset: step; padding: 0; margin: 1rem 0; }
ol.steps > li { counter-increment: step; position: relative; padding: 0 0 .5rem 2.75rem; }
ol.steps > li::before { content: counter(step); position: absolute; left: 0; top: .1rem; width: 1.8rem; height: 1.8rem; border-radius: 50%; background: var(--accent); color: var(--card); font: 700 .9rem/1.8rem system-ui; text-align: center; }
details { border: 1px solid var(--line); border-radius: 8px; margin: .45rem 0; background: var(--card); }
summary { cursor: pointer; padding: .55rem .9rem; }
details[open] > summary { border-bottom: 1px solid var(--line); }
details > div { padding: .3rem .9rem .6rem; }
.status { font: 700 .85rem ui-monospace, Menlo, Consolas, monospace; margin-right: .5rem; color: var(--warn); }
.status.ok { color: var(--get); }
.answer { padding: .55rem .9rem; border: 1px solid var(--line); border-radius: 8px; margin: .45rem 0; }
footer { color: var(--soft); font-size: .875rem; margin-top: 3rem; }
@media (max-width: 56rem) {
  header { padding: 1.75rem 1rem .75rem; } h1 { font-size: 1.5rem; }
  .layout { grid-template-columns: minmax(0, 1fr); gap: 0; padding: 0 1rem 3rem; }
  nav { position: static; max-height: none; display: flex; gap: .35rem; padding: .5rem 0 .75rem; overflow-x: auto; }
  nav a { white-space: nowrap; flex: none; }
  nav strong { display: none; }
  nav a { margin: 0; border: 1px solid var(--line); background: var(--card); padding: .35rem .65rem; }
  nav .m { min-width: 0; }
  .card { padding: 1rem; } ol.steps > li { padding-left: 2.4rem; }
}
@media (max-width: 36rem) {
  table.stack, table.stack tbody, table.stack tr, table.stack td { display: block; }
  table.stack thead { display: none; }
  table.stack td { border: 0; padding: .1rem 0; white-space: normal; }
  table.stack tr { border-bottom: 1px solid var(--line); padding: .55rem 0; }
  table.stack tr:last-child { border-bottom: 0; }
}
@media print { nav { display: none; } .layout { display: block; } .card, details { break-inside: avoid; } }
`;
