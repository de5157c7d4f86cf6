/** The style sheet of all pages. Colours have a contrast of 4.5 and more on their ground, by day and by night. */
export const style = `
:root {
  color-scheme: light dark;
  --ground: #ffffff; --card: #f4f6f8; --edge: #c9d1d9; --ink: #1b2733; --faint: #55616e;
  --link: #0b5cad; --good: #1c6b34; --bad: #b3261e; --warn: #855300; --out: #2f6f9f;
}
@media (prefers-color-scheme: dark) {
  :root {
    --ground: #12171d; --card: #1c242d; --edge: #3c4855; --ink: #e6ebf0; --faint: #a4b0bc;
    --link: #7db8f5; --good: #74cf8f; --bad: #ff9a8f; --warn: #f0bd5e; --out: #6aaee0;
  }
}
* { box-sizing: border-box; }
body { margin: 0; background: var(--ground); color: var(--ink); font: 16px/1.45 system-ui, sans-serif; }
header, main { max-width: 78rem; margin: 0 auto; padding: 0.75rem 1rem; }
header { border-bottom: 1px solid var(--edge); }
h1 { font-size: 1.5rem; margin: 0.5rem 0; overflow-wrap: anywhere; }
h2 { font-size: 1.15rem; margin: 1.5rem 0 0.5rem; }
h3 { font-size: 1rem; margin: 1rem 0 0.25rem; }
p { margin: 0.4rem 0; }
a { color: var(--link); }
:focus-visible { outline: 3px solid var(--link); outline-offset: 2px; }
.unseen { position: absolute; width: 1px; height: 1px; margin: 0; overflow: hidden; clip-path: inset(50%); }
.skip { position: absolute; left: -100rem; }
.skip:focus { left: 1rem; top: 0.5rem; background: var(--ground); padding: 0.25rem 0.5rem; }
code { font-family: ui-monospace, monospace; font-size: 0.9em; overflow-wrap: anywhere; }
.big { font-size: 1.2rem; }
.bad, .lost, .waits { color: var(--bad); }
.good { color: var(--good); }
.notice { border: 1px solid currentColor; border-radius: 6px; padding: 0.5rem 0.75rem; }
.verdict { font-weight: 600; white-space: nowrap; color: var(--faint); }
.verdict.ok { color: var(--good); }
.verdict.failed, .verdict.unreadable { color: var(--bad); }
.verdict.degraded, .verdict.stuck, .verdict.overdue { color: var(--warn); }
.chips { list-style: none; margin: 0.5rem 0; padding: 0; display: flex; flex-wrap: wrap; gap: 0.5rem; }
.chips a { display: block; padding: 0.3rem 0.7rem; border: 1px solid var(--edge); border-radius: 1rem; text-decoration: none; color: var(--ink); background: var(--card); }
.chips a[aria-current] { border-color: var(--link); border-width: 2px; }
form { display: flex; flex-wrap: wrap; gap: 0.5rem 1rem; align-items: end; margin: 0.5rem 0; }
label { display: flex; flex-direction: column; font-size: 0.9rem; }
input, select, button, .button { font: inherit; color: var(--ink); background: var(--ground); border: 1px solid var(--faint); border-radius: 6px; padding: 0.4rem 0.6rem; max-width: 100%; }
button, .button { background: var(--card); cursor: pointer; text-decoration: none; display: inline-block; }
.decisions { display: grid; grid-template-columns: repeat(auto-fit, minmax(16rem, 1fr)); gap: 1rem; }
.decisions form { flex-direction: column; align-items: stretch; border: 1px solid var(--edge); border-radius: 6px; padding: 0.75rem; }
.of-failure, .of-decision { border: 1px solid var(--edge); border-left: 5px solid var(--bad); border-radius: 6px; padding: 0 1rem 0.5rem; margin: 1rem 0; background: var(--card); }
.of-failure h2, .of-decision h2 { margin-top: 0.6rem; }
.of-decision { border-left-color: var(--link); }
.cause { font-size: 1.05rem; font-weight: 600; overflow-wrap: anywhere; }
.command { display: flex; flex-wrap: wrap; gap: 0.5rem; align-items: center; }
.command code { background: var(--ground); border: 1px solid var(--edge); border-radius: 6px; padding: 0.35rem 0.6rem; }
.scroll { overflow-x: auto; max-width: 100%; }
table { border-collapse: collapse; width: 100%; font-size: 0.95rem; }
th, td { text-align: left; vertical-align: top; padding: 0.35rem 0.6rem; border-bottom: 1px solid var(--edge); }
tbody th { font-weight: 500; overflow-wrap: break-word; min-width: 8rem; max-width: 18rem; }
time { white-space: nowrap; }
.number { text-align: right; font-variant-numeric: tabular-nums; white-space: nowrap; }
.number .lost { display: block; }
.sandbox { color: var(--faint); }
dl { display: grid; grid-template-columns: repeat(auto-fill, minmax(min(18rem, 100%), 1fr)); gap: 0.4rem 1rem; margin: 0.5rem 0; }
dt { color: var(--faint); font-size: 0.9rem; }
dd { margin: 0; overflow-wrap: anywhere; }
.charts { display: grid; grid-template-columns: repeat(auto-fit, minmax(min(26rem, 100%), 1fr)); gap: 1rem; }
svg.plot { width: 100%; height: auto; }
svg .ink { fill: var(--ink); }
svg .faint { fill: var(--faint); }
svg .out { fill: var(--out); }
svg .lost { fill: var(--bad); }
svg .node { fill: var(--card); stroke: var(--faint); }
svg .line { stroke: var(--faint); }
svg .usual { stroke: var(--faint); }
del, ins { text-decoration: none; overflow-wrap: anywhere; white-space: pre-wrap; }
del { color: var(--bad); }
del::before { content: "− "; }
ins { color: var(--good); }
ins::before { content: "+ "; }
@media (max-width: 48rem) { .wide { display: none; } }
`;
