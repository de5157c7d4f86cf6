/**
 * All the script there is: it puts in what is new, and copies commands. Without it the pages show how things were when they
 * were asked for.
 */
export const script = `
const live = document.body.dataset.live;
const reached = 'a, button, summary, [tabindex]';
const get = (id) => document.getElementById(id);
let source;
function listen() {
  source = new EventSource(live);
  source.onopen = () => { get('away').hidden = true; };
  source.onerror = () => { get('away').hidden = false; };
  source.onmessage = ({ data }) => {
    const { said, all, parts = {}, isAway } = JSON.parse(data);
    if (isAway !== undefined) get('away').hidden = !isAway;
    if (all !== undefined) put(get('sections'), all);
    for (const [id, markup] of Object.entries(parts)) put(get(id), markup);
    if (said !== undefined && get('said').textContent !== said) get('said').textContent = said;
  };
}
function put(part, markup) {
  const at = document.activeElement;
  // Whoever types goes on typing.
  if (part.contains(at) && at.matches('input, select') && part.id !== 'sections') return;
  const focus = part.contains(at) ? [...part.querySelectorAll(reached)].indexOf(at) : -1;
  const open = [...part.querySelectorAll('details')].map((one) => one.open);
  part.innerHTML = markup;
  part.querySelectorAll('details').forEach((one, index) => { one.open = open[index] ?? false; });
  part.querySelectorAll(reached)[focus]?.focus();
  showCopy(part);
}
function showCopy(part) {
  if (navigator.clipboard) for (const one of part.querySelectorAll('[data-copy]')) one.hidden = false;
}
document.addEventListener('click', async ({ target }) => {
  const button = target.closest('[data-copy]');
  if (!button) return;
  await navigator.clipboard.writeText(button.dataset.copy);
  button.textContent = 'Copied';
});
// A browser allows one host some connections only, and a page that nobody sees needs none.
document.addEventListener('visibilitychange', () => {
  source?.close();
  if (live && !document.hidden) listen();
});
showCopy(document);
if (live) listen();
`;
