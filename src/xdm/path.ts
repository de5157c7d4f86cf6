/*
 * A destination of a mapping, as Adobe's pages write it: `person.name.fullName`, `_tenant.loyalty.discounts[0].value`,
 * `productListItems[*].SKU`.
 */

/** Names, and what stands in brackets behind one: `items[*].SKU` is `items`, `[*]` and `SKU`. */
export function stepsOf(path: string): string[] {
  const steps: string[] = [];
  let name = '';
  for (let at = 0; at < path.length; at++) {
    const character = path[at]!;
    const end = character === '[' ? path.indexOf(']', at) : -1;
    const wrapped = path.startsWith('${', at) ? path.indexOf('}', at) : -1;
    if (end > at) {
      if (name !== '') steps.push(name);
      steps.push(path.slice(at, end + 1));
      name = '';
      at = end;
    } else if (wrapped > at) {
      name += path.slice(at + 2, wrapped);
      at = wrapped;
    } else if (character === '\\' && at + 1 < path.length) name += path[++at]!;
    else if (character === '.') {
      // A dot behind brackets only parts them from the next name.
      if (path[at - 1] !== ']' || name !== '') steps.push(name);
      name = '';
    } else name += character;
  }
  if (name !== '' || path.endsWith('.')) steps.push(name);
  return steps;
}

/** The path of these steps. */
export function pathOf(steps: readonly string[]): string {
  return steps
    .map((step, at) => {
      if (isIndex(step)) return step;
      const name = step.replaceAll(/[\\.[\]]/g, String.raw`\$&`);
      return at === 0 ? name : `.${name}`;
    })
    .join('');
}

export function isIndex(step: string): boolean {
  return step.startsWith('[') && step.endsWith(']');
}
