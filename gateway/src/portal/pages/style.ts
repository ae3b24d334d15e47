/** The pages' one style sheet: dark and calm on a screen, black on white on paper. No script, no font, no picture. */
export const STYLE = `
:root { color-scheme: dark; --ground: #10151a; --panel: #171e25; --line: #2c3742; --text: #dfe6ec; --soft: #a3b1be; --link: #8cc4ff; --warn: #f2c46d; }
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--text); font: 1rem/1.55 system-ui, sans-serif; }
header, main, footer { max-width: 68rem; margin: 0 auto; padding: 1rem 1.5rem; }
header { display: flex; flex-wrap: wrap; align-items: center; gap: .75rem 2rem; border-bottom: 1px solid var(--line); }
.place { margin: 0; font-weight: 600; }
.place span { display: block; font-weight: 400; color: var(--soft); font-size: .875rem; }
nav { display: flex; flex-wrap: wrap; gap: .5rem 1.25rem; }
code { font: .85rem/1.5 ui-monospace, monospace; overflow-wrap: anywhere; }
summary { cursor: pointer; color: var(--soft); }
.bring { display: grid; gap: .5rem; max-width: 48rem; }
textarea { font: .85rem/1.5 ui-monospace, monospace; padding: .5rem .75rem; color: var(--text); background: var(--ground); border: 1px solid #71808d; border-radius: .35rem; width: 100%; }
.bring input { font-size: .85rem; letter-spacing: normal; padding: .65rem .75rem; width: 100%; min-height: 2.75rem; }
.bring button { justify-self: start; min-height: 2.75rem; }
.bring small { color: var(--soft); }
.phi { display: grid; gap: 1.25rem; padding-left: 1.5rem; }
.phi li > div { border-left: 3px solid var(--line); padding-left: 1rem; }
.phi .sentence { color: var(--text); font-weight: 600; }
.phi h3 { font-size: .875rem; font-weight: 500; color: var(--soft); margin: 0; }
.phi small { display: block; color: var(--soft); overflow-wrap: anywhere; }
header form { display: flex; align-items: center; gap: 1rem; margin-left: auto; }
header form p { margin: 0; font-size: .875rem; }
header form span { color: var(--soft); }
footer { color: var(--soft); font-size: .875rem; border-top: 1px solid var(--line); margin-top: 2rem; }
.demo { margin: 0; padding: .5rem 1.5rem; background: #3a2d0c; color: #ffe2a3; text-align: center; }
h1 { font-size: 1.6rem; font-weight: 600; margin: 1rem 0; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; font-weight: 600; margin: 0 0 .5rem; }
section { background: var(--panel); border: 1px solid var(--line); border-radius: .5rem; padding: 1.25rem; margin: 1.25rem 0; }
.wide { overflow-x: auto; }
section p { color: var(--soft); margin: .25rem 0 .75rem; max-width: 48rem; }
a { color: var(--link); text-underline-offset: .2em; }
a:focus-visible, button:focus-visible, input:focus-visible, pre:focus-visible, .wide:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; }
th, td { text-align: left; vertical-align: top; padding: .55rem .75rem .55rem 0; border-bottom: 1px solid var(--line); }
tbody tr:last-child > * { border-bottom: 0; }
thead th { color: var(--soft); font-weight: 500; font-size: .875rem; }
tbody th { font-weight: 600; }
.number { font-variant-numeric: tabular-nums; }
time, .id { font-variant-numeric: tabular-nums; white-space: nowrap; }
dl { margin: 0 0 1rem; }
dl div { display: grid; grid-template-columns: minmax(9rem, 16rem) 1fr; gap: 1rem; padding: .4rem 0; border-bottom: 1px solid var(--line); }
dt { color: var(--soft); }
dd { margin: 0; overflow-wrap: anywhere; }
pre { background: var(--ground); border: 1px solid var(--line); border-radius: .35rem; padding: .75rem; overflow-x: auto; font: .85rem/1.5 ui-monospace, monospace; }
.state::before { content: "○ "; }
.state.resolving::before { content: "◐ "; }
.state.resolved::before { content: "● "; }
.doors { list-style: none; padding: 0; margin: 0; }
.doors li { padding: .25rem 0; }
.turn { display: flex; gap: 1.5rem; }
.who { font-size: 1.15rem; font-weight: 600; }
.who span { display: block; font-weight: 400; color: var(--soft); }
.trouble { color: var(--warn); border-left: 3px solid var(--warn); padding-left: .75rem; }
.sign-in { display: grid; gap: .5rem; max-width: 20rem; }
input { font: 1.5rem/1.2 ui-monospace, monospace; letter-spacing: .2em; padding: .5rem .75rem; color: var(--text); background: var(--panel); border: 1px solid #71808d; border-radius: .35rem; }
button { font: inherit; padding: .55rem 1rem; color: var(--text); background: #24405c; border: 1px solid #5b84ad; border-radius: .35rem; cursor: pointer; }
.certificate { background: var(--panel); border: 1px solid var(--line); border-radius: .5rem; padding: 1.5rem; }
@media (max-width: 40rem) { dl div { grid-template-columns: 1fr; gap: 0; } header form { margin-left: 0; } }
@media print {
  :root { color-scheme: light; --ground: #fff; --panel: #fff; --line: #999; --text: #000; --soft: #333; --link: #000; --warn: #000; }
  nav, header form, .doors, .on-screen { display: none; }
  @page { margin: 14mm; }
  html { font-size: 11px; }
  h1 { margin: .5rem 0; }
  body { line-height: 1.35; }
  header, main, footer { padding: 0; max-width: none; }
  dl div { padding: .15rem 0; }
  footer { margin-top: .5rem; }
  section, .certificate { border: 0; padding: 0; }
  .demo { background: #fff; color: #000; border: 1px solid #000; }
}
`;
